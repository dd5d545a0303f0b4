from __future__ import annotations

import pytest

from functions.core.errors import OutcomeUnknown, PermanentFailure, Retry, Throttled
from functions.core.events.ses_events import SesEvent
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import MessageKey, State
from functions.ports.sending import OutgoingMail
from functions.steps.events.record import record
from tests.fakes import Killed, Life
from tests.fakes.sending import MemoryMailer
from tests.support.delivering import (
    ATTEMPTS,
    GRACE,
    LEASE,
    THREE,
    DeliverScenario,
    sent_event,
)
from tests.support.examples import (
    NOON,
    NOON_TEXT,
    a_send,
)


def test_an_unknown_outcome_blocks_until_lease_and_grace_end() -> None:
    scenario = DeliverScenario()
    scenario.mailer.answers = [OutcomeUnknown("SES did not answer")]
    with pytest.raises(OutcomeUnknown):
        scenario.worker()(scenario.send, 1)
    for passed in (1, LEASE, GRACE - 2):  # up to a second before
        scenario.clock.now += passed
        scenario.worker()(scenario.send, 2)
        ((again, delay),) = scenario.queue.waiting
        assert delay <= LEASE + GRACE + 1
        scenario.queue.waiting.clear()
    assert (scenario.states(), scenario.recipients()) == ([State.SENDING], [])
    scenario.clock.now += 1
    scenario.worker()(again, 1)
    assert (scenario.states(), scenario.recipients()) == ([State.SENT], ["ada@example.net"])


def test_the_send_event_settles_an_unknown_outcome() -> None:
    scenario = DeliverScenario()
    scenario.mailer.answers = [OutcomeUnknown("SES did not answer")]
    with pytest.raises(OutcomeUnknown):
        scenario.worker()(scenario.send, 1)
    record(
        SesEvent(
            message=MessageKey("s-1", 0),
            ses_message_id="0102",
            sent_at=NOON_TEXT,
            fact=TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT),
        ),
        sends=scenario.sends,
    )
    scenario.clock.now += 10 * (LEASE + GRACE)
    scenario.worker()(scenario.send, 2)
    assert scenario.states() == [State.SENT]
    assert scenario.recipients() == []
    assert scenario.sends.stored[MessageKey("s-1", 0)].ses_message_id == "0102"


def test_an_event_may_come_before_the_send_call_returns() -> None:
    scenario = DeliverScenario()

    class Quick(MemoryMailer):
        def send(self, mail: OutgoingMail) -> str:
            ses_message_id = super().send(mail)
            record(sent_event(mail, ses_message_id), sends=scenario.sends)
            return ses_message_id

    scenario.mailer = Quick()
    scenario.worker()(scenario.send, 1)
    assert scenario.outcomes() == [(State.SENT, None, "")]


def test_an_event_settles_a_send_that_was_given_up() -> None:
    scenario = DeliverScenario()
    scenario.mailer.answers = [OutcomeUnknown("SES did not answer")]
    with pytest.raises(OutcomeUnknown):
        scenario.worker()(scenario.send, 1)
    scenario.worker()(scenario.send, ATTEMPTS + 1)
    assert scenario.states() == [State.FAILED]
    fact = TimelineEvent(type=TimelineEventType.DELIVERED, at=NOON_TEXT)
    record(
        SesEvent(message=MessageKey("s-1", 0), ses_message_id="0102", sent_at=NOON_TEXT, fact=fact),
        sends=scenario.sends,
    )
    assert scenario.states() == [State.SENT]
    assert scenario.sends.stored[MessageKey("s-1", 0)].reason == ""


ANSWERS: list[list[Exception | None]] = [
    [],
    [None, Throttled("rate")],
    [None, Retry("SES cannot be reached")],
    [None, PermanentFailure(SendResult.UNDELIVERABLE, "MessageRejected")],
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("answers", ANSWERS, ids=["taken", "throttled", "unreachable", "refused"])
def test_a_worker_killed_at_any_call_sends_exactly_once(answers: list[Exception | None], after: bool) -> None:
    """At every call in turn: the queue delivers again, SES's events arrive, and each recipient has exactly one outcome."""
    for call in range(40):
        scenario = DeliverScenario(a_send(recipients=THREE))
        scenario.mailer.answers = list(answers)
        try:
            scenario.worker(Life(call, after=after))(scenario.send, 1)
        except Killed:
            pass
        except Retry:
            scenario.queue.enqueue(scenario.send)
        else:
            if call > 30:
                break
        scenario.events_arrive()
        waiting = [scenario.send]
        for _round in range(6):
            scenario.clock.now += LEASE + GRACE
            copies, waiting = waiting + [send for send, _ in scenario.queue.waiting], []
            scenario.queue.waiting.clear()
            for copy in copies:
                try:
                    scenario.worker()(copy, 1)
                except Retry:
                    waiting.append(copy)
        refused = [message for message in scenario.sends.stored.values() if message.state is State.REFUSED]
        sent = [message.address for message in scenario.sends.stored.values() if message.state is State.SENT]
        assert len(sent) + len(refused) == 3, f"killed at call {call}: {scenario.states()}"
        assert sorted(scenario.recipients()) == sorted(sent), f"killed at call {call}"
        assert not refused or scenario.queue.dead_letters


def test_a_lost_send_event_after_a_crash_doubles() -> None:
    """The documented limit: SES has no idempotency token, so a lost Send event after a lost answer means sending again."""
    scenario = DeliverScenario()
    with pytest.raises(Killed):
        scenario.worker(Life(3, after=True))(scenario.send, 1)
    assert len(scenario.mailer.taken) == 1
    scenario.clock.now += LEASE + GRACE
    scenario.worker()(scenario.send, 2)
    assert len(scenario.mailer.taken) == 2


def test_an_old_claim_waits_until_its_events_are_recorded() -> None:
    scenario = DeliverScenario(events_recorded=False)
    scenario.mailer.answers = [OutcomeUnknown("SES did not answer")]
    with pytest.raises(OutcomeUnknown):
        scenario.worker()(scenario.send, 1)
    scenario.clock.now += LEASE + GRACE + 1
    for _ in range(3 * ATTEMPTS):  # the wait costs no attempt
        scenario.worker()(scenario.send, 1)
        ((again, delay),) = scenario.queue.waiting
        assert (delay, again.attempts) == (60, 0)
        scenario.queue.waiting.clear()
        scenario.clock.now += delay
    assert (scenario.states(), scenario.recipients()) == ([State.SENDING], [])
    scenario.events_recorded = True
    scenario.worker()(again, 1)
    assert (scenario.states(), scenario.recipients()) == ([State.SENT], ["ada@example.net"])


def test_a_copy_shows_since_when_its_send_is_waiting() -> None:
    scenario, begin = DeliverScenario(), NOON
    send = scenario.send
    for passed in (0.0, 600.0, 1500.0):
        scenario.clock.now = begin + passed
        scenario.mailer.answers = [Throttled("Maximum sending rate exceeded")]
        assert scenario.worker()(send, 1) == passed
        ((send, _),) = scenario.queue.waiting
        scenario.queue.waiting.clear()
    assert send.waiting_since == begin
    assert scenario.worker()(send, 1) == 0
