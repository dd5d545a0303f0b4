"""Schedule: queue the sends whose time comes before the next look, and cancel those that are not wanted any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import Conflict, NotFound
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, State

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.sending import MessageIndex, SendQueue, Sends

HOUR = 3600
SOON_SECONDS = 900  # SQS's longest delay: what is due within it is queued
LATE_SECONDS = 24 * HOUR  # for which no sweep may have run


class EnqueueDue(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    messages: MessageIndex
    queue: SendQueue
    clock: Clock

    def __call__(self) -> int:
        """Queue what is due soon; how many sends that were. A copy first, the mark after: a copy too many is harmless, a mark
        without a copy would be a send that nobody delivers.
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
    """Seconds that a copy of a message's send should wait in the queue."""
    return max(0, int(timestamps.parse(message.due_at) - now)) if message.due_at else 0


def cancel_send(send_id: str, *, sends: Sends, clock: Clock) -> list[Message]:
    """Every recipient's message as it then is; canceled is what no worker had yet. Raises NotFound, or Conflict where it is too late."""
    messages = sends.messages(send_id)
    if not messages:
        raise NotFound(f"there is no send with the status id {send_id!r}")
    stopped = [message for message in messages if _canceled(message, sends, clock)]
    if not stopped:
        raise Conflict(f"send {send_id} cannot be canceled any more: it is being sent, or has its outcome")
    return sends.messages(send_id)


def _canceled(message: Message, sends: Sends, clock: Clock) -> bool:
    canceled = message.state is State.CANCELED
    return canceled or sends.settle(message.key, Transition.CANCEL, now=clock(), reason="canceled by its sender")
