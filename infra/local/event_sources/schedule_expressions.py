"""When a schedule fires: EventBridge Scheduler's `rate(...)` and `at(...)`, as a function from a time to the next one.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html

`cron(...)` is refused by name. No schedule of ours uses it, and no library follows AWS's page in full: aws-croniter 2.1.1 never fires on
the day of the week `L`, refuses steps of years, does not find dates that are years away, and has no time zones.
No library serves for `rate` and `at`, which are a few lines each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

EXPRESSION = re.compile(r"(rate|cron|at)\((.+)\)")


class UnsupportedSchedule(Exception):
    """The expression is not one of Scheduler's, or is not supported here."""


class Timetable(Protocol):
    """The times at which a schedule fires."""

    def after(self, moment: datetime) -> datetime | None:
        """Returns the first firing strictly after the moment, or None if it does not fire again. Both are aware."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Fires at an interval after the last firing."""

    every: timedelta

    def after(self, moment: datetime) -> datetime:
        return moment + self.every


@dataclass(frozen=True, slots=True)
class At:
    """Fires once."""

    when: datetime

    def after(self, moment: datetime) -> datetime | None:
        return self.when if self.when > moment else None


def timetable(expression: str, zone: str = "UTC") -> Timetable:
    """Parses an expression. Raises UnsupportedSchedule with the reason."""
    match = EXPRESSION.fullmatch(expression.strip())
    if match is None:
        raise UnsupportedSchedule(f"{expression!r} is not rate(...), cron(...) or at(...)")
    kind, inner = match.groups()
    if kind == "cron":
        raise UnsupportedSchedule(f"{expression!r}: the local stack does not run cron(...): use rate(...) or at(...)")
    return _rate(inner, expression) if kind == "rate" else _at(inner, ZoneInfo(zone), expression)


def _rate(inner: str, expression: str) -> Rate:
    match = re.fullmatch(r"([1-9]\d*) (minute|hour|day)s?", inner)
    if match is None:
        raise UnsupportedSchedule(f"{expression!r}: write for example rate(5 minutes)")
    return Rate(timedelta(**{f"{match[2]}s": int(match[1])}))


def _at(inner: str, zone: ZoneInfo, expression: str) -> At:
    try:
        return At(datetime.fromisoformat(inner).replace(tzinfo=zone))
    except ValueError as error:
        raise UnsupportedSchedule(f"{expression!r}: write for example at(2030-12-31T23:59:00)") from error
