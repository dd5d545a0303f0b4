"""When a schedule fires: EventBridge Scheduler's `rate(...)`, `cron(...)` and `at(...)`, as a function from time to time.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date

EXPRESSION = re.compile(r"(rate|cron|at)\((.+)\)")
FIELDS = ("minutes", "hours", "day of month", "month", "day of week", "year")
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
MONTHS = {
    name: number
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
DAYS = {name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
NAMES: tuple[dict[str, int], ...] = ({}, {}, {}, MONTHS, DAYS, {})
HORIZON_DAYS = 366 * 8  # a 29 February on a given weekday may be that far off


class UnsupportedSchedule(Exception):
    """The expression is not one of Scheduler's, or uses a part (L, W, #) that we do not compute."""


class Timetable(Protocol):
    """When something fires."""

    def after(self, moment: datetime) -> datetime | None:
        """The first firing strictly after the moment; None when there is none. Both are aware."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so often, counted from the last time."""

    every: timedelta

    def after(self, moment: datetime) -> datetime:
        return moment + self.every


@dataclass(frozen=True, slots=True)
class At:
    """Once."""

    when: datetime

    def after(self, moment: datetime) -> datetime | None:
        return self.when if self.when > moment else None


@dataclass(frozen=True, slots=True)
class Cron:
    """Six sets of numbers, in a time zone. A `?` or `*` day field admits every day."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]
    zone: ZoneInfo

    def after(self, moment: datetime) -> datetime | None:
        local = moment.astimezone(self.zone)
        for offset in range(HORIZON_DAYS):
            day = local.date() + timedelta(days=offset)
            if self._admits(day):
                for firing in self._firings(day):
                    if firing > moment:
                        return firing
        return None

    def _admits(self, day: date) -> bool:
        weekday = day.isoweekday() % 7 + 1
        return day.day in self.days and day.month in self.months and weekday in self.weekdays and day.year in self.years

    def _firings(self, day: date) -> list[datetime]:
        times = [time(hour, minute, tzinfo=self.zone) for hour in sorted(self.hours) for minute in sorted(self.minutes)]
        return [datetime.combine(day, at).astimezone(UTC) for at in times]


def timetable(expression: str, zone: str = "UTC") -> Timetable:
    """Parse an expression; raises UnsupportedSchedule saying what is wrong with it."""
    found = EXPRESSION.fullmatch(expression.strip())
    if found is None:
        raise UnsupportedSchedule(f"{expression!r} is not rate(...), cron(...) or at(...)")
    kind, inner = found.groups()
    if kind == "rate":
        return _rate(inner, expression)
    if kind == "cron":
        return _cron(inner.upper().split(), ZoneInfo(zone), expression)
    return _at(inner, ZoneInfo(zone), expression)


def _rate(inner: str, expression: str) -> Rate:
    found = re.fullmatch(r"([1-9]\d*) (minute|hour|day)s?", inner)
    if found is None:
        raise UnsupportedSchedule(f"{expression!r}: want for example rate(5 minutes)")
    return Rate(timedelta(**{f"{found[2]}s": int(found[1])}))


def _at(inner: str, zone: ZoneInfo, expression: str) -> At:
    try:
        return At(datetime.fromisoformat(inner).replace(tzinfo=zone))
    except ValueError as error:
        raise UnsupportedSchedule(f"{expression!r}: want for example at(2030-12-31T23:59:00)") from error


def _cron(fields: list[str], zone: ZoneInfo, expression: str) -> Cron:
    if len(fields) != len(FIELDS):
        raise UnsupportedSchedule(f"{expression!r}: want six fields ({', '.join(FIELDS)}), found {len(fields)}")
    sets = []
    for name, field, limits, names in zip(FIELDS, fields, RANGES, NAMES, strict=True):
        try:
            sets.append(_numbers(field, limits, names))
        except ValueError as error:
            raise UnsupportedSchedule(f"{expression!r}: {name} {field!r} is not supported") from error
    minutes, hours, days, months, weekdays, years = sets
    return Cron(minutes, hours, days, months, weekdays, years, zone)


def _numbers(field: str, limits: tuple[int, int], names: dict[str, int]) -> frozenset[int]:
    """The numbers of one field: `*`, `?`, lists, ranges, steps, names. Raises ValueError."""
    low, high = limits
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if first in {"*", "?"}:
            start, end = low, high
        else:
            start = _number(first, names)
            end = _number(last, names) if last else high if step else start
        if not low <= start <= end <= high:
            raise ValueError(part)
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: dict[str, int]) -> int:
    return names[text] if text in names else int(text)
