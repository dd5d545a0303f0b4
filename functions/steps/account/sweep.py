"""Sweep: find stuck messages (accepted long ago, without an outcome), report their number, and settle the hopeless ones.

A queued send gets its outcome without the sweeper. A message is stuck only if its queue message was lost: a request died between its
write and its queueing, a payload is gone, or a worker ended too often. Settling too early marks a message failed; it never causes a
duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from functions.core import timestamps
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import HOPELESS_SECONDS, STUCK_SECONDS, Transition
from functions.core.sending.send import Message
from functions.core.statistics import periods
from functions.core.statistics.counter_updates import EmailHour, Subject, SubjectType
from functions.core.statistics.periods import DateRange
from functions.ports import Clock
from functions.ports.sending import MessageIndex, SendQueue, Sends
from functions.ports.statistics import Counters, PeriodCounters
from functions.steps.sending.accept import AHEAD_SECONDS
from functions.steps.sending.enqueue_due import FindDue

HOUR, DAY = 3600, 86400


class SweepSends(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    messages: MessageIndex
    metrics: Counters
    queue: SendQueue
    clock: Clock
    due: FindDue
    grace_seconds: int
    retention_days: int

    def __call__(self) -> int:
        """Returns the number of stuck messages, including the ones that it settles now."""
        stuck = list(self._stuck())
        hopeless_since = self.clock() - (0 if stuck and self.queue.is_empty() else HOPELESS_SECONDS)
        for message in stuck:
            if self._last_activity(message) <= hopeless_since:
                self._give_up(message)
        # A message that is due but still scheduled is in no queue: the next sweep queues it, however late.
        return len(stuck) + sum(1 for _ in self.due())

    def _stuck(self) -> Iterator[Message]:
        """Reads the counters first, so a sweep without stuck messages costs next to nothing."""
        late = self.clock() - STUCK_SECONDS
        oldest = self.clock() - AHEAD_SECONDS - self.retention_days * DAY  # an earlier message has expired
        for bucket in self._unsettled_hours(_hour(oldest), _hour(late)):
            for message in self.messages.unfinished(bucket):
                if self._last_activity(message) <= late:
                    yield message

    def _unsettled_hours(self, since: str, until: str) -> Iterator[EmailHour]:
        """Yields the hours of emails with unsettled messages. It reads the account's days first, and the emails' hours of those days only."""
        days = self.metrics.read(
            Subject(SubjectType.ACCOUNT), DateRange(periods.day(since), periods.day(until), days=True)
        )
        for day in (one.period for one in days if _has_unsettled(one)):
            hours = DateRange(max(since, f"{day}T00"), min(until, f"{day}T23"), days=False)
            for email_id in self.metrics.emails(day, day):
                counted = self.metrics.read(Subject(SubjectType.EMAIL, str(email_id)), hours)
                yield from (EmailHour(email_id, one.period) for one in counted if _has_unsettled(one))

    def _last_activity(self, message: Message) -> float:
        """Returns the time after which a queue message, a worker or an event of SES is no longer expected."""
        claimed_until = message.lease_until + self.grace_seconds if message.lease_until else 0
        queued = message.queued_at or message.accepted_at
        return max(timestamps.parse(message.due_at or message.accepted_at), timestamps.parse(queued), claimed_until)

    def _give_up(self, message: Message) -> None:
        last = message.reason or ("its worker ended without an answer" if message.attempts else "no worker ever had it")
        reason = f"given up by the sweeper, since no copy is left in the queue; its last reason: {last}"
        self.sends.settle(
            message.key, Transition.GIVE_UP, now=self.clock(), result=SendResult.UNDELIVERABLE, reason=reason
        )


def _hour(seconds: float) -> str:
    return timestamps.hour(timestamps.iso(seconds))


def _has_unsettled(counters: PeriodCounters) -> bool:
    return counters.counters.get("pending", 0) > 0
