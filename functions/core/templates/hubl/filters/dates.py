"""HubL's dates: moments in UTC, formatted in a time zone by strftime's directives or by Unicode's patterns."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, ClassVar

from msgspec import Struct

from functions.core import zones
from functions.core.templates.hubl.filters import date_patterns, locales
from functions.core.templates.hubl.values import is_null, number_of, text

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
_ON_THE_CALENDAR = frozenset({"days", "weeks"})  # a day is not 24 hours where the clocks change
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(0?\d|1\d|2[0-3])(?:(?<=\d\d):?([0-5]\d))?", re.ASCII)
_MONTHS_IN = {"months": 1, "years": 12, "decades": 120, "centuries": 1200}

# The patterns of the four lengths in American English. Those of other locales are Babel's.
_DATE = {"short": "M/d/yy", "medium": "MMM d, y", "long": "MMMM d, y", "full": "EEEE, MMMM d, y"}
_TIME = {"short": "h:mm a", "medium": "h:mm:ss a", "long": "h:mm:ss a z", "full": "h:mm:ss a zzzz"}
_BETWEEN = {"short": ", ", "medium": ", ", "long": " 'at' ", "full": " 'at' "}
_DATETIME = {length: _DATE[length] + _BETWEEN[length] + _TIME[length] for length in _DATE}


class Moment(Struct, frozen=True, order=True):
    """The value that filters pass on. It has no datetime, so a template cannot reach its strftime, which has no bound."""

    microseconds: int  # since 1970
    zone: str = "UTC"  # a name, or an offset such as UTC+05:30

    kind: ClassVar[str] = "datetime"

    @property
    def milliseconds(self) -> int:
        return self.microseconds // 1000

    @property
    def local(self) -> datetime:
        return zones.local(_utc(self), _zone(self.zone))

    def __str__(self) -> str:
        return self.local.replace(tzinfo=None).isoformat(" ", "seconds")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moment) and self.microseconds == other.microseconds

    def __hash__(self) -> int:
        return hash(self.microseconds)


MEMBERS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def moment(value: Any) -> Moment:
    """Reads ISO-8601 text, or milliseconds since 1970 as a number or as text. A time without a zone is in UTC."""
    if isinstance(value, Moment):
        return value
    written = text(value).strip()
    if (isinstance(value, int | float | Decimal) and not isinstance(value, bool)) or re.fullmatch(r"-?\d{9,}", written):
        return _moment(_EPOCH + float(written) * _MILLISECOND)
    try:
        read = datetime.fromisoformat(written)
    except ValueError as error:
        raise ValueError(
            f"'{written[:40]}' is not a date: expected ISO-8601 such as 2026-11-23, or milliseconds since 1970"
        ) from error
    return _moment(read if read.tzinfo else read.replace(tzinfo=UTC))


def _moment(at: datetime, zone: str = "UTC") -> Moment:
    return Moment((at - _EPOCH) // _MICROSECOND, zone)


def _utc(at: Moment) -> datetime:
    return _EPOCH + at.microseconds * _MICROSECOND


def _zone(name: Any) -> tzinfo:
    """Returns a zone by its name, or by an offset as Java writes it: `+05:30`, `UTC+2`."""
    if offset := _OFFSET.fullmatch(str(name)):
        sign, hours, minutes = offset[1], int(offset[2]), int(offset[3] or 0)
        return timezone((-1 if sign == "-" else 1) * timedelta(hours=hours, minutes=minutes))
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - few templates name a zone

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

    def today(timezone: Any = None) -> Moment:
        """Returns the day's first moment in a time zone, which the result keeps."""
        name = "UTC" if is_null(timezone) else text(timezone)
        local = datetime.fromtimestamp(now, _zone(name))
        return _moment(local.replace(hour=0, minute=0, second=0, microsecond=0), name)

    def unixtimestamp_(value: Any = None) -> int:
        return unixtimestamp(Moment(int(now * 1_000_000)) if is_null(value) else value)

    return {"today": today, "unixtimestamp": unixtimestamp_}


def variables(now: float) -> dict[str, Any]:
    """Returns HubL's variables of the current time, in UTC."""
    at = Moment(int(now * 1_000_000))
    return {"year": at.local.year, "current_year": at.local.year, "local_dt": at}


def plus_time(value: Any, count: Any, unit: str = "days") -> Moment:
    at = moment(value)
    start, count, unit = at.local, int(number_of(count)), text(unit).lower()
    if unit in _MONTHS_IN:
        return _moment(_months_later(start, count * _MONTHS_IN[unit]), at.zone)
    if unit not in _UNITS:
        raise ValueError(f"'{unit[:40]}' is not a unit of time: expected one of {', '.join([*_UNITS, *_MONTHS_IN])}")
    later = start if unit in _ON_THE_CALENDAR else _utc(at)
    return _moment(later + count * _UNITS[unit], at.zone)


def minus_time(value: Any, count: Any, unit: str = "days") -> Moment:
    return plus_time(value, -int(number_of(count)), unit)


def between_times(start: Any, end: Any, unit: str = "days") -> int:
    """Returns the whole units between two times. They are negative if the end comes first."""
    begins, ends, unit = moment(start), moment(end), text(unit).lower()
    first, last = _on_clocks(begins, begins.zone), _on_clocks(ends, begins.zone)
    if unit in _MONTHS_IN:
        return _whole(_months_between(first, last), _MONTHS_IN[unit])
    if unit not in _UNITS:
        raise ValueError(f"'{unit[:40]}' is not a unit of time: expected one of {', '.join([*_UNITS, *_MONTHS_IN])}")
    elapsed = (last - first) // _MICROSECOND if unit in _ON_THE_CALENDAR else ends.microseconds - begins.microseconds
    return _whole(elapsed, _UNITS[unit] // _MICROSECOND)


def _on_clocks(at: Moment, zone: str) -> datetime:
    """Returns what a zone's clocks show, without the zone."""
    return zones.local(_utc(at), _zone(zone)).replace(tzinfo=None)


def _whole(count: int, unit: int) -> int:
    return count // unit if count >= 0 else -(-count // unit)


def _months_between(first: datetime, last: datetime) -> int:
    if last < first:
        return -_months_between(last, first)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (_months_later(first, months) > last)


def strtotime(value: Any, datetimeFormat: Any) -> Moment:  # noqa: N803 - HubL's name
    """Reads a date in Unicode's pattern, and keeps its zone. A time without a zone is in UTC."""
    fields = date_patterns.read(text(value), text(datetimeFormat))
    hour = fields.pop("hour", 0)
    half = fields.pop("half", None)
    if half is not None:
        hour = hour % 12 + half
    offset = timedelta(minutes=fields.pop("offset", 0))
    year, month, day = fields.pop("year", 1970), fields.pop("month", 1), fields.pop("day", 1)
    local = datetime(year, month, day, hour, **fields, tzinfo=UTC)
    return _moment(local - offset, str(timezone(offset)))


def strtodate(value: Any, dateFormat: Any) -> Moment:  # noqa: N803 - HubL's name
    """Reads a day, in UTC."""
    day = strtotime(value, dateFormat).local
    return _moment(day.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC))


def _months_later(start: datetime, count: int) -> datetime:
    """Returns the same day of a later month, or that month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    first = start.replace(year=year, month=month + 1, day=1)
    return first.replace(day=min(start.day, calendar.monthrange(first.year, first.month)[1]))


def datetimeformat(value: Any, format: Any = None, timezone: Any = None, locale: Any = "en-US") -> str:  # noqa: A002 - HubL's name
    """Formats a date in its own zone. A pattern with a per cent sign is strftime's, any other is Unicode's."""
    at = moment(value)
    pattern = "%H:%M / %d-%m-%Y" if is_null(format) else text(format)
    zone = at.zone if is_null(timezone) else timezone
    if "%" in pattern:
        return _written(at, date_patterns.of_directives(pattern, _localized(locale)), zone, locale)
    return format_datetime(at, pattern, zone, locale)


def format_datetime(value: Any, format: Any = "medium", timeZone: Any = "UTC", locale: Any = "en-US") -> str:  # noqa: A002, N803 - HubL's names
    pattern = _datetime_pattern(text(format), locale) if text(format) in _DATE else text(format)
    return _written(value, pattern, timeZone, locale)


def format_date(value: Any, format: Any = "medium", timeZone: Any = "UTC", locale: Any = "en-US") -> str:  # noqa: A002, N803 - likewise
    return _written(value, _pattern_of(text(format), _DATE, locales.date_pattern, locale), timeZone, locale)


def format_time(value: Any, format: Any = "medium", timeZone: Any = "UTC", locale: Any = "en-US") -> str:  # noqa: A002, N803 - likewise
    return _written(value, _pattern_of(text(format), _TIME, locales.time_pattern, locale), timeZone, locale)


def _pattern_of(length: str, american: dict[str, str], others: Callable[[str, str], str], locale: Any) -> str:
    """Returns the pattern of a length. Any other word is a pattern itself."""
    if length not in american:
        return length
    return american[length] if locales.is_american(locale) else others(length, text(locale))


def _datetime_pattern(length: str, locale: Any) -> str:
    if locales.is_american(locale):
        return _DATETIME[length]
    day, hour = locales.date_pattern(length, text(locale)), locales.time_pattern(length, text(locale))
    return locales.between(length, text(locale)).replace("{0}", hour).replace("{1}", day)


def _localized(locale: Any) -> dict[str, str]:
    """Returns the patterns of the directives that follow the locale."""
    return {
        "c": _datetime_pattern("medium", locale),
        "x": _pattern_of("short", _DATE, locales.date_pattern, locale),
        "X": _pattern_of("medium", _TIME, locales.time_pattern, locale),
    }


def _written(value: Any, pattern: str, zone: Any, locale: Any) -> str:
    local = zones.local(_utc(moment(value)), _zone("UTC" if is_null(zone) else zone))
    return (
        date_patterns.written(local, pattern)
        if locales.is_american(locale)
        else locales.date(local, pattern, text(locale))
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "between_times": between_times,
    "date": datetimeformat,
    "datetimeformat": datetimeformat,
    "format_date": format_date,
    "format_datetime": format_datetime,
    "format_time": format_time,
    "minus_time": minus_time,
    "plus_time": plus_time,
    "strtodate": strtodate,
    "strtotime": strtotime,
    "unixtimestamp": unixtimestamp,
}
FUNCTIONS = {
    name: FILTERS[name]
    for name in ("datetimeformat", "format_date", "format_datetime", "format_time", "strtodate", "strtotime")
}
METHODS: dict[str, Callable[..., Any]] = {
    "isoformat": lambda at: at.local.replace(tzinfo=None).isoformat(),
    "strftime": datetimeformat,
    "toString": text,
}
