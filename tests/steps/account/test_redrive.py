from __future__ import annotations

from dataclasses import dataclass, field

import pytest

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
TWO = recipients(cc=("bob@example.net",))


@dataclass
class World:
    """A send that was given up for both its recipients, and its letter."""

    sends: MemorySends = field(default_factory=MemorySends)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    letters: MemoryDeadLetters = field(default_factory=MemoryDeadLetters)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.send = a_send(recipients=TWO)
        self.sends.create(messages_of(self.send))
        self.letters.letters.append(DeadLetter(a_send(recipients=TWO, attempts=7), "SES was down", "handle"))
        for number in range(2):
            self.settle(number, Transition.GIVE_UP)

    def settle(self, number: int, act: Transition) -> None:
        self.sends.settle(MessageKey("s-1", number), act, now=NOON, result=SendResult.UNDELIVERABLE)

    def redrive(self, life: Life | None = None) -> dict[RedriveResult, int]:
        guard = life.guard if life else lambda port: port
        step = RedriveDeadLetters(
            letters=guard(self.letters),
            sends=guard(self.sends),
            queue=guard(self.queue),
            clock=self.clock,
            grace_seconds=GRACE,
        )
        return dict(step())

    def states(self) -> list[State]:
        return [message.state for message in self.sends.stored.values()]


def test_a_letter_goes_back_with_all_its_tries() -> None:
    world = World()
    assert world.redrive() == {RedriveResult.QUEUED: 1}
    assert world.states() == [State.QUEUED, State.QUEUED]
    assert world.queue.waiting == [(world.send, 0)]
    assert world.letters.letters == []
    assert world.redrive() == {}


def test_whoever_has_the_mail_is_left_alone() -> None:
    world = World()
    world.settle(0, Transition.SES_CONFIRMED)
    assert world.redrive() == {RedriveResult.QUEUED: 1}
    assert world.states() == [State.SENT, State.QUEUED]


def test_a_letter_that_has_become_needless_is_dropped() -> None:
    world = World()
    for number in range(2):
        world.settle(number, Transition.SES_CONFIRMED)
    assert world.redrive() == {RedriveResult.DONE: 1}
    assert (world.queue.waiting, world.letters.letters) == ([], [])


def test_a_send_that_is_kept_no_more_is_dropped() -> None:
    world = World()
    world.sends.stored.clear()
    assert world.redrive() == {RedriveResult.DONE: 1}


def test_what_ses_may_have_taken_stays_a_dead_letter() -> None:
    world = World()
    for number in range(2):
        world.sends.record(MessageKey("s-1", number), TimelineEvent(type=TimelineEventType.REJECTED, at=NOON_TEXT))
    assert world.redrive() == {RedriveResult.UNSAFE: 1}
    assert world.states() == [State.FAILED, State.FAILED]
    assert len(world.letters.letters) == 1


def test_what_cannot_be_read_stays_a_dead_letter() -> None:
    world = World()
    world.letters.letters = [DeadLetter(None, "", "handle")]
    assert world.redrive() == {RedriveResult.UNREADABLE: 1}
    assert len(world.letters.letters) == 1


def test_what_sqs_buried_in_the_middle_of_its_tries_goes_on() -> None:
    world = World()
    world.sends.stored.clear()
    world.sends.create(messages_of(world.send))
    assert world.redrive() == {RedriveResult.QUEUED: 1}
    assert len(world.queue.waiting) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(8))
def test_killed_at_any_call_it_can_be_run_again(call: int, after: bool) -> None:
    world = World()
    try:
        world.redrive(Life(call, after=after))
    except Killed:
        world.redrive()
    assert world.states() == [State.QUEUED, State.QUEUED]
    assert world.queue.waiting
    assert world.letters.letters == []
