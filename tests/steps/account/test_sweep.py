from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.core import timestamps
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, State
from functions.core.statistics.counter_updates import Change
from functions.steps.account.sweep import HOPELESS_SECONDS, STUCK_SECONDS, SweepSends
from functions.steps.sending.enqueue_due import FindDue
from functions.steps.statistics.measure import measure
from tests.fakes import Clock
from tests.fakes.sending import MemoryDueWatermark, MemoryMessageIndex, MemoryQueue, MemorySends
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import NOON, a_message, a_send

GRACE, RETENTION = 300, 90


@dataclass
class World:
    clock: Clock = field(default_factory=Clock)
    sends: MemorySends = field(default_factory=MemorySends)
    metrics: MemoryCounters = field(default_factory=MemoryCounters)
    queue: MemoryQueue = field(default_factory=MemoryQueue)

    def holds(self, **changed: Any) -> Message:
        """A message is stored, and counted."""
        message = a_message(f"s-{len(self.sends.stored)}", **changed)
        self.sends.create([message])
        change = Change(len(self.sends.stored), None, message)
        measure("shard", [change], metrics=self.metrics, clock=self.clock)
        return message

    def swept(self, later: float) -> int:
        self.clock.now = NOON + later
        sweep = SweepSends(
            sends=self.sends,
            messages=MemoryMessageIndex(self.sends),
            metrics=self.metrics,
            queue=self.queue,
            clock=self.clock,
            due=FindDue(
                messages=MemoryMessageIndex(self.sends),
                watermark=MemoryDueWatermark(),
                clock=self.clock,
                retention_days=RETENTION,
            ),
            grace_seconds=GRACE,
            retention_days=RETENTION,
        )
        return sweep()

    def now(self, message: Message) -> Message:
        return self.sends.stored[message.key]


def test_nothing_is_unexplained_while_nothing_is_sent() -> None:
    assert World().swept(0) == 0


@pytest.mark.parametrize("state", [State.SENT, State.REFUSED, State.CANCELED])
def test_what_has_an_outcome_is_explained(state: State) -> None:
    world = World()
    world.holds(state=state)
    assert world.swept(STUCK_SECONDS) == 0


def test_what_was_accepted_lately_has_its_time() -> None:
    world = World()
    message = world.holds()
    assert world.swept(STUCK_SECONDS - 1) == 0
    assert world.now(message) == message


def test_while_the_queue_is_not_empty_it_is_told_and_left_alone() -> None:
    world = World()
    message = world.holds()
    world.queue.enqueue(a_send())
    assert world.swept(STUCK_SECONDS) == 1
    assert world.swept(HOPELESS_SECONDS - 1) == 1
    assert world.now(message).state is State.QUEUED


def test_what_no_queue_message_can_deliver_any_more_is_given_up_with_a_reason() -> None:
    """Its request died before it was queued, and nobody repeated it."""
    world = World()
    message = world.holds()
    assert world.swept(STUCK_SECONDS) == 1
    told = world.now(message)
    assert (told.state, told.result) == (State.FAILED, SendResult.UNDELIVERABLE)
    assert told.settled_at == timestamps.iso(NOON + STUCK_SECONDS)
    assert told.reason.endswith("no worker ever had it")
    assert world.swept(STUCK_SECONDS + 1) == 0


def test_after_days_it_is_given_up_even_where_the_queue_is_never_empty() -> None:
    world = World()
    message = world.holds(attempts=3, reason="SES is down")
    world.queue.enqueue(a_send())
    assert world.swept(HOPELESS_SECONDS) == 1
    assert world.now(message).state is State.FAILED
    assert world.now(message).reason.endswith("SES is down")


def test_a_worker_s_lease_and_ses_s_event_have_their_time_too() -> None:
    world = World()
    lease_until = int(NOON) + 2 * STUCK_SECONDS
    message = world.holds(state=State.SENDING, attempts=1, lease_until=lease_until)
    assert world.swept(3 * STUCK_SECONDS + GRACE - 1) == 0
    assert world.swept(3 * STUCK_SECONDS + GRACE) == 1
    assert world.now(message).reason.endswith("its worker ended without an answer")


def test_ses_s_word_still_counts_after_that() -> None:
    world = World()
    message = world.holds(state=State.SENDING, attempts=1)
    world.swept(STUCK_SECONDS)
    assert world.sends.settle(message.key, Transition.SES_CONFIRMED, now=NOON)
    assert world.now(message).state is State.SENT


def test_counters_that_lag_accuse_nobody() -> None:
    """The tally still says pending; the message knows better."""
    world = World()
    message = world.holds()
    world.sends.settle(message.key, Transition.SES_CONFIRMED, now=NOON)
    assert world.swept(STUCK_SECONDS) == 0


DAY = 86400


@pytest.mark.parametrize("days", [1, 5, 40, 89])
def test_a_scheduled_message_is_unexplained_once_due_and_never_given_up(days: int) -> None:
    """It is in no queue: the step that queues what is due ends its wait, however late."""
    world = World()
    message = world.holds(state=State.SCHEDULED, due_at=timestamps.iso(NOON + 12 * DAY))
    assert world.swept(12 * DAY - 1) == 0
    assert world.swept((12 + days) * DAY) == 1
    assert world.now(message).state is State.SCHEDULED


def test_a_late_message_is_not_given_up_as_soon_as_it_is_queued() -> None:
    """SQS may not count its copy yet."""
    world = World()
    message = world.holds(state=State.SCHEDULED, due_at=timestamps.iso(NOON + 5 * STUCK_SECONDS))
    world.sends.settle(message.key, Transition.ENQUEUE, now=NOON + 5 * DAY)
    change = Change(99, message, world.now(message))
    measure("shard", [change], metrics=world.metrics, clock=world.clock)
    assert world.swept(5 * DAY + STUCK_SECONDS - 1) == 0
    assert world.now(message).state is State.QUEUED
    assert world.swept(5 * DAY + STUCK_SECONDS) == 1
    assert world.now(message).state is State.FAILED


def test_a_redriven_message_is_not_given_up_at_once() -> None:
    world = World()
    message = world.holds(state=State.FAILED)
    assert world.sends.redrive(message.key, now=NOON + DAY, grace_seconds=GRACE)
    change = Change(99, message, world.now(message))
    measure("shard", [change], metrics=world.metrics, clock=world.clock)
    assert world.swept(DAY + STUCK_SECONDS - 1) == 0
    assert world.now(message).state is State.QUEUED
