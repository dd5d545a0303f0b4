"""Histogram: counters over time, by HubSpot's intervals (UTC). Intervals of an hour and longer are read from the counters. Finer ones are
counted from the sends themselves, and so their number is bounded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import FieldError, Rejected
from functions.core.sending.send import Message
from functions.core.statistics import counters, periods
from functions.core.statistics.counter_updates import Subject, SubjectType
from functions.core.statistics.periods import FINER_THAN_COUNTERS, DateRange, Interval
from functions.ports.sending import BroadcastMessages, MessageIndex
from functions.ports.statistics import Counters, PeriodCounters

INTERVALS_MAX = 2000
SENDS_MAX = 5000  # read for one histogram
READ_BATCH = 100  # messages

Counts = Mapping[datetime, Counter[str]]
_MILLISECOND = timedelta(milliseconds=1)


class HistogramInterval(Struct, frozen=True):
    """One interval. Its end is the beginning of the next."""

    begin: datetime
    end: datetime
    counters: Mapping[str, int]


class Histogram(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    metrics: Counters
    messages: MessageIndex
    of_broadcasts: BroadcastMessages

    def __call__(
        self, interval: Interval, since: datetime | None, until: datetime | None, email_ids: Sequence[int] = ()
    ) -> list[HistogramInterval]:
        """Returns every interval of the span, the empty ones too. `until` is not part of the span; without `since` or `until` the span
        begins or ends with the counters. Raises Rejected if the span has too many intervals or, of fine ones, too many sends.
        """
        if interval in FINER_THAN_COUNTERS:
            return self._from_sends(interval, since, until, email_ids)
        counted: dict[datetime, Counter[str]] = defaultdict(Counter)
        for counters_ in self._read(interval, since, until, email_ids):
            counted[periods.start(interval, periods.moment(counters_.period))].update(counters_.counters)
        if not counted and (since is None or until is None):
            return []
        return _fill_gaps(interval, since or min(counted), _last(until) or max(counted), counted)

    def _read(
        self, interval: Interval, since: datetime | None, until: datetime | None, email_ids: Sequence[int]
    ) -> Iterator[PeriodCounters]:
        first = _hour(since) if since else periods.FIRST
        last = _hour(max(until - _MILLISECOND, since or until - _MILLISECOND)) if until else periods.LAST
        hourly = interval is Interval.HOUR
        spans = [DateRange(first, last, days=False)] if hourly else periods.covering(first, last)
        emails = [Subject(SubjectType.EMAIL, str(email_id)) for email_id in email_ids]
        for subject in emails or [Subject(SubjectType.ACCOUNT)]:
            for span in spans:
                yield from self.metrics.read(subject, span)

    def _from_sends(
        self, interval: Interval, since: datetime | None, until: datetime | None, email_ids: Sequence[int]
    ) -> list[HistogramInterval]:
        if since is None or until is None:
            raise Rejected(
                [FieldError("interval", f"{interval} needs startTimestamp and endTimestamp", "REQUIRED_FIELD")]
            )
        counted: dict[datetime, Counter[str]] = defaultdict(Counter)
        intervals = _fill_gaps(interval, since, _last(until) or until, counted)
        first, last = _text(since), _text(until)
        left = SENDS_MAX
        emails = email_ids or self.metrics.emails(periods.day(first), periods.day(last))
        for message in self._sends(emails, first, last):
            counted[periods.start(interval, periods.moment(message.accepted_at))].update(counters.of(message))
            left -= 1
            if left < 0:
                raise Rejected([FieldError("interval", _too_many_sends(interval), "SPAN_TOO_LARGE")])
        return [HistogramInterval(one.begin, one.end, counted.get(one.begin, {})) for one in intervals]

    def _sends(self, emails: Collection[int], first: str, last: str) -> Iterator[Message]:
        """Yields at most one more than SENDS_MAX of an email, and of all broadcasts."""
        for email_id in emails:
            yield from self.messages.by_email(email_id, first, last, SENDS_MAX + 1)
        of_broadcasts = islice(self.of_broadcasts(emails, first, last), SENDS_MAX + 1)
        for batch in iter(lambda: list(islice(of_broadcasts, READ_BATCH)), []):
            yield from (message for message in self.messages.read(batch) if message.accepted_at < last)


def _fill_gaps(interval: Interval, since: datetime, last: datetime, counted: Counts) -> list[HistogramInterval]:
    intervals = list(islice(periods.intervals(interval, since, last), INTERVALS_MAX + 1))
    if len(intervals) > INTERVALS_MAX:
        raise Rejected([FieldError("interval", _too_many_intervals(interval), "SPAN_TOO_LARGE")])
    return [HistogramInterval(begin, end, counted.get(begin, {})) for begin, end in intervals]


def _last(until: datetime | None) -> datetime | None:
    return until and until - _MILLISECOND


def _hour(at: datetime) -> str:
    return timestamps.hour(_text(at))


def _text(at: datetime) -> str:
    return timestamps.iso(at.timestamp())


def _too_many_intervals(interval: Interval) -> str:
    return (
        f"the span has more than {INTERVALS_MAX} intervals of a {interval}: choose a shorter span or a longer interval"
    )


def _too_many_sends(interval: Interval) -> str:
    return (
        f"{interval} is counted from the sends themselves, and more than {SENDS_MAX} were accepted within the span: choose a "
        f"shorter one, fewer emailIds, or {Interval.HOUR} and longer, which have no limit"
    )
