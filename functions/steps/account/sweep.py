"""Sweep: find what was accepted long ago and has no outcome, tell how much it is, and settle what can come to no other end.

No send needs this: whatever waits in the queue finds its outcome by itself. It is for what is left when a queue message is lost: a
request that died between its write and its queueing, a payload that is gone, a worker that ended too often.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from functions.core import timestamps
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message
from functions.core.statistics import periods
from functions.core.statistics.counter_updates import EmailHour, Subject, SubjectType
from functions.core.statistics.periods import DateRange
from functions.ports import Clock
from functions.ports.sending import MessageIndex, SendQueue, Sends
from functions.ports.statistics import Counters, PeriodCounters

HOUR, DAY = 3600, 86400
EXPLAINED_SECONDS = HOUR  # within which every accepted send should have its outcome
HOPELESS_SECONDS = 3 * DAY  # no receipt is still of use then, and by then an empty queue has had its day
LOOK_BACK_SECONDS = 16 * DAY  # longer than a queue keeps anything


class SweepSends(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    messages: MessageIndex
    metrics: Counters
    queue: SendQueue
    clock: Clock
    grace_seconds: int

    def __call__(self) -> int:
        """How many messages are unexplained: accepted long ago and without an outcome, those included that are settled now."""
        unexplained = list(self._unexplained())
        hopeless_since = self.clock() - (0 if unexplained and self.queue.is_empty() else HOPELESS_SECONDS)
        for message in unexplained:
            if self._last_activity(message) <= hopeless_since:
                self._give_up(message)
        return len(unexplained)

    def _unexplained(self) -> Iterator[Message]:
        """The counters tell where to look, so a sweep over nothing costs next to nothing."""
        late = self.clock() - EXPLAINED_SECONDS
        oldest = self.clock() - LOOK_BACK_SECONDS
        for bucket in self._unsettled_hours(_hour(oldest), _hour(late)):
            for message in self.messages.unfinished(bucket):
                if self._last_activity(message) <= late:
                    yield message

    def _unsettled_hours(self, since: str, until: str) -> Iterator[EmailHour]:
        """Where something waits among the hours between two: asked of the account's days, then of the emails in such a day's hours."""
        days = self.metrics.read(
            Subject(SubjectType.ACCOUNT), DateRange(periods.day(since), periods.day(until), days=True)
        )
        for day in (one.period for one in days if _waiting(one)):
            hours = DateRange(max(since, f"{day}T00"), min(until, f"{day}T23"), days=False)
            for email_id in self.metrics.emails(day, day):
                counted = self.metrics.read(Subject(SubjectType.EMAIL, str(email_id)), hours)
                yield from (EmailHour(email_id, one.period) for one in counted if _waiting(one))

    def _last_activity(self, message: Message) -> float:
        """Until when something may have been on its way: a queue message, a worker, an event of SES."""
        held = message.lease_until + self.grace_seconds if message.lease_until else 0
        return max(timestamps.parse(message.due_at or message.accepted_at), held)

    def _give_up(self, message: Message) -> None:
        last = message.reason or ("its worker ended without an answer" if message.attempts else "no worker ever had it")
        reason = f"given up by the sweeper, since nothing will deliver it any more; the last that is known: {last}"
        self.sends.settle(
            message.key, Transition.GIVE_UP, now=self.clock(), result=SendResult.UNDELIVERABLE, reason=reason
        )


def _hour(seconds: float) -> str:
    return timestamps.hour(timestamps.iso(seconds))


def _waiting(counted: PeriodCounters) -> bool:
    return counted.counters.get("pending", 0) > 0
