"""Periods of the counters: whole hours and whole days (UTC), named by the beginning of their ISO-8601 text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from functions.core import timestamps

DAY = len("2026-11-23")
FIRST, LAST = "0000", "9999"  # before and after every time


class DateRange(Struct, frozen=True):
    """A range of hours or of days, both ends included."""

    first: str
    last: str
    days: bool


class Interval(StrEnum):
    """HubSpot's intervals."""

    YEAR = "YEAR"
    QUARTER = "QUARTER"
    MONTH = "MONTH"
    WEEK = "WEEK"
    DAY = "DAY"
    HOUR = "HOUR"
    QUARTER_HOUR = "QUARTER_HOUR"
    MINUTE = "MINUTE"
    SECOND = "SECOND"


FINER_THAN_COUNTERS = frozenset({Interval.QUARTER_HOUR, Interval.MINUTE, Interval.SECOND})


def day(text: str) -> str:
    """'2026-01-02T03:04:05.678Z' → '2026-01-02'."""
    return text[:DAY]


def covering(since: str, until: str) -> list[DateRange]:
    """Returns the periods between two hours, both included (FIRST, LAST: without an end): days, and hours only at the edges."""
    first = since if since == FIRST else _first_day(since)
    last = until if until == LAST else _last_day(until)
    if first > last:
        return [DateRange(since, until, days=False)]
    before = [] if since in {FIRST, f"{first}T00"} else [DateRange(since, f"{_day(first, -1)}T23", days=False)]
    after = [] if until in {LAST, f"{last}T23"} else [DateRange(f"{day(until)}T00", until, days=False)]
    return [*before, DateRange(first, last, days=True), *after]


def _first_day(hour: str) -> str:
    """Returns the first whole day from an hour on: '2026-11-23T15' → '2026-11-24'."""
    return day(hour) if hour.endswith("T00") else _day(day(hour), 1)


def _last_day(hour: str) -> str:
    """Returns the last whole day up to an hour: '2026-11-23T15' → '2026-11-22'."""
    return day(hour) if hour.endswith("T23") else _day(day(hour), -1)


def _day(text: str, days: int) -> str:
    return (datetime.fromisoformat(text) + timedelta(days=days)).date().isoformat()


def moment(text: str) -> datetime:
    """Returns the beginning of a period, or any instant that core.timestamps parses. Raises ValueError or OverflowError."""
    return datetime.fromtimestamp(timestamps.parse(text), UTC)


def start(interval: Interval, at: datetime) -> datetime:
    """Returns the start of the interval that has a moment. Weeks start on Mondays."""
    return _STARTS[interval](at)


def following(interval: Interval, begun: datetime) -> datetime:
    """Returns the end of the interval that starts then, which is the next one's start."""
    return start(interval, begun + _ENOUGH[interval])


def intervals(interval: Interval, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yields the (start, end) of each interval from that of `since` to that of `until`."""
    begun = start(interval, since)
    while begun <= until:
        ended = following(interval, begun)
        yield begun, ended
        begun = ended


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


_STARTS: dict[Interval, Callable[[datetime], datetime]] = {
    Interval.YEAR: lambda at: _midnight(at).replace(month=1, day=1),
    Interval.QUARTER: lambda at: _midnight(at).replace(month=at.month - (at.month - 1) % 3, day=1),
    Interval.MONTH: lambda at: _midnight(at).replace(day=1),
    Interval.WEEK: lambda at: _midnight(at) - timedelta(days=at.weekday()),
    Interval.DAY: _midnight,
    Interval.HOUR: lambda at: at.replace(minute=0, second=0, microsecond=0),
    Interval.QUARTER_HOUR: lambda at: at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0),
    Interval.MINUTE: lambda at: at.replace(second=0, microsecond=0),
    Interval.SECOND: lambda at: at.replace(microsecond=0),
}
# Added to a start, it is surely in the next interval.
_ENOUGH = {
    Interval.YEAR: timedelta(days=366),
    Interval.QUARTER: timedelta(days=92),
    Interval.MONTH: timedelta(days=31),
    Interval.WEEK: timedelta(weeks=1),
    Interval.DAY: timedelta(days=1),
    Interval.HOUR: timedelta(hours=1),
    Interval.QUARTER_HOUR: timedelta(minutes=15),
    Interval.MINUTE: timedelta(minutes=1),
    Interval.SECOND: timedelta(seconds=1),
}
