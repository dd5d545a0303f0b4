"""The sums of a broadcast and its messages agree, however late SES's events are."""

from __future__ import annotations

import pytest

from functions.core.broadcasts.broadcast import Broadcast
from functions.core.broadcasts.jobs import RecountJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.errors import OutcomeUnknown, Retry
from functions.core.events.ses_events import SesEvent
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import State
from functions.steps.broadcasts.redrive import reopened
from functions.steps.events.record import record
from tests.fakes.sending import MemoryMailer
from tests.support.broadcasts import (
    ADA,
    ATTEMPTS,
    CANCELED,
    FAILED,
    GRACE,
    LEASE,
    REFUSED,
    SENT,
    BroadcastScenario,
    Guard,
    Meanwhile,
    unguarded,
)
from tests.support.examples import NOON_TEXT

A, B = "a@example.net", "b@example.net"


def exhausted(*people: str, guard: Guard = unguarded) -> tuple[BroadcastScenario, Broadcast]:
    """Returns a scenario in which SES's answers about a broadcast were lost."""
    scenario = BroadcastScenario(mailer=MemoryMailer([OutcomeUnknown("the answer was lost")] * 1000), guard=guard)
    return scenario, scenario.send(lists=(scenario.a_list(*people),))


def event_arrives(scenario: BroadcastScenario, address: str) -> None:
    """SES's Send event, and the change of the message in the stream, which comes twice."""
    before = scenario.message(address)
    event = SesEvent(
        message=before.key,
        ses_message_id="ses-1",
        sent_at=NOON_TEXT,
        fact=TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT),
        of_broadcast=True,
    )
    record(event, sends=scenario.sends)
    for _ in range(2):
        scenario.note_outcomes([(before, scenario.message(address))])


def test_an_event_after_a_page_gave_up_changes_the_sums() -> None:
    scenario, broadcast = exhausted(A, B)
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {FAILED: 2}
    event_arrives(scenario, A)
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {SENT: 1, FAILED: 1}
    assert scenario.pages.progress(broadcast.id).pages_done == 1


def test_an_event_after_a_broadcast_was_canceled_changes_its_sums() -> None:
    scenario, broadcast = exhausted(A)
    scenario.step()
    while scenario.states() != {State.SENDING}:
        scenario.step()
    scenario.editor.cancel(broadcast.id, ADA)
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {REFUSED: 1}
    event_arrives(scenario, A)
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {SENT: 1}


def test_mail_of_a_worker_that_missed_the_cancellation_is_counted() -> None:
    """Another worker counted the page before the message was created."""
    meanwhile = Meanwhile("sends.create")
    scenario = BroadcastScenario(guard=meanwhile)
    broadcast = scenario.send(contacts=(A,))

    def act() -> None:
        scenario.editor.cancel(broadcast.id, ADA)
        scenario.run()
        assert scenario.outcomes(broadcast.id) == {CANCELED: 1}

    meanwhile.act = act
    scenario.run()
    assert scenario.mailed() == [A]
    assert scenario.outcomes(broadcast.id) == {SENT: 1}
    assert scenario.pages.progress(broadcast.id).pages_done == 1


def test_an_event_while_a_worker_counts_is_counted() -> None:
    meanwhile = Meanwhile("pages.finish")
    scenario, broadcast = exhausted(A, guard=meanwhile)

    def act() -> None:
        event_arrives(scenario, A)
        scenario.recount(RecountJob(broadcast.id, 1))

    meanwhile.act = act
    with pytest.raises(Retry):
        scenario.run()
    scenario.queue.enqueue(scenario.latest)
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {SENT: 1}
    assert scenario.editor.get(broadcast.id).state is BroadcastState.DONE


def test_an_event_while_a_recipient_is_redriven_is_counted() -> None:
    scenario, broadcast = exhausted(A, B)
    scenario.run()
    scenario.mailer.answers = [Retry("SES is down")] * ATTEMPTS
    scenario.clock.now += LEASE + GRACE
    ((letter, _),) = scenario.queue.dead_letters
    scenario.queue.enqueue(reopened(letter))
    scenario.step()
    event_arrives(scenario, A)
    scenario.run()
    states = [scenario.message(address).state for address in (A, B)]
    assert scenario.outcomes(broadcast.id) == {SENT: states.count(State.SENT), **failed(states)}


def failed(states: list[State]) -> dict[str, int]:
    number = states.count(State.FAILED)
    return {FAILED: number} if number else {}


def test_without_its_recipients_a_page_keeps_its_sums() -> None:
    """They are deleted after two weeks, and the recipient opens the mail after that."""
    scenario, broadcast = exhausted(A)
    scenario.run()
    scenario.files.pages.clear()
    event_arrives(scenario, A)
    scenario.run()
    assert scenario.outcomes(broadcast.id) == {FAILED: 1}


def test_a_page_of_no_broadcast_is_not_counted() -> None:
    scenario = BroadcastScenario()
    scenario.recount(RecountJob("b-0", 1))
    assert scenario.pages.stored == {}
