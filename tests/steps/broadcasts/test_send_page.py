"""A page is sent in attempts: throttled, of unknown outcome, slow, or redriven."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.broadcasts.jobs import PageJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.errors import OutcomeUnknown, Retry, Throttled
from functions.core.sending.send import FAILED_ATTEMPTS_MAX, State
from functions.steps.broadcasts.send_page import CHUNK
from tests.fakes.sending import MemoryMailer
from tests.support.broadcasts import (
    ADA,
    ATTEMPTS,
    CANCELED,
    FAILED,
    GRACE,
    LEASE,
    SENT,
    BroadcastScenario,
)
from tests.support.examples import NOON

MANY = [f"person-{number}@example.net" for number in range(2500)]


def test_a_slow_worker_continues_in_another_job() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_list(*MANY[:300]),))
    while scenario.queue.waiting:
        scenario.step(seconds=0.0001)  # each job sees its time over
        scenario.clock.now += 1
        if len(scenario.mailer.taken) == 0 and len(scenario.queue.waiting) > 50:
            break
    scenario.run()
    assert scenario.mailed() == sorted(MANY[:300])
    assert scenario.editor.get(broadcast.id).state is BroadcastState.DONE


def test_what_ses_refuses_for_now_is_sent_again() -> None:
    scenario = BroadcastScenario(mailer=MemoryMailer([Retry("SES is down"), Throttled("slow", after_seconds=1)]))
    broadcast = scenario.send(lists=(scenario.a_list(*MANY[:20]),))
    scenario.run()
    assert scenario.mailed() == sorted(MANY[:20])
    assert scenario.outcomes(broadcast.id) == {SENT: 20}


def test_a_throttled_message_of_a_resumed_page_is_sent() -> None:
    """The page reads first what it did. A throttle is no failure, however often SES throttled the message."""
    scenario = BroadcastScenario(mailer=MemoryMailer([None, *[Throttled("slow")] * (ATTEMPTS + 2)]))
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net", "b@example.net"),))
    while len(scenario.mailer.answers) > 1:
        scenario.step()
    scenario.editor.pause(broadcast.id, "by hand", ADA)
    scenario.run()
    scenario.editor.resume(broadcast.id, ADA)
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {SENT: 2}


def test_a_throttled_message_of_an_unknown_outcome_is_attempted_again() -> None:
    """A throttle costs the message no attempt, so the lost answer is its first failure."""
    throttled = [Throttled("slow")] * (FAILED_ATTEMPTS_MAX + 1)
    scenario = BroadcastScenario(mailer=MemoryMailer([*throttled, OutcomeUnknown("the answer was lost")]))
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),))
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {SENT: 1}
    message = scenario.message("a@example.net")
    assert message.attempts == len(throttled) + 2
    assert [one.number for one in message.failed_attempts] == list(range(1, FAILED_ATTEMPTS_MAX + 1))


def test_unknown_outcomes_are_attempts() -> None:
    scenario = BroadcastScenario(mailer=MemoryMailer([OutcomeUnknown("the answer was lost")] * 1000))
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),))
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {FAILED: 1}
    assert scenario.message("a@example.net").attempts == ATTEMPTS


def test_a_redriven_recipient_has_all_attempts_again() -> None:
    scenario = BroadcastScenario(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),))
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {FAILED: 1}
    scenario.clock.now += LEASE + GRACE
    redriven_at = timestamps.iso(scenario.clock())
    scenario.mailer.answers = [OutcomeUnknown("the answer was lost")] * (ATTEMPTS - 1)
    scenario.queue.enqueue(scenario.queue.dead_letters[0][0])
    scenario.run()
    assert scenario.mailed() == ["a@example.net"]
    assert scenario.outcomes(broadcast.id) == {SENT: 1}
    assert scenario.editor.get(broadcast.id).redriven_at >= redriven_at, "an erasure waits for its worker"


def test_a_page_redriven_at_once_waits_for_late_events() -> None:
    """An event of SES may still come, so the mail goes out a grace period later."""
    scenario = BroadcastScenario(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),))
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {FAILED: 1}
    lease_until = scenario.message("a@example.net").lease_until
    scenario.queue.enqueue(scenario.queue.dead_letters[0][0])
    scenario.run()
    assert scenario.mailed() == ["a@example.net"]
    assert scenario.clock() >= lease_until + GRACE


def test_a_page_that_waits_for_late_events_still_gives_up() -> None:
    """Another recipient of the page has no attempt left: its dead letter is not lost."""
    scenario = BroadcastScenario(mailer=MemoryMailer([Retry("SES is down")] * (2 * ATTEMPTS)))
    scenario.send(lists=(scenario.a_list("a@example.net", "b@example.net"),))
    scenario.run()
    ((letter, _),) = scenario.queue.dead_letters
    assert isinstance(letter, PageJob)
    failed, exhausted = letter.only
    key = next(key for key, one in scenario.sends.stored.items() if one.broadcast.endswith(f"#{exhausted}"))
    scenario.sends.stored[key] = replace(scenario.sends.stored[key], state=State.QUEUED)
    scenario.queue.enqueue(replace(letter, only=(failed,)))
    scenario.step()
    _, (hopeless, reason) = scenario.queue.dead_letters
    assert isinstance(hopeless, PageJob)
    assert (hopeless.only, reason) == ((exhausted,), f"given up after {ATTEMPTS} attempts: 1 of the page's recipients")
    assert [job for job, _ in scenario.queue.waiting] == [replace(letter, only=(failed,))]


def test_a_redriven_page_waits_while_its_broadcast_is_paused() -> None:
    scenario = BroadcastScenario(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),))
    scenario.run()
    scenario.clock.now += LEASE + GRACE
    _set_state(scenario, broadcast.id, BroadcastState.PAUSED)  # another page of it is not done
    scenario.queue.enqueue(scenario.queue.dead_letters[0][0])
    for _ in range(3):
        scenario.step()
    assert scenario.mailed() == []
    _set_state(scenario, broadcast.id, BroadcastState.SENDING)
    scenario.run()
    assert scenario.mailed() == ["a@example.net"]


def _set_state(scenario: BroadcastScenario, broadcast_id: str, state: BroadcastState) -> None:
    scenario.broadcasts.edit(broadcast_id, lambda one: replace(one, state=state))


def test_a_redriven_page_sends_to_all_however_slow_ses_is() -> None:
    """The broadcast is done by then, so only the redriven page can send the rest."""
    count = 2 * CHUNK + 1
    scenario = BroadcastScenario(mailer=MemoryMailer([Retry("SES is down")] * (count * ATTEMPTS)))
    broadcast = scenario.send(lists=(scenario.a_list(*MANY[:count]),))
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {FAILED: count}
    scenario.clock.now += LEASE + GRACE
    scenario.mailer.answers = [None] * (CHUNK + 2) + [Retry("SES is down"), Throttled("slow")]
    scenario.queue.enqueue(scenario.queue.dead_letters[0][0])
    scenario.run()
    assert scenario.mailed() == sorted(MANY[:count])


def test_a_redriven_page_ends_without_its_recipients() -> None:
    scenario = BroadcastScenario(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),))
    scenario.run()
    scenario.files.pages.clear()
    for state in (BroadcastState.DONE, BroadcastState.CANCELED):
        _set_state(scenario, broadcast.id, state)
        scenario.queue.enqueue(scenario.queue.dead_letters[0][0])
        scenario.run()
    assert (scenario.mailed(), scenario.outcomes(broadcast.id)) == ([], {FAILED: 1})


@pytest.mark.parametrize("end", ["resume", "cancel"])
def test_a_broadcast_ends_without_its_recipients(end: str) -> None:
    """Who had no turn gets no mail, so a late resumption leaves no broadcast that sends for ever."""
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_list(*MANY),))
    while len(scenario.mailer.taken) < 1000:
        scenario.step()
    scenario.editor.pause(broadcast.id, "a typo", ADA)
    scenario.run()
    scenario.files.pages.clear()
    getattr(scenario.editor, end)(broadcast.id, ADA)
    scenario.run()
    done = scenario.editor.get(broadcast.id)
    assert done.state is (BroadcastState.DONE if end == "resume" else BroadcastState.CANCELED)
    assert scenario.editor.progress(done).pages_done == done.pages
    assert scenario.outcomes(broadcast.id)[CANCELED] == 2500 - len(scenario.mailer.taken)


def test_a_page_that_always_fails_is_one_dead_letter() -> None:
    scenario = BroadcastScenario(mailer=MemoryMailer([Retry("SES is down")] * 1000))
    broadcast = scenario.send(lists=(scenario.a_list(*MANY[:20]),))
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {FAILED: 20}
    assert len(scenario.queue.dead_letters) == 1
    scenario.clock.now += 5000
    scenario.mailer.answers.clear()
    scenario.queue.enqueue(scenario.queue.dead_letters[0][0])
    scenario.run()
    assert scenario.mailed() == sorted(MANY[:20])


def test_a_mail_without_an_event_is_sent_again() -> None:
    scenario = BroadcastScenario()
    scenario.events_arrive = False
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),))
    for _ in range(30):
        scenario.step()
        if len(scenario.mailer.taken) == 2:
            break
    assert scenario.clock() > NOON + 900
    scenario.confirm()
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {SENT: 1}
