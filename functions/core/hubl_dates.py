"""Dates as HubL reads, moves and writes them: moments in UTC, shown in a time zone by strftime's directives or by Unicode's patterns."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND, _MILLISECOND = timedelta(microseconds=1), timedelta(milliseconds=1)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
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

# What the four lengths mean in American English, the only language that dates are written in.
_DATE = {"short": "M/d/yy", "medium": "MMM d, y", "long": "MMMM d, y", "full": "EEEE, MMMM d, y"}
_TIME = {"short": "h:mm a", "medium": "h:mm:ss a", "long": "h:mm:ss a z", "full": "h:mm:ss a zzzz"}
_BETWEEN = {"short": ", ", "medium": ", ", "long": " 'at' ", "full": " 'at' "}
_DATETIME = {length: _DATE[length] + _BETWEEN[length] + _TIME[length] for length in _DATE}

_DIRECTIVES = {
    "a": "EEE",
    "A": "EEEE",
    "b": "MMM",
    "B": "MMMM",
    "c": "EEE MMM dd HH:mm:ss yyyy",
    "d": "dd",
    "e": "d",
    "f": "SSSSSS",
    "H": "HH",
    "I": "hh",
    "j": "DDD",
    "k": "H",
    "l": "h",
    "m": "MM",
    "M": "mm",
    "p": "a",
    "S": "ss",
    "x": "MM/dd/yy",
    "X": "HH:mm:ss",
    "y": "yy",
    "Y": "yyyy",
    "z": "Z",
    "Z": "z",
    "%": "%",
}
_ZERO_FILLED = frozenset("dHIjmMS")
_DIRECTIVE = re.compile(r"%(-?)(.?)|([A-Za-z']+)", re.DOTALL)
_FIELD = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)|(')")


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """What the filters hand to one another. It holds no datetime, whose strftime knows no bound, for a template to reach."""

    microseconds: int  # since 1970

    def __str__(self) -> str:
        return _utc(self).replace(tzinfo=None).isoformat(" ", "seconds")


def moment(value: Any) -> Moment:
    """Of ISO-8601 text, or of milliseconds since 1970 as a number or as text. What names no zone is in UTC."""
    if isinstance(value, Moment):
        return value
    text = str(value).strip()
    if isinstance(value, int | float) or re.fullmatch(r"-?\d{9,}", text):
        return _moment(_EPOCH + float(text) * _MILLISECOND)
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"'{text[:40]}' is no date: expected ISO-8601 such as 2026-11-23, or milliseconds since 1970"
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
    """Milliseconds since 1970."""
    return moment(value).microseconds // 1000


def functions(now: float) -> dict[str, Callable[..., Any]]:
    """HubL's functions that ask for the time. `now` is in seconds since 1970."""

    def today(timezone: str = "UTC") -> Moment:
        """The day's first moment, in a time zone."""
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
        raise ValueError(f"'{unit[:40]}' is no unit of time: expected one of {', '.join([*_UNITS, *_MONTHS_IN])}")
    return _moment(start + count * _UNITS[unit])


def minus_time(value: Any, count: Any, unit: str = "days") -> Moment:
    return plus_time(value, -int(count), unit)


def between_times(start: Any, end: Any, unit: str = "days") -> int:
    """Whole units from one to the other; negative where the end comes first."""
    first, last, unit = _utc(moment(start)), _utc(moment(end)), str(unit).lower()
    if unit in _MONTHS_IN:
        return _whole(_months_between(first, last), _MONTHS_IN[unit])
    if unit not in _UNITS:
        raise ValueError(f"'{unit[:40]}' is no unit of time: expected one of {', '.join([*_UNITS, *_MONTHS_IN])}")
    return _whole((last - first) // _MICROSECOND, _UNITS[unit] // _MICROSECOND)


def _whole(count: int, unit: int) -> int:
    return count // unit if count >= 0 else -(-count // unit)


def _months_between(first: datetime, last: datetime) -> int:
    if last < first:
        return -_months_between(last, first)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (_months_later(first, months) > last)


def strtotime(value: Any, pattern: str) -> Moment:
    """Reads a date written in Unicode's pattern. What names no zone is in UTC."""
    found = _read(str(value), str(pattern))
    hour = found.pop("hour", 0)
    half = found.pop("half", None)
    if half is not None:
        hour = hour % 12 + half
    offset = timedelta(minutes=found.pop("offset", 0))
    return _moment(
        datetime(found.pop("year", 1970), found.pop("month", 1), found.pop("day", 1), hour, **found, tzinfo=UTC)
        - offset
    )


def _read(text: str, pattern: str) -> dict[str, int]:
    """The fields of a date. A pattern's run of letters reads one; whatever else is in the pattern stands for itself."""
    read: dict[str, int] = {}
    at = end = 0
    for field in _FIELD.finditer(pattern):
        at = _same(text, at, pattern[end : field.start()], pattern)
        end = field.end()
        literal, run, letter, lone = field.groups()
        if literal is not None:
            at = _same(text, at, literal.replace("''", "'") or "'", pattern)
            continue
        kind = _READS.get(letter or lone)
        if kind is None:
            raise ValueError(f"the date pattern has {field[0][:10]}: expected letters of {''.join(_READS)}")
        name, expected, reads = kind
        found = re.compile(expected if len(run) < len("MMM") or letter not in "ML" else _NAME).match(text, at)
        if not found:
            raise ValueError(f"'{text[:40]}' is not written as '{pattern[:40]}'")
        read |= {name: reads(found[0])} if name else {}
        at = found.end()
    if _same(text, at, pattern[end:], pattern) != len(text):
        raise ValueError(f"'{text[:40]}' goes on after what '{pattern[:40]}' tells")
    return read


def _same(text: str, at: int, literal: str, pattern: str) -> int:
    if not text.startswith(literal, at):
        raise ValueError(f"'{text[:40]}' is not written as '{pattern[:40]}'")
    return at + len(literal)


def _read_month(word: str) -> int:
    if word.isdecimal():
        return int(word)
    names = [name[:3].lower() for name in _MONTHS]
    if word[:3].lower() not in names:
        raise ValueError(f"'{word[:40]}' is no month")
    return names.index(word[:3].lower()) + 1


def _read_year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == len("yy") else 0)


def _read_offset(text: str) -> int:
    """Minutes."""
    if text in {"Z", "UTC", "GMT"}:
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if text[0] == "-" else minutes


_NAME = r"[A-Za-z]{3,9}"
# Letter → which part of a date, what it looks like, and how it is read. The day of the week tells nothing.
_READS: dict[str, tuple[str, str, Callable[[str], int]]] = {
    "y": ("year", r"\d{4}|\d\d", _read_year),
    "u": ("year", r"\d{4}|\d\d", _read_year),
    "M": ("month", r"\d\d?", _read_month),
    "L": ("month", r"\d\d?", _read_month),
    "d": ("day", r"\d\d?", int),
    "E": ("", r"[A-Za-z]+", len),
    "H": ("hour", r"\d\d?", int),
    "h": ("hour", r"\d\d?", int),
    "m": ("minute", r"\d\d?", int),
    "s": ("second", r"\d\d?", int),
    "S": ("microsecond", r"\d{1,6}", lambda digits: int(digits.ljust(6, "0"))),
    "a": ("half", r"[AaPp][Mm]", lambda half: 12 if half.upper() == "PM" else 0),
    "z": ("offset", r"UTC|GMT|Z", _read_offset),
    "Z": ("offset", r"[+-]\d\d(?::?\d\d)?|UTC|GMT|Z", _read_offset),
    "X": ("offset", r"[+-]\d\d(?::?\d\d)?|Z", _read_offset),
}


def _months_later(start: datetime, count: int) -> datetime:
    """The same day, or the month's last where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    first = start.replace(year=year, month=month + 1, day=1)
    return first.replace(day=min(start.day, calendar.monthrange(first.year, first.month)[1]))


def datetimeformat(value: Any, pattern: str = "%H:%M / %d-%m-%Y", timezone: str = "UTC", locale: str = "en-US") -> str:
    """With a per cent sign the pattern is strftime's, without it is Unicode's."""
    if "%" in str(pattern):
        return _written(value, _DIRECTIVE.sub(_translated, str(pattern)), timezone, locale)
    return format_datetime(value, pattern, timezone, locale)


def format_datetime(value: Any, pattern: str = "medium", timezone: str = "UTC", locale: str = "en-US") -> str:
    return _written(value, _DATETIME.get(str(pattern), str(pattern)), timezone, locale)


def format_date(value: Any, pattern: str = "medium", timezone: str = "UTC", locale: str = "en-US") -> str:
    return _written(value, _DATE.get(str(pattern), str(pattern)), timezone, locale)


def format_time(value: Any, pattern: str = "medium", timezone: str = "UTC", locale: str = "en-US") -> str:
    return _written(value, _TIME.get(str(pattern), str(pattern)), timezone, locale)


def _translated(found: re.Match[str]) -> str:
    """A directive as Unicode's pattern; letters in between are themselves. `%-d` leaves the leading zero out."""
    bare, letter, literal = found.groups()
    if literal:
        return "'" + literal.replace("'", "''") + "'"
    if letter not in _DIRECTIVES:
        raise ValueError(f"the directive {found[0]} is not known: expected one of %{' %'.join(_DIRECTIVES)}")
    return _DIRECTIVES[letter][:1] if bare and letter in _ZERO_FILLED else _DIRECTIVES[letter]


def _written(value: Any, pattern: str, timezone: str, locale: str) -> str:
    if not str(locale).lower().startswith(("en", "us")):
        raise ValueError(f"dates are written in English only, not in '{str(locale)[:40]}'")
    shown = _utc(moment(value)).astimezone(_zone(timezone))

    def field(found: re.Match[str]) -> str:
        literal, run, letter, lone = found.groups()
        if literal is not None:
            return literal.replace("''", "'") or "'"
        if lone or letter not in _FIELDS:
            raise ValueError(f"the date pattern has {found[0][:10]}: expected letters of {''.join(_FIELDS)}")
        return _FIELDS[letter](shown, len(run))

    return _FIELD.sub(field, pattern)


def _number(part: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda at, width: str(part(at)).zfill(width)


def _name(names: list[str], part: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda at, width: names[part(at)] if width > len("MMM") else names[part(at)][:3]


def _year(at: datetime, width: int) -> str:
    return f"{at.year % 100:02}" if width == len("yy") else str(at.year).zfill(width)


def _month(at: datetime, width: int) -> str:
    names = _name(_MONTHS, lambda at: at.month - 1)
    return names(at, width) if width > len("MM") else str(at.month).zfill(width)


def _offset(at: datetime, _width: int) -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


_FIELDS: dict[str, Callable[[datetime, int], str]] = {
    "y": _year,
    "u": _year,
    "M": _month,
    "L": _month,
    "d": _number(lambda at: at.day),
    "D": _number(lambda at: at.timetuple().tm_yday),
    "E": _name(_DAYS, lambda at: at.weekday()),
    "H": _number(lambda at: at.hour),
    "h": _number(lambda at: at.hour % 12 or 12),
    "m": _number(lambda at: at.minute),
    "s": _number(lambda at: at.second),
    "S": lambda at, width: f"{at.microsecond:06}".ljust(width, "0")[:width],
    "a": lambda at, _: "AM" if at.hour < 12 else "PM",  # noqa: PLR2004 - noon
    "z": lambda at, _: at.tzname() or "",
    "Z": _offset,
}

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
