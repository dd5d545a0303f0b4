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
    from functions.ports.sending import MessageIndex, SendQueue, Sends

HOUR = 3600
SOON_SECONDS = 900  # SQS's longest delay: a send that is due within it is queued
LATE_SECONDS = 24 * HOUR  # the longest outage of the sweeper that delays a send but loses none


class EnqueueDue(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    messages: MessageIndex
    queue: SendQueue
    clock: Clock

    def __call__(self) -> int:
        """Queues the sends that are due soon and returns how many there were. It enqueues first and marks then: a duplicate is harmless,
        a lost message is not.
        """
        due: dict[str, list[Message]] = defaultdict(list)
        for message in self._due():
            due[message.key.send_id].append(message)
        for send_id, messages in due.items():
            self.queue.enqueue_saved(send_id, delay_seconds=delay_until(messages[0], self.clock()))
            for message in messages:
                self.sends.settle(message.key, Transition.ENQUEUE, now=self.clock())
        return len(due)

    def _due(self) -> Iterator[Message]:
        now = self.clock()
        until = timestamps.iso(now + SOON_SECONDS)
        for at in range(int(now) - LATE_SECONDS, int(now) + SOON_SECONDS + HOUR, HOUR):
            yield from self.messages.due(timestamps.hour(timestamps.iso(at)), until)


def delay_until(message: Message, now: float) -> int:
    """Returns for how many seconds a copy of the message's send should wait in the queue."""
    return max(0, int(timestamps.parse(message.due_at) - now)) if message.due_at else 0
