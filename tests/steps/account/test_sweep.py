from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.core import timestamps
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import HOPELESS_SECONDS, STUCK_SECONDS, Transition
from functions.core.sending.send import Message, State
from functions.core.statistics.counter_updates import Change
from functions.steps.account.sweep import SweepSends
from functions.steps.sending.enqueue_due import FindDue
from functions.steps.statistics.measure import measure
from tests.fakes import Clock
from tests.fakes.sending import (
    MemoryDueWatermark,
    MemoryListings,
    MemoryMessageIndex,
    MemoryQueue,
    MemorySends,
    MemorySweepPosition,
)
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import NOON, a_message, a_send

GRACE, RETENTION = 300, 90


@dataclass
class SweepScenario:
    clock: Clock = field(default_factory=Clock)
    sends: MemorySends = field(default_factory=MemorySends)
    metrics: MemoryCounters = field(default_factory=MemoryCounters)
    listings: MemoryListings = field(default_factory=MemoryListings)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    position: MemorySweepPosition = field(default_factory=MemorySweepPosition)

    def holds(self, **changed: Any) -> Message:
        """A message is stored, listed and counted."""
        message = a_message(f"s-{len(self.sends.stored)}", **changed)
        self.sends.create([message])
        self.measure(Change(len(self.sends.stored), None, message))
        return message

    def measure(self, change: Change) -> None:
        measure("shard", [change], listings=self.listings, metrics=self.metrics, clock=self.clock)

    def swept(self, later: float, until: float = math.inf) -> int:
        self.clock.now = NOON + later
        sweep = SweepSends(
            sends=self.sends,
            messages=MemoryMessageIndex(self.sends, self.listings),
            metrics=self.metrics,
            queue=self.queue,
            clock=self.clock,
            position=self.position,
            due=FindDue(messages=MemoryMessageIndex(self.sends), watermark=MemoryDueWatermark(), clock=self.clock),
            grace_seconds=GRACE,
            retention_days=RETENTION,
        )
        return sweep(until)

    def now(self, message: Message) -> Message:
        return self.sends.stored[message.key]


def test_nothing_is_unexplained_while_nothing_is_sent() -> None:
    assert SweepScenario().swept(0) == 0


@pytest.mark.parametrize("state", [State.SENT, State.REFUSED, State.CANCELED])
def test_what_has_an_outcome_is_explained(state: State) -> None:
    scenario = SweepScenario()
    scenario.holds(state=state)
    assert scenario.swept(STUCK_SECONDS) == 0


def test_what_was_accepted_lately_has_its_time() -> None:
    scenario = SweepScenario()
    message = scenario.holds()
    assert scenario.swept(STUCK_SECONDS - 1) == 0
    assert scenario.now(message) == message


def test_a_stuck_message_is_reported_while_the_queue_has_copies() -> None:
    scenario = SweepScenario()
    message = scenario.holds()
    scenario.queue.enqueue(a_send())
    assert scenario.swept(STUCK_SECONDS) == 1
    assert scenario.swept(HOPELESS_SECONDS - 1) == 1
    assert scenario.now(message).state is State.QUEUED


def test_a_stuck_message_without_a_copy_is_given_up() -> None:
    """Its request died before it was queued, and its client did not retry."""
    scenario = SweepScenario()
    message = scenario.holds()
    assert scenario.swept(STUCK_SECONDS) == 1
    message_now = scenario.now(message)
    assert (message_now.state, message_now.result) == (State.FAILED, SendResult.UNDELIVERABLE)
    assert message_now.settled_at == timestamps.iso(NOON + STUCK_SECONDS)
    assert message_now.reason.endswith("no worker ever had it")
    assert scenario.swept(STUCK_SECONDS + 1) == 0


def test_a_message_is_given_up_after_days_in_any_case() -> None:
    scenario = SweepScenario()
    message = scenario.holds(attempts=3, reason="SES is down")
    scenario.queue.enqueue(a_send())
    assert scenario.swept(HOPELESS_SECONDS) == 1
    assert scenario.now(message).state is State.FAILED
    assert scenario.now(message).reason.endswith("SES is down")


def test_a_leased_message_is_not_stuck() -> None:
    scenario = SweepScenario()
    lease_until = int(NOON) + 2 * STUCK_SECONDS
    message = scenario.holds(state=State.SENDING, attempts=1, lease_until=lease_until)
    assert scenario.swept(3 * STUCK_SECONDS + GRACE - 1) == 0
    assert scenario.swept(3 * STUCK_SECONDS + GRACE) == 1
    assert scenario.now(message).reason.endswith("its worker ended without an answer")


def test_ses_may_confirm_a_message_that_was_given_up() -> None:
    scenario = SweepScenario()
    message = scenario.holds(state=State.SENDING, attempts=1)
    scenario.swept(STUCK_SECONDS)
    assert scenario.sends.settle(message.key, Transition.SES_CONFIRMED, now=NOON)
    assert scenario.now(message).state is State.SENT


def test_lagging_counters_report_no_stuck_message() -> None:
    """The counter is still pending, and the message is settled."""
    scenario = SweepScenario()
    message = scenario.holds()
    scenario.sends.settle(message.key, Transition.SES_CONFIRMED, now=NOON)
    assert scenario.swept(STUCK_SECONDS) == 0


DAY = 86400


@pytest.mark.parametrize("days", [1, 5, 40, 89])
def test_a_scheduled_message_is_unexplained_once_due(days: int) -> None:
    """The sweeper never gives it up: it queues the message, however late."""
    scenario = SweepScenario()
    message = scenario.holds(state=State.SCHEDULED, due_at=timestamps.iso(NOON + 12 * DAY))
    assert scenario.swept(12 * DAY - 1) == 0
    assert scenario.swept((12 + days) * DAY) == 1
    assert scenario.now(message).state is State.SCHEDULED


def test_a_late_message_that_was_just_queued_has_its_time() -> None:
    """SQS may not count its copy yet."""
    scenario = SweepScenario()
    message = scenario.holds(state=State.SCHEDULED, due_at=timestamps.iso(NOON + 5 * STUCK_SECONDS))
    scenario.sends.settle(message.key, Transition.ENQUEUE, now=NOON + 5 * DAY)
    scenario.measure(Change(99, message, scenario.now(message)))
    assert scenario.swept(5 * DAY + STUCK_SECONDS - 1) == 0
    assert scenario.now(message).state is State.QUEUED
    assert scenario.swept(5 * DAY + STUCK_SECONDS) == 1
    assert scenario.now(message).state is State.FAILED


def test_a_redriven_message_has_its_time() -> None:
    scenario = SweepScenario()
    message = scenario.holds(state=State.FAILED)
    assert scenario.sends.redrive(message.key, now=NOON + DAY, grace_seconds=GRACE)
    scenario.measure(Change(99, message, scenario.now(message)))
    assert scenario.swept(DAY + STUCK_SECONDS - 1) == 0
    assert scenario.now(message).state is State.QUEUED
