"""HubL's dates: moments in UTC, formatted in a time zone by strftime's directives or by Unicode's patterns."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from functions.core.templates.hubl import date_patterns

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND, _MILLISECOND = timedelta(microseconds=1), timedelta(milliseconds=1)
_UNITS = {
    "millis": _MILLISECOND,
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "half_days": timedelta(hours=12),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
}
_MONTHS_IN = {"months": 1, "years": 12, "decades": 120, "centuries": 1200}

# The patterns of the four lengths in American English, the only language of dates here.
_DATE = {"short": "M/d/yy", "medium": "MMM d, y", "long": "MMMM d, y", "full": "EEEE, MMMM d, y"}
_TIME = {"short": "h:mm a", "medium": "h:mm:ss a", "long": "h:mm:ss a z", "full": "h:mm:ss a zzzz"}
_BETWEEN = {"short": ", ", "medium": ", ", "long": " 'at' ", "full": " 'at' "}
_DATETIME = {length: _DATE[length] + _BETWEEN[length] + _TIME[length] for length in _DATE}


class Moment(Struct, frozen=True, order=True):
    """The value that filters pass on. It has no datetime, so a template cannot reach its strftime, which has no bound."""

    microseconds: int  # since 1970

    def __str__(self) -> str:
        return _utc(self).replace(tzinfo=None).isoformat(" ", "seconds")


def moment(value: Any) -> Moment:
    """Reads ISO-8601 text, or milliseconds since 1970 as a number or as text. A time without a zone is in UTC."""
    if isinstance(value, Moment):
        return value
    text = str(value).strip()
    if isinstance(value, int | float) or re.fullmatch(r"-?\d{9,}", text):
        return _moment(_EPOCH + float(text) * _MILLISECOND)
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"'{text[:40]}' is not a date: expected ISO-8601 such as 2026-11-23, or milliseconds since 1970"
        ) from error
    return _moment(read if read.tzinfo else read.replace(tzinfo=UTC))


def _moment(at: datetime) -> Moment:
    return Moment((at - _EPOCH) // _MICROSECOND)


def _utc(at: Moment) -> datetime:
    return _EPOCH + at.microseconds * _MICROSECOND


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (OSError, LookupError, ValueError) as error:
        raise ValueError(
            f"there is no time zone '{str(name)[:40]}': expected a name such as 'America/New_York'"
        ) from error


def unixtimestamp(value: Any) -> int:
    """Returns milliseconds since 1970."""
    return moment(value).microseconds // 1000


def functions(now: float) -> dict[str, Callable[..., Any]]:
    """Returns HubL's functions of the current time. `now` is in seconds since 1970."""

    def today(timezone: str = "UTC") -> Moment:
        """Returns the day's first moment in a time zone."""
        midnight = datetime.fromtimestamp(now, _zone(timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
        return _moment(midnight)

    def unixtimestamp_(value: Any = None) -> int:
        return unixtimestamp(Moment(int(now * 1_000_000)) if value is None else value)

    return {"today": today, "unixtimestamp": unixtimestamp_}


def plus_time(value: Any, count: Any, unit: str = "days") -> Moment:
    start, count, unit = _utc(moment(value)), int(count), str(unit).lower()
    if unit in _MONTHS_IN:
        return _moment(_months_later(start, count * _MONTHS_IN[unit]))
    if unit not in _UNITS:
        raise ValueError(f"'{unit[:40]}' is not a unit of time: expected one of {', '.join([*_UNITS, *_MONTHS_IN])}")
    return _moment(start + count * _UNITS[unit])


def minus_time(value: Any, count: Any, unit: str = "days") -> Moment:
    return plus_time(value, -int(count), unit)


def between_times(start: Any, end: Any, unit: str = "days") -> int:
    """Returns the whole units between two times. They are negative if the end comes first."""
    first, last, unit = _utc(moment(start)), _utc(moment(end)), str(unit).lower()
    if unit in _MONTHS_IN:
        return _whole(_months_between(first, last), _MONTHS_IN[unit])
    if unit not in _UNITS:
        raise ValueError(f"'{unit[:40]}' is not a unit of time: expected one of {', '.join([*_UNITS, *_MONTHS_IN])}")
    return _whole((last - first) // _MICROSECOND, _UNITS[unit] // _MICROSECOND)


def _whole(count: int, unit: int) -> int:
    return count // unit if count >= 0 else -(-count // unit)


def _months_between(first: datetime, last: datetime) -> int:
    if last < first:
        return -_months_between(last, first)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (_months_later(first, months) > last)


def strtotime(value: Any, pattern: str) -> Moment:
    """Reads a date in Unicode's pattern. A time without a zone is in UTC."""
    fields = date_patterns.read(str(value), str(pattern))
    hour = fields.pop("hour", 0)
    half = fields.pop("half", None)
    if half is not None:
        hour = hour % 12 + half
    offset = timedelta(minutes=fields.pop("offset", 0))
    return _moment(
        datetime(fields.pop("year", 1970), fields.pop("month", 1), fields.pop("day", 1), hour, **fields, tzinfo=UTC)
        - offset
    )


def _months_later(start: datetime, count: int) -> datetime:
    """Returns the same day of a later month, or that month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    first = start.replace(year=year, month=month + 1, day=1)
    return first.replace(day=min(start.day, calendar.monthrange(first.year, first.month)[1]))


def datetimeformat(value: Any, pattern: str = "%H:%M / %d-%m-%Y", timezone: str = "UTC", locale: str = "en-US") -> str:
    """Formats a date. A pattern with a per cent sign is strftime's, any other is Unicode's."""
    if "%" in str(pattern):
        return _written(value, date_patterns.of_directives(str(pattern)), timezone, locale)
    return format_datetime(value, pattern, timezone, locale)


def format_datetime(value: Any, pattern: str = "medium", timezone: str = "UTC", locale: str = "en-US") -> str:
    return _written(value, _DATETIME.get(str(pattern), str(pattern)), timezone, locale)


def format_date(value: Any, pattern: str = "medium", timezone: str = "UTC", locale: str = "en-US") -> str:
    return _written(value, _DATE.get(str(pattern), str(pattern)), timezone, locale)


def format_time(value: Any, pattern: str = "medium", timezone: str = "UTC", locale: str = "en-US") -> str:
    return _written(value, _TIME.get(str(pattern), str(pattern)), timezone, locale)


def _written(value: Any, pattern: str, timezone: str, locale: str) -> str:
    if not str(locale).lower().startswith(("en", "us")):
        raise ValueError(f"dates have an English format only, not '{str(locale)[:40]}'")
    local = _utc(moment(value)).astimezone(_zone(timezone))

    return date_patterns.written(local, pattern)


FILTERS: dict[str, Callable[..., Any]] = {
    "between_times": between_times,
    "datetimeformat": datetimeformat,
    "format_date": format_date,
    "format_datetime": format_datetime,
    "format_time": format_time,
    "minus_time": minus_time,
    "plus_time": plus_time,
    "strtotime": strtotime,
    "unixtimestamp": unixtimestamp,
}
