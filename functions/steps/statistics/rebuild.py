"""Rebuild: tell every counter anew, from the archive of events and the messages themselves, and prove that it is what is stored; or mend it.

It goes the way that numbers come. Every archived event must be in its message's timeline: one that is not is recorded now, and the stream
counts it. Then every message is counted, by today's rules, and the sums are held against the stored ones. Counters are a pure function of
messages, so nothing else can make them.

While mail goes out the stored counters lag the messages by the stream's delay. So a cell is mended only where neither its messages nor its
counters changed for SETTLE_SECONDS, which is longer than that delay: what differs then is not on its way. The correction is one more
addition, of a shard of its own and with its own watermark, so the live stream goes on beside it.

Messages expire, and with them what can be counted anew: days from before the retention are left as they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from functions.core import timestamps
from functions.core.errors import Fault, Rejected
from functions.core.events import ses_events
from functions.core.events.ses_events import SesEvent
from functions.core.events.timeline import FACTS_MAX
from functions.core.sending.send import Message
from functions.core.statistics import counter_diff, periods
from functions.core.statistics.counter_updates import Cell, Change, Increment, Kind, Subject, additions
from functions.core.statistics.periods import LAST, Range
from functions.ports import Clock
from functions.ports.events import RawEvents
from functions.ports.messages import EveryMessage, Sends
from functions.ports.statistics import Metrics
from functions.steps.events.record import Recording
from functions.steps.statistics.measure import TAGS_MAX, cells

SHARD = "rebuild"  # no shard of a stream is named so
SETTLE_SECONDS = 120  # measure's window, a batch, and a retry of it
DAY_SECONDS = 86400

Differences = dict[Cell, dict[str, int]]


class Count(Struct):
    """The messages of a span, counted."""

    messages: int = 0
    cells: dict[Cell, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    emails: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # by day


class Report(Struct, frozen=True):
    messages: int
    compared: int  # cells
    differences: Differences


class Rebuild(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. Days are '2026-11-23', both ends of a span are included."""

    messages: EveryMessage
    sends: Sends
    events: RawEvents
    recording: Recording
    metrics: Metrics
    clock: Clock
    sleep: Callable[[float], None]
    retention_days: int

    def first_day(self) -> str:
        """The first one of which every message is kept still."""
        return periods.day(timestamps.iso(self.clock() - (self.retention_days - 1) * DAY_SECONDS))

    def unrecorded(self, first: str) -> Iterator[SesEvent]:
        """The archived events since a day that are not in the timeline of their message."""
        self._check(first)
        for raw in self.events.between(f"{first}T00", LAST):
            event = ses_events.parse(raw)
            if event.sent_at >= first and self._lacks(event):
                yield event

    def record(self, event: SesEvent) -> None:
        """As if it came now; the stream counts what that changes."""
        self.recording(event)

    def compare(self, first: str, last: str) -> Report:
        """What would have to be added to each cell whose messages were accepted between two days."""
        self._check(first)
        return self._report(*self._look(first, last))

    def mend(self, first: str, last: str) -> Report:
        """Add it, where it is not on its way; the differences that were mended. The others are due to mail that goes out just now."""
        self._check(first)
        before, stored_before = self._look(first, last)
        if not self._report(before, stored_before).differences:
            return self._report(before, stored_before)
        self.sleep(SETTLE_SECONDS)
        count, stored = self._look(first, last)
        still = self._report(count, stored)
        settled = {
            cell: difference
            for cell, difference in still.differences.items()
            if (before.cells.get(cell), stored_before.get(cell)) == (count.cells.get(cell), stored.get(cell))
        }
        for cell, difference in settled.items():
            self._add(cell, difference, count.emails.get(cell.period, set()))
        return Report(still.messages, still.compared, settled)

    def _check(self, first: str) -> None:
        if first < self.first_day():
            kept = f"messages are kept for {self.retention_days} days, so nothing from before {self.first_day()} can be told anew"
            raise Rejected([Fault("since", f"{first} is too long ago: {kept}")])

    def _lacks(self, event: SesEvent) -> bool:
        """Not where the message is gone, erased or full, nor of mail that is not ours. Mail over SMTP has no message before its events."""
        found = [(self.sends.get(key), fact) for key, fact in event.facts.items()]
        return any(_untold(message, fact.key) if message else event.smtp is not None for message, fact in found)

    def _look(self, first: str, last: str) -> tuple[Count, dict[Cell, dict[str, int]]]:
        count = self._counted(first, last)
        subjects = {cell.subject for cell in count.cells} | self._subjects(first, last)
        return count, {cell: counters for subject in subjects for cell, counters in self._stored(subject, first, last)}

    def _counted(self, first: str, last: str) -> Count:
        count = Count()
        tags: dict[str, frozenset[str]] = {}
        for message in self.messages.accepted(first, last):
            day = periods.day(message.accepted_at)
            if message.tags and day not in tags:
                tags[day] = self.metrics.admit_tags(day, frozenset(), TAGS_MAX)  # none is new, so none is written
            count.messages += 1
            count.emails[day].add(message.email_id)
            for cell, increments in cells([Change(0, None, message)], tags).items():
                for increment in increments:
                    count.cells[cell].update(increment.counters)
        return count

    def _subjects(self, first: str, last: str) -> set[Subject]:
        """What is stored may be of what no message tells."""
        emails = [str(email_id) for email_id in self.metrics.emails(first, last)]
        return {
            Subject(Kind.ACCOUNT),
            *(Subject(kind, name) for kind in (Kind.EMAIL, Kind.LINKS) for name in emails),
            *(Subject(Kind.TAG, tag) for tag in self.metrics.tags(first, last)),
        }

    def _stored(self, subject: Subject, first: str, last: str) -> Iterator[tuple[Cell, dict[str, int]]]:
        spans = [Range(first, last, days=True), Range(f"{first}T00", f"{last}T23", days=False)]
        for one in (one for span in spans for one in self.metrics.counted(subject, span)):
            yield Cell(subject, one.period), {name: number for name, number in one.counters.items() if number}

    def _report(self, count: Count, stored: Mapping[Cell, Mapping[str, int]]) -> Report:
        every = {*count.cells, *stored}
        found = {cell: counter_diff.difference(stored.get(cell, {}), count.cells.get(cell, {})) for cell in every}
        return Report(count.messages, len(every), {cell: one for cell, one in found.items() if one})

    def _add(self, cell: Cell, difference: Mapping[str, int], emails: set[int]) -> None:
        """Raises Retry where another rebuild mends the same."""
        sequence = int(self.clock() * 1000)
        listed = sorted(emails) if cell.subject.kind is Kind.ACCOUNT else []
        increments = [*(Increment(sequence, {}, email_id) for email_id in listed), Increment(sequence, difference)]
        for addition in additions(self.metrics.tally(cell, SHARD), SHARD, increments, self.clock()):
            self.metrics.add(cell, SHARD, addition)


def _untold(message: Message, fact_key: str) -> bool:
    return not message.erased and fact_key not in message.timeline and len(message.timeline) < FACTS_MAX
