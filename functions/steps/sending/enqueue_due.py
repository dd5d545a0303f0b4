"""Enqueue due sends: put each scheduled send in the queue shortly before its time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from functions.core import timestamps
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.sending import DueWatermark, MessageIndex, SendQueue, Sends

HOUR = 3600
SOON_SECONDS = 900  # SQS's longest delay: a send that is due within it is queued
OVERLAP_SECONDS = 2 * HOUR  # searched again, since a message may have been stored or indexed during the last sweep
OUTAGE_SECONDS = 24 * HOUR  # after which one read of the whole index is cheaper than a query for each hour


class FindDue(Struct, frozen=True, kw_only=True):
    """Finds the scheduled messages that are due, however long the sweeper did not run."""

    messages: MessageIndex
    watermark: DueWatermark
    clock: Clock

    def __call__(self, *, ahead_seconds: int = 0) -> Iterator[Message]:
        now = self.clock()
        until = timestamps.iso(now + ahead_seconds)
        swept_until = self.watermark.get()
        if swept_until is None or timestamps.parse(swept_until) < now - OUTAGE_SECONDS:
            yield from self.messages.overdue(until)
            return
        since = int(timestamps.parse(swept_until)) - OVERLAP_SECONDS
        for at in range(since, int(now) + ahead_seconds + HOUR, HOUR):
            yield from self.messages.due(timestamps.hour(timestamps.iso(at)), until)


class EnqueueDue(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    queue: SendQueue
    due: FindDue
    watermark: DueWatermark
    clock: Clock

    def __call__(self, until: float = math.inf) -> int:
        """Queues the sends that are due soon and returns how many there were. It enqueues first and marks then: a duplicate is harmless,
        a lost message is not. Works until a time. A queued message is no longer due, so the next call continues.
        """
        now = self.clock()
        queued: set[str] = set()
        for message in self.due(ahead_seconds=SOON_SECONDS):
            if self.clock() >= until:
                return len(queued)
            if message.key.send_id not in queued:
                self.queue.enqueue_saved(message.key.send_id, delay_seconds=delay_until(message, self.clock()))
                queued.add(message.key.send_id)
            self.sends.settle(message.key, Transition.ENQUEUE, now=self.clock())
        self.watermark.set(timestamps.iso(now))
        return len(queued)


def delay_until(message: Message, now: float) -> int:
    """Returns for how many seconds a copy of the message's send should wait in the queue."""
    return max(0, int(timestamps.parse(message.due_at) - now)) if message.due_at else 0
