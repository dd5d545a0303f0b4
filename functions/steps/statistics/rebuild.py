"""Rebuild: recompute every counter from the archive of events and the messages, and report or repair the differences.

Every archived event must be in its message's timeline: a missing one is recorded now, and the stream counts it. Then every message is
counted by today's rules, and the sums are compared with the stored counters. Counters are a pure function of messages, so there is no
other source.

While mail is sent, the stored counters lag the messages by the stream's delay. So a counter is repaired only if neither its messages nor
its value changed for SETTLE_SECONDS, which is longer than that delay, since that difference is permanent. The correction is one more update,
of a shard of its own and with its own watermark, so the live stream continues meanwhile.

Messages expire, so days before the retention cannot be recomputed: they are left as they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping

from msgspec import Struct, field

from functions.core import timestamps
from functions.core.errors import Conflict, FieldError, Rejected
from functions.core.events import ses_events
from functions.core.events.ses_events import SesEvent
from functions.core.events.timeline import TimelineEvent
from functions.core.sending.send import Message
from functions.core.statistics import counter_diff, periods
from functions.core.statistics.counter_updates import (
    Change,
    CounterKey,
    Increment,
    Subject,
    SubjectType,
    additions,
    next_sequence,
)
from functions.core.statistics.periods import LAST, DateRange
from functions.ports import Clock
from functions.ports.events import EventArchive
from functions.ports.sending import Sends
from functions.ports.statistics import Counters, CountingLag
from functions.steps.events.record import RecordEvents
from functions.steps.statistics.measure import TAGS_MAX, count_by_key

SHARD = "rebuild"  # no shard of a stream has this name
SETTLE_SECONDS = 120  # measure's window, a batch, and one retry of it
DAY_SECONDS = 86400

Differences = dict[CounterKey, dict[str, int]]


class RebuildCount(Struct):
    """The counters of a span, recomputed from its messages."""

    messages: int = 0
    cells: dict[CounterKey, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    emails: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # by day


class RebuildReport(Struct, frozen=True):
    messages: int
    compared: int  # cells
    differences: Differences


Accepted = Callable[[str, str], Iterator[Message]]  # MessageIndex.accepted


class RebuildCounters(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. Days are '2026-11-23', and both ends of a span are included."""

    accepted: Accepted
    sends: Sends
    events: EventArchive
    recording: RecordEvents
    metrics: Counters
    clock: Clock
    lag: CountingLag
    sleep: Callable[[float], None]
    retention_days: int

    def earliest_day(self) -> str:
        """Returns the first day whose messages are all within the retention."""
        return periods.day(timestamps.iso(self.clock() - (self.retention_days - 1) * DAY_SECONDS))

    def unrecorded(self, first: str) -> Iterator[SesEvent]:
        """The archived events since a day that are not in the timeline of their message."""
        self._check(first)
        for raw in self.events.between(f"{first}T00", LAST):
            event = ses_events.parse(raw)
            if event.sent_at >= first and self._is_unrecorded(event):
                yield event

    def record(self, event: SesEvent) -> None:
        """Records an event as if it arrived now; the stream counts the change."""
        self.recording(event)

    def compare(self, first: str, last: str) -> RebuildReport:
        """Returns the differences of the counters whose messages were accepted between two days."""
        self._check(first)
        return self._report(*self._count_and_read(first, last))

    def repair(self, first: str, last: str) -> RebuildReport:
        """Adds the permanent differences, and returns them. The others come from mail that is being sent. Raises Conflict while the
        stream is late: what it has not counted yet would be counted twice.
        """
        self._check(first)
        self._require_current()
        before, stored_before = self._count_and_read(first, last)
        if not self._report(before, stored_before).differences:
            return self._report(before, stored_before)
        self.sleep(SETTLE_SECONDS)
        count, stored = self._count_and_read(first, last)
        still = self._report(count, stored)
        settled = {
            cell: difference
            for cell, difference in still.differences.items()
            if (before.cells.get(cell), stored_before.get(cell)) == (count.cells.get(cell), stored.get(cell))
        }
        self._require_current()
        for cell, difference in settled.items():
            self._add(cell, difference, count.emails.get(cell.period, set()))
        return RebuildReport(still.messages, still.compared, settled)

    def _check(self, first: str) -> None:
        if first < self.earliest_day():
            reason = f"messages are kept for {self.retention_days} days, so no day before {self.earliest_day()} can be recomputed"
            raise Rejected([FieldError("since", f"{first} is too long ago: {reason}")])

    def _require_current(self) -> None:
        if (lag := self.lag()) > SETTLE_SECONDS:
            raise Conflict(
                f"changes are counted {int(lag)} seconds late: a repair would count them twice, so wait until measure has caught up"
            )

    def _is_unrecorded(self, event: SesEvent) -> bool:
        """Returns False if the message is gone, erased or full, or the mail is external. Mail over SMTP has no message before its events."""
        facts = [(self.sends.get(key), fact) for key, fact in event.facts.items()]
        return any(_is_missing(message, fact) if message else event.smtp is not None for message, fact in facts)

    def _count_and_read(self, first: str, last: str) -> tuple[RebuildCount, dict[CounterKey, dict[str, int]]]:
        count = self._count(first, last)
        subjects = {cell.subject for cell in count.cells} | self._subjects(first, last)
        return count, {cell: counters for subject in subjects for cell, counters in self._stored(subject, first, last)}

    def _count(self, first: str, last: str) -> RebuildCount:
        count = RebuildCount()
        tags: dict[str, frozenset[str]] = {}
        for message in self.accepted(first, last):
            day = periods.day(message.accepted_at)
            if message.tags and day not in tags:
                tags[day] = self.metrics.reserve_tags(day, frozenset(), TAGS_MAX)  # reads only: it reserves no new tag
            count.messages += 1
            count.emails[day].add(message.email_id)
            for cell, increments in count_by_key([Change(0, None, message)], tags).items():
                for increment in increments:
                    count.cells[cell].update(increment.counters)
        return count

    def _subjects(self, first: str, last: str) -> set[Subject]:
        """Returns the subjects of the stored counters: a subject may have counters and no message."""
        emails = [str(email_id) for email_id in self.metrics.emails(first, last)]
        return {
            Subject(SubjectType.ACCOUNT),
            *(Subject(kind, name) for kind in (SubjectType.EMAIL, SubjectType.LINKS) for name in emails),
            *(Subject(SubjectType.TAG, tag) for tag in self.metrics.tags(first, last)),
        }

    def _stored(self, subject: Subject, first: str, last: str) -> Iterator[tuple[CounterKey, dict[str, int]]]:
        spans = [DateRange(first, last, days=True), DateRange(f"{first}T00", f"{last}T23", days=False)]
        for one in (one for span in spans for one in self.metrics.read(subject, span)):
            yield CounterKey(subject, one.period), {name: number for name, number in one.counters.items() if number}

    def _report(self, count: RebuildCount, stored: Mapping[CounterKey, Mapping[str, int]]) -> RebuildReport:
        every = {*count.cells, *stored}
        compared = {cell: counter_diff.difference(stored.get(cell, {}), count.cells.get(cell, {})) for cell in every}
        return RebuildReport(count.messages, len(every), {cell: one for cell, one in compared.items() if one})

    def _add(self, cell: CounterKey, difference: Mapping[str, int], emails: Collection[int]) -> None:
        """Raises Retry if another rebuild repairs the same counter."""
        stored = self.metrics.get(cell, SHARD)
        sequence = next_sequence(stored, SHARD, int(self.clock() * 1000))
        listed = sorted(emails) if cell.subject.type is SubjectType.ACCOUNT else []
        increments = [*(Increment(sequence, {}, email_id) for email_id in listed), Increment(sequence, difference)]
        for addition in additions(stored, SHARD, increments, self.clock()):
            self.metrics.add(cell, SHARD, addition)


def _is_missing(message: Message, fact: TimelineEvent) -> bool:
    return not message.erased and fact.key not in message.timeline and len(message.timeline) < fact.room
