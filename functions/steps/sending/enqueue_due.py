"""Enqueue due sends: put each scheduled send in the queue shortly before its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from functions.core import timestamps
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.sending import DueWatermark, MessageIndex, SendQueue, Sends

HOUR, DAY = 3600, 86400
SOON_SECONDS = 900  # SQS's longest delay: a send that is due within it is queued
OVERLAP_SECONDS = (
    2 * HOUR
)  # searched again: an accept may have stored a send, or its index shown it, after an earlier sweep


class FindDue(Struct, frozen=True, kw_only=True):
    """Finds the scheduled messages that are due, however long the sweeper did not run."""

    messages: MessageIndex
    watermark: DueWatermark
    clock: Clock
    retention_days: int

    def __call__(self, *, ahead_seconds: int = 0) -> Iterator[Message]:
        until = self.clock() + ahead_seconds
        for at in range(self._search_from(), int(until) + HOUR, HOUR):
            yield from self.messages.due(timestamps.hour(timestamps.iso(at)), timestamps.iso(until))

    def _search_from(self) -> int:
        oldest = int(self.clock()) - self.retention_days * DAY  # an earlier send has expired
        swept_until = self.watermark.get()
        return max(oldest, int(timestamps.parse(swept_until)) - OVERLAP_SECONDS) if swept_until else oldest


class EnqueueDue(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    queue: SendQueue
    due: FindDue
    watermark: DueWatermark
    clock: Clock

    def __call__(self) -> int:
        """Queues the sends that are due soon and returns how many there were. It enqueues first and marks then: a duplicate is harmless,
        a lost message is not.
        """
        now = self.clock()
        sends: dict[str, list[Message]] = defaultdict(list)
        for message in self.due(ahead_seconds=SOON_SECONDS):
            sends[message.key.send_id].append(message)
        for send_id, messages in sends.items():
            self.queue.enqueue_saved(send_id, delay_seconds=delay_until(messages[0], self.clock()))
            for message in messages:
                self.sends.settle(message.key, Transition.ENQUEUE, now=self.clock())
        self.watermark.set(timestamps.iso(now))
        return len(sends)


def delay_until(message: Message, now: float) -> int:
    """Returns for how many seconds a copy of the message's send should wait in the queue."""
    return max(0, int(timestamps.parse(message.due_at) - now)) if message.due_at else 0
