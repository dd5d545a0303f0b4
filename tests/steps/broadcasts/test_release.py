"""When the pages of a broadcast are sent: at its time, in each time zone, and not while it is paused."""

from __future__ import annotations

import functools

import pytest

from functions.core import timestamps
from functions.core.broadcasts.broadcast import BroadcastPage, Recipient
from functions.core.broadcasts.jobs import PageJob, PrepareJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.contacts.contact import Contact
from functions.core.emails.pause import Pause
from functions.core.errors import Conflict
from tests.support.broadcasts import (
    ADA,
    CANCELED,
    REFUSED,
    SENT,
    TYPE,
    BroadcastScenario,
)
from tests.support.examples import NOON, NOON_TEXT

MANY = [f"person-{number}@example.net" for number in range(2500)]


def test_a_page_of_a_dead_writer_is_not_sent() -> None:
    """Another worker writes it again, with other recipients: it has no job before the broadcast counts it."""
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),))
    orphan = [Recipient("b@example.net")]
    scenario.files.write_page(broadcast.id, 1, orphan)
    scenario.pages.put(broadcast.id, BroadcastPage(number=1, recipients=1))
    scenario.step()  # the release, which reads the stored pages
    assert [type(job) for job, _ in scenario.queue.waiting] == [PrepareJob]
    scenario.run()
    assert scenario.mailed() == ["a@example.net"]
    assert scenario.outcomes(broadcast.id) == {SENT: 1}


def test_a_pause_stops_mail_and_a_resumption_sends_the_rest() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_list(*MANY),))
    while len(scenario.mailer.taken) < 1000:
        scenario.step()
    scenario.editor.pause(broadcast.id, "a typo", ADA)
    scenario.run()
    before = len(scenario.mailer.taken)
    assert before < 2500
    assert scenario.editor.get(broadcast.id).state is BroadcastState.PAUSED
    assert scenario.queue.dead_letters == []
    scenario.editor.resume(broadcast.id, ADA)
    scenario.run()
    assert scenario.mailed() == sorted(MANY)
    assert scenario.editor.get(broadcast.id).state is BroadcastState.DONE


def test_a_cancellation_counts_the_rest_as_canceled() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_list(*MANY),))
    while len(scenario.mailer.taken) < 1000:
        scenario.step()
    scenario.editor.cancel(broadcast.id, ADA)
    scenario.run()
    sent = len(scenario.mailer.taken)
    assert scenario.outcomes(broadcast.id) == {SENT: sent, CANCELED: 2500 - sent}
    with pytest.raises(Conflict, match="nothing changes it"):
        scenario.editor.resume(broadcast.id, ADA)


def test_a_paused_email_leaves_one_dead_letter_for_each_page() -> None:
    scenario = BroadcastScenario(subscription=TYPE)
    broadcast = scenario.send(lists=(scenario.a_list(*MANY),))
    scenario.step()
    scenario.step()  # its pages are in the queue
    scenario.page.pauses._cached[0] = (NOON + 9999, _a_pause())
    scenario.run()
    assert scenario.mailed() == []
    assert len(scenario.queue.dead_letters) == 3
    scenario.page.pauses._cached.clear()
    for job, _ in scenario.queue.dead_letters:
        assert isinstance(job, PageJob)
        scenario.queue.enqueue(job)
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {SENT: 2500}


def _a_pause() -> Pause:
    return Pause(at=NOON_TEXT, by="ada", reason="stop")


def test_a_scheduled_broadcast_begins_at_its_time() -> None:
    scenario = BroadcastScenario()
    at = timestamps.iso(NOON + 5000)
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),), send_at=at)
    assert broadcast.state is BroadcastState.SCHEDULED
    assert scenario.enqueue_due() == 0
    scenario.clock.now = NOON + 4500
    assert scenario.enqueue_due() == 1
    scenario.run()
    assert scenario.clock() >= NOON + 5000
    assert scenario.mailed() == ["a@example.net"]


def test_an_erased_person_of_a_scheduled_broadcast_gets_no_mail() -> None:
    """Their address is in the file and in the request since before. What is stored of the refusal has no address."""
    scenario = BroadcastScenario()
    file = scenario.a_file("email\nb@example.net\nc@example.net\nd@example.net\n")
    broadcast = scenario.send(contacts=("a@example.net",), file=file, send_at=timestamps.iso(NOON + 5000))
    scenario.clock.now += 60
    for erased in ("a@example.net", "b@example.net", "d@example.net"):
        scenario.contacts.erase(erased, timestamps.iso(scenario.clock()))
    scenario.contacts.upsert("d@example.net", {}, timestamps.iso(NOON + 4000))  # a new customer
    scenario.clock.now = NOON + 4500
    scenario.enqueue_due()
    scenario.run()
    assert scenario.mailed() == ["c@example.net", "d@example.net"]
    assert scenario.outcomes(broadcast.id) == {SENT: 2, REFUSED: 2}
    assert not {"a@example.net", "b@example.net"} & {message.address for message in scenario.sends.stored.values()}


def test_each_time_zone_has_its_turn() -> None:
    scenario = BroadcastScenario()
    list_id = scenario.a_list("rome@example.net", "new@example.net", "unknown@example.net")
    for email, zone in (("rome@example.net", "europe_slash_rome"), ("new@example.net", "america_slash_new_york")):
        values = {"hs_timezone": zone}
        scenario.contacts.edit(email, NOON_TEXT, functools.partial(Contact.with_values, values=values, at=NOON_TEXT))
    scenario.send(lists=(list_id,), send_at="2026-11-24T15:00:00.000Z", local_time=True, time_zone="Asia/Tokyo")
    got: list[tuple[str, str]] = []
    while len(got) < 3:
        scenario.clock.now += 300
        scenario.enqueue_due()
        before = scenario.mailed()
        scenario.run()
        got += [(email, timestamps.iso(scenario.clock())[:13]) for email in set(scenario.mailed()) - set(before)]
    assert dict(got) == {
        "unknown@example.net": "2026-11-24T06",
        "rome@example.net": "2026-11-24T14",
        "new@example.net": "2026-11-24T20",
    }
