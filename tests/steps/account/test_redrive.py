from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from functions.core.access.actor import Actor, unrestricted
from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.core.contacts.erasure import anonymous
from functions.core.errors import Forbidden
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import MessageKey, State
from functions.ports.account import DeadLetter
from functions.steps.account.redrive import RedriveDeadLetters, RedriveResult
from tests.fakes import Clock, Killed, Life
from tests.fakes.account import MemoryDeadLetters
from tests.fakes.sending import MemoryQueue, MemorySends
from tests.support.examples import NOON, NOON_TEXT, a_send, messages_of, recipients

GRACE = 300
ADA = unrestricted("ada@example.com")
TWO = recipients(cc=("bob@example.net",))


@dataclass
class RedriveScenario:
    """A send that was given up for both its recipients, and its letter."""

    sends: MemorySends = field(default_factory=MemorySends)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    letters: MemoryDeadLetters = field(default_factory=MemoryDeadLetters)
    clock: Clock = field(default_factory=Clock)
    events_recorded: bool = True

    def __post_init__(self) -> None:
        self.send = a_send(recipients=TWO)
        self.sends.create(messages_of(self.send))
        self.letters.letters.append(DeadLetter(a_send(recipients=TWO, attempts=7), "SES was down", "handle"))
        for number in range(2):
            self.settle(number, Transition.GIVE_UP)

    def settle(self, number: int, act: Transition) -> None:
        self.sends.settle(MessageKey("s-1", number), act, now=NOON, result=SendResult.UNDELIVERABLE)

    def redrive(self, life: Life | None = None, by: Actor = ADA) -> dict[RedriveResult, int]:
        guard = life.guard if life else lambda port: port
        step = RedriveDeadLetters(
            letters=guard(self.letters),
            sends=guard(self.sends),
            queue=guard(self.queue),
            events_recorded=lambda: self.events_recorded,
            clock=self.clock,
            grace_seconds=GRACE,
        )
        return dict(step(by))

    def states(self) -> list[State]:
        return [message.state for message in self.sends.stored.values()]


def test_a_dead_letter_is_queued_with_all_its_attempts() -> None:
    scenario = RedriveScenario()
    assert scenario.redrive() == {RedriveResult.QUEUED: 1}
    assert scenario.states() == [State.QUEUED, State.QUEUED]
    assert scenario.queue.waiting == [(scenario.send, 0)]
    assert scenario.letters.letters == []
    assert scenario.redrive() == {}


def test_a_sent_message_is_not_redriven() -> None:
    scenario = RedriveScenario()
    scenario.settle(0, Transition.SES_CONFIRMED)
    assert scenario.redrive() == {RedriveResult.QUEUED: 1}
    assert scenario.states() == [State.SENT, State.QUEUED]


def test_a_dead_letter_of_a_sent_mail_is_dropped() -> None:
    scenario = RedriveScenario()
    for number in range(2):
        scenario.settle(number, Transition.SES_CONFIRMED)
    assert scenario.redrive() == {RedriveResult.DONE: 1}
    assert (scenario.queue.waiting, scenario.letters.letters) == ([], [])


@pytest.mark.parametrize("number", [0, 1])
def test_a_dead_letter_of_an_erased_person_is_dropped(number: int) -> None:
    scenario = RedriveScenario()
    erased = scenario.sends.stored[MessageKey("s-1", number)]
    scenario.sends.replace(erased, anonymous(erased))
    assert scenario.redrive() == {RedriveResult.DONE: 1}
    assert (scenario.queue.waiting, scenario.letters.letters) == ([], [])
    assert scenario.states() == [State.FAILED, State.FAILED]


def test_a_dead_letter_of_an_expired_send_is_dropped() -> None:
    scenario = RedriveScenario()
    scenario.sends.stored.clear()
    assert scenario.redrive() == {RedriveResult.DONE: 1}


def test_an_event_of_ses_keeps_a_dead_letter() -> None:
    scenario = RedriveScenario()
    for number in range(2):
        scenario.sends.record(MessageKey("s-1", number), TimelineEvent(type=TimelineEventType.REJECTED, at=NOON_TEXT))
    assert scenario.redrive() == {RedriveResult.UNSAFE: 1}
    assert scenario.states() == [State.FAILED, State.FAILED]
    assert len(scenario.letters.letters) == 1


def test_an_unreadable_dead_letter_stays_one() -> None:
    scenario = RedriveScenario()
    scenario.letters.letters = [DeadLetter(None, "", "handle")]
    assert scenario.redrive() == {RedriveResult.UNREADABLE: 1}
    assert len(scenario.letters.letters) == 1


def test_a_dead_letter_of_an_unsettled_send_is_queued() -> None:
    scenario = RedriveScenario()
    scenario.sends.stored.clear()
    scenario.sends.create(messages_of(scenario.send))
    assert scenario.redrive() == {RedriveResult.QUEUED: 1}
    assert len(scenario.queue.waiting) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(8))
def test_a_redrive_killed_at_any_call_can_be_repeated(call: int, after: bool) -> None:
    scenario = RedriveScenario()
    try:
        scenario.redrive(Life(call, after=after))
    except Killed:
        scenario.redrive()
    assert scenario.states() == [State.QUEUED, State.QUEUED]
    assert scenario.queue.waiting
    assert scenario.letters.letters == []


def test_a_claimed_message_stays_until_its_events_are_recorded() -> None:
    scenario = RedriveScenario(events_recorded=False)
    for key, message in scenario.sends.stored.items():
        scenario.sends.stored[key] = replace(message, lease_until=int(NOON) - 10 * GRACE)
    assert scenario.redrive() == {RedriveResult.UNSAFE: 1}
    scenario.events_recorded = True
    assert scenario.redrive() == {RedriveResult.QUEUED: 1}


def test_a_message_that_no_worker_had_needs_no_events() -> None:
    assert RedriveScenario(events_recorded=False).redrive() == {RedriveResult.QUEUED: 1}


def test_an_actor_without_the_scope_redrives_nothing() -> None:
    scenario = RedriveScenario()
    with pytest.raises(Forbidden):
        scenario.redrive(by=Actor("bob@example.com", (TRANSACTIONAL_EMAIL,)))
    assert scenario.states() == [State.FAILED, State.FAILED]
    assert (scenario.queue.waiting, len(scenario.letters.letters)) == ([], 1)


def test_a_send_that_fails_again_at_once_is_redriven_once() -> None:
    scenario = RedriveScenario()
    again = DeadLetter(a_send(recipients=TWO, attempts=7), "SES was down", "another handle")
    scenario.letters.letters.append(again)
    assert scenario.redrive() == {RedriveResult.QUEUED: 1}
    assert scenario.letters.letters == [again]
