"""Sweep: find stuck messages (accepted long ago, without an outcome), report their number, and settle the hopeless ones.

A queued send gets its outcome without the sweeper. A message is stuck only if its queue message was lost: a request died between its
write and its queueing, a payload is gone, or a worker ended too often. Settling too early marks a message failed; it never causes a
duplicate.

A sweep works until a time. The next one continues behind its position: a day, an email, and the time of its latest message that was read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.events import pagination
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import HOPELESS_SECONDS, STUCK_SECONDS, Transition
from functions.core.sending.send import Message, MessageKey, State
from functions.core.statistics import periods
from functions.core.statistics.counter_updates import Subject, SubjectType
from functions.core.statistics.periods import DateRange
from functions.ports import Clock
from functions.ports.account import SweepPosition
from functions.ports.sending import MessageIndex, SendQueue, Sends
from functions.ports.statistics import Counters, PeriodCounters
from functions.steps.sending.accept import AHEAD_SECONDS
from functions.steps.sending.enqueue_due import FindDue

HOUR, DAY = 3600, 86400
PAGE = 500  # messages that are read at once
DUE_MAX = 1000  # due messages that are counted: more are one problem, too
UNSETTLED = frozenset({State.QUEUED, State.SENDING})


class SweepSends(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    messages: MessageIndex
    metrics: Counters
    queue: SendQueue
    clock: Clock
    due: FindDue
    position: SweepPosition
    grace_seconds: int
    retention_days: int

    def __call__(self, until: float = math.inf) -> int:
        """Returns the number of stuck messages that it read by a time, including the ones that it settles now."""
        stuck = list(self._stuck(until))
        hopeless_since = self.clock() - (0 if stuck and self.queue.is_empty() else HOPELESS_SECONDS)
        for message in stuck:
            if self._last_activity(message) <= hopeless_since:
                self._give_up(message)
        # A message that is due but still scheduled is in no queue: the next sweep queues it, however late.
        return len(stuck) + sum(1 for _ in islice(self.due(), DUE_MAX))

    def _stuck(self, until: float) -> Iterator[Message]:
        """Reads the counters first, so a sweep without stuck messages costs next to nothing."""
        late = self.clock() - STUCK_SECONDS
        counted: set[MessageKey] = set()
        read_until = self.position.get()
        for position, messages in self._unsettled(read_until, late):
            if self.clock() >= until:
                self.position.set(position)
                return
            for message in messages:
                if message.key not in counted and message.state in UNSETTLED and self._last_activity(message) <= late:
                    counted.add(message.key)
                    yield message
        if read_until:
            self.position.set("")

    def _unsettled(self, after: str, late: float) -> Iterator[tuple[str, Sequence[Message]]]:
        """Yields each email's hours with unsettled messages, a page at a time, from a position on. An email without any is an empty page."""
        first = SweepPlace.read(after)
        oldest = self.clock() - AHEAD_SECONDS - self.retention_days * DAY  # an earlier message has expired
        since, until = _hour(oldest), _hour(late)
        for day in self._unsettled_days(max(since, first.day), until):
            hours = DateRange(max(since, f"{day}T00"), min(until, f"{day}T23"), days=False)
            for email_id in self.metrics.emails(day, day):
                place = SweepPlace(day, email_id)
                if place < replace(first, at=""):
                    continue
                yield place.text, ()
                counted = self.metrics.read(Subject(SubjectType.EMAIL, str(email_id)), hours)
                for hour in (one.period for one in counted if _has_unsettled(one)):
                    at = first.at if (day, email_id) == (first.day, first.email_id) else ""
                    yield from self._pages(place, hour, at)

    def _unsettled_days(self, since: str, until: str) -> list[str]:
        span = DateRange(periods.day(since), periods.day(until), days=True)
        return [one.period for one in self.metrics.read(Subject(SubjectType.ACCOUNT), span) if _has_unsettled(one)]

    def _pages(self, place: SweepPlace, hour: str, at: str) -> Iterator[tuple[str, Sequence[Message]]]:
        begin = f"{hour}:00:00.000Z"
        end = timestamps.iso(timestamps.parse(begin) + HOUR)
        since = max(begin, at)
        while since < end:
            page = self.messages.by_email(place.email_id, since, end, PAGE)
            yield replace(place, at=since).text, page
            if len(page) < PAGE:
                return
            since = pagination.next_since(since, page[-1])

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


class SweepPlace(Struct, frozen=True, order=True):
    """A place among the days, their emails, and the times of an email's messages."""

    day: str = ""
    email_id: int = 0
    at: str = ""

    @property
    def text(self) -> str:
        return f"{self.day}#{self.email_id}#{self.at}"

    @staticmethod
    def read(text: str) -> SweepPlace:
        """Reads an empty text as the first place."""
        day, _, rest = text.partition("#")
        email_id, _, at = rest.partition("#")
        return SweepPlace(day, int(email_id or 0), at)


def _hour(seconds: float) -> str:
    return timestamps.hour(timestamps.iso(seconds))


def _has_unsettled(counters: PeriodCounters) -> bool:
    return counters.counters.get("pending", 0) > 0
