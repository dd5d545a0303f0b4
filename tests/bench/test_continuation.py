"""A step that works until a time comes to its end over several calls, and handles each thing once."""

from __future__ import annotations

from functions import wiring
from functions.core import timestamps
from functions.core.sending.send import MessageKey, State
from functions.ports.contacts import ErasureRequest
from functions.steps.account.redrive import RedriveResult
from tests.bench.growth.rows import ADA
from tests.bench.growth.stage import FIRST_EMAIL, NOW, TODAY, Stage, person, send_id

SECONDS = 0.4  # eighty calls of AWS


def test_a_sweep_settles_more_messages_than_it_has_time_for() -> None:
    stage = Stage()
    stage.sent_today(stage.emails(3), pending=1)
    stage.messages(300, state=State.QUEUED, settled_at=None)
    stage.now += 86_400  # no copy is left in the queue
    stuck = [stage.step(wiring.account.sweep)(stage.clock() + SECONDS) for _ in range(16)]

    messages = (stage.get(wiring.adapters.sending.sends).get(MessageKey(send_id(number), 0)) for number in range(300))
    assert {message.state for message in messages if message} == {State.FAILED}
    assert sum(stuck) >= 300
    assert stuck[-1] == 0
    assert stage.get(wiring.adapters.account.unsettled_position).get() == ""


def test_a_pass_judges_all_marketing_mail_at_its_end() -> None:
    """Each email is below the limit of one. Together they are above the limit of all."""
    stage = Stage()
    stage.sent_today(stage.emails(250, subscription="news"), sent=100, hardbounced=7)
    monitor = stage.get(wiring.account.monitor_reputation)

    assert monitor(stage.clock() + SECONDS) == []
    assert stage.get(wiring.adapters.account.reputation_position).get()
    reasons = [reason for _ in range(5) for reason in monitor(stage.clock() + SECONDS)]
    assert reasons == [
        "all mail that is not transactional: 1750 of 25000 mails (7.0%) bounced; the limit is 5.0%",
    ]


def test_due_sends_are_queued_over_several_sweeps_and_once() -> None:
    stage = Stage()
    stage.messages(150, state=State.SCHEDULED, due_at=timestamps.iso(NOW))
    stage.get(wiring.adapters.sending.due_watermark).set(timestamps.iso(NOW - 300))
    queued = [stage.step(wiring.sending.enqueue_due)(stage.clock() + SECONDS) for _ in range(8)]

    assert 0 < queued[0] < 150
    assert sum(queued) == 150 == stage.queues.depth(stage.container.settings.send_queue_url)


def test_expired_tokens_are_deleted_over_several_runs() -> None:
    stage = Stage()
    stage.tokens(30, expires_at="2026-11-29T10:00:00.000Z")
    runs = [stage.step(wiring.tokens.reconcile_smtp_tokens)(stage.clock() + SECONDS).expired for _ in range(8)]

    assert 0 < len(runs[0]) < 30
    assert sorted(name for run in runs for name in run) == [f"staffetta-smtp-{FIRST_EMAIL + one}" for one in range(30)]
    assert stage.users.keys == {}


def test_users_without_a_token_are_deleted_over_several_runs() -> None:
    stage = Stage()
    stage.users.keys |= {f"staffetta-smtp-{number}": ["AKIA"] for number in range(1, 41)}
    runs = [stage.step(wiring.tokens.reconcile_smtp_tokens)(stage.clock() + SECONDS).orphans for _ in range(8)]

    assert 0 < len(runs[0]) < 40
    assert stage.users.keys == {}


def test_letters_that_stay_are_handled_once_and_shown_again() -> None:
    stage = Stage()
    url = stage.container.settings.dead_letter_queue_url
    for _ in range(45):
        stage.queues.put(url, "no send")
    redriven = stage.step(wiring.account.redrive)(ADA)

    assert dict(redriven) == {RedriveResult.UNREADABLE: 45}
    assert len(stage.queues.visible[url]) == 45
    assert stage.meter.cost().by_call == {"receive_message": 6, "change_message_visibility_batch": 5}


def test_erasures_end_over_several_sweeps_and_each_once() -> None:
    stage = Stage()
    stage.archive(2)
    requests = stage.get(wiring.adapters.contacts.erasure_requests)
    for number in range(40):
        requests.add(ErasureRequest(address=person(number), asked_at=TODAY, by="ada@example.com", ready=True))
    sweeps = [stage.step(wiring.contacts.erase_contact)(stage.clock() + SECONDS) for _ in range(12)]

    assert max(map(len, sweeps)) < 40
    assert sorted(one.address for done in sweeps for one in done) == [person(number) for number in range(40)]
    assert requests.all() == []
