"""Chart: an email's counters over time, by HubSpot's intervals (UTC). Hours and longer are the counters'; what is finer is counted from
the sends themselves, which is why it is bounded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import Fault, Rejected
from functions.core.statistics import counters, periods
from functions.core.statistics.counter_updates import Kind, Subject
from functions.core.statistics.periods import FINE, Interval, Range
from functions.ports.messages import AcceptedSends
from functions.ports.statistics import Counted, Metrics

INTERVALS_MAX = 2000
SENDS_MAX = 5000  # that are read for one chart

Counts = Mapping[datetime, Counter[str]]
_MILLISECOND = timedelta(milliseconds=1)


class Bar(Struct, frozen=True):
    """One interval; its end is the next one's beginning."""

    begin: datetime
    end: datetime
    counters: Mapping[str, int]


class Chart(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    metrics: Metrics
    accepted: AcceptedSends

    def __call__(
        self, interval: Interval, since: datetime | None, until: datetime | None, email_ids: Sequence[int] = ()
    ) -> list[Bar]:
        """Every interval of the span, those too in which nothing was counted. An end that is not given is where the counters end; the
        last moment is not part of the span. Raises Rejected for a span of too many intervals or, of fine ones, too many sends.
        """
        if interval in FINE:
            return self._fine(interval, since, until, email_ids)
        counted: dict[datetime, Counter[str]] = defaultdict(Counter)
        for one in self._counted(interval, since, until, email_ids):
            counted[periods.start(interval, periods.moment(one.period))].update(one.counters)
        if not counted and (since is None or until is None):
            return []
        return _bars(interval, since or min(counted), _last(until) or max(counted), counted)

    def _counted(
        self, interval: Interval, since: datetime | None, until: datetime | None, email_ids: Sequence[int]
    ) -> Iterator[Counted]:
        first = _hour(since) if since else periods.FIRST
        last = _hour(max(until - _MILLISECOND, since or until - _MILLISECOND)) if until else periods.LAST
        hourly = interval is Interval.HOUR
        spans = [Range(first, last, days=False)] if hourly else periods.covering(first, last)
        emails = [Subject(Kind.EMAIL, str(email_id)) for email_id in email_ids]
        for subject in emails or [Subject(Kind.ACCOUNT)]:
            for span in spans:
                yield from self.metrics.counted(subject, span)

    def _fine(
        self, interval: Interval, since: datetime | None, until: datetime | None, email_ids: Sequence[int]
    ) -> list[Bar]:
        if since is None or until is None:
            raise Rejected([Fault("interval", f"{interval} needs startTimestamp and endTimestamp", "REQUIRED_FIELD")])
        counted: dict[datetime, Counter[str]] = defaultdict(Counter)
        bars = _bars(interval, since, _last(until) or until, counted)
        first, last = _text(since), _text(until)
        left = SENDS_MAX
        for email_id in email_ids or self.metrics.emails(periods.day(first), periods.day(last)):
            for message in self.accepted.between(email_id, first, last, left + 1):
                counted[periods.start(interval, periods.moment(message.accepted_at))].update(counters.of(message))
                left -= 1
            if left < 0:
                raise Rejected([Fault("interval", _too_many_sends(interval), "SPAN_TOO_LARGE")])
        return [Bar(bar.begin, bar.end, counted.get(bar.begin, {})) for bar in bars]


def _bars(interval: Interval, since: datetime, last: datetime, counted: Counts) -> list[Bar]:
    bars = list(islice(periods.intervals(interval, since, last), INTERVALS_MAX + 1))
    if len(bars) > INTERVALS_MAX:
        raise Rejected([Fault("interval", _too_many_intervals(interval), "SPAN_TOO_LARGE")])
    return [Bar(begin, end, counted.get(begin, {})) for begin, end in bars]


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
        f"shorter one, fewer emailIds, or {Interval.HOUR} and longer, which have no such bound"
    )
