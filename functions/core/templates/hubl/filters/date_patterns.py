"""Unicode's patterns of dates (`d MMMM yyyy`), written and read in English, and strftime's directives as these patterns. Raises ValueError."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

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
_DIRECTIVES = {
    "a": "EEE",
    "A": "EEEE",
    "b": "MMM",
    "B": "MMMM",
    "d": "dd",
    "e": "d",
    "f": "SSSSSS",
    "h": "hh",
    "H": "HH",
    "I": "hh",
    "j": "DDD",
    "k": "H",
    "l": "h",
    "m": "MM",
    "M": "mm",
    "p": "a",
    "S": "ss",
    "U": "ww",
    "w": "e",
    "W": "ww",
    "y": "yy",
    "Y": "yyyy",
    "z": "Z",
    "Z": "z",
    "%": "%",
}
_ZERO_FILLED = frozenset("dhHIjmMSUW")
_STANDALONE = {"B": "LLLL"}  # after %O
# Few templates print dates: `re` compiles a pattern at its first use, and caches it.
_DIRECTIVE = r"(?s:%(-?)(O?)(.?)|([A-Za-z']+))"
_FIELD = r"'((?:[^']|'')*)'|(([A-Za-z])\3*)|(')"


def of_directives(pattern: str, localized: Mapping[str, str]) -> str:
    """Translates strftime's directives into Unicode's pattern. `localized` has the patterns that follow the locale."""

    def translated(match: re.Match[str]) -> str:
        """Translates one directive, or quotes letters between two. `%-d` omits the leading zero."""
        bare, standalone, letter, literal = match.groups()
        if literal:
            return "'" + literal.replace("'", "''") + "'"
        table = _STANDALONE if standalone else {**_DIRECTIVES, **localized}
        if letter not in table:
            directives = " %".join(sorted([*_DIRECTIVES, *localized]))
            raise ValueError(f"the directive {match[0]} is unknown: expected one of %{directives}")
        field = table[letter]
        return field[:1] if bare and len(set(field)) == 1 and letter in _ZERO_FILLED else field

    return re.sub(_DIRECTIVE, translated, pattern)


def written(at: datetime, pattern: str) -> str:
    def field(match: re.Match[str]) -> str:
        literal, run, letter, lone = match.groups()
        if literal is not None:
            return literal.replace("''", "'") or "'"
        if lone or letter not in _FIELDS:
            raise ValueError(f"the date pattern has {match[0][:10]}: expected letters of {''.join(_FIELDS)}")
        return _FIELDS[letter](at, len(run))

    return re.sub(_FIELD, field, pattern)


def _number(part: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda at, width: str(part(at)).zfill(width)


def _name(names: list[str], part: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda at, width: names[part(at)] if width > len("MMM") else names[part(at)][:3]


def _year(at: datetime, width: int) -> str:
    return f"{at.year % 100:02}" if width == len("yy") else str(at.year).zfill(width)


def _month(at: datetime, width: int) -> str:
    names = _name(_MONTHS, lambda at: at.month - 1)
    return names(at, width) if width > len("MM") else str(at.month).zfill(width)


def _weekday(at: datetime, width: int) -> str:
    """Writes the day of the week: its number from Sunday, or its name."""
    if width > len("MM"):
        return _name(_DAYS, lambda at: at.weekday())(at, width)
    return str((at.weekday() + 1) % 7 + 1).zfill(width)


def _zone_name(at: datetime) -> str:
    return _ZONES.get(at.tzname() or "", at.tzname() or "")


def _offset(at: datetime, _width: int) -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _zone_offset(at: datetime, width: int) -> str:
    """Writes an offset as ISO 8601 does."""
    if not at.utcoffset():
        return "Z"
    digits = _offset(at, 4)
    return f"{digits[:3]}:{digits[3:]}" if width in (3, 5) else digits


def _american_week(at: datetime) -> int:
    """Returns the week of the year. Weeks begin on Sunday, and the first one has the first of January."""
    begins = at.date() - timedelta(days=(at.weekday() + 1) % 7)
    ends = begins + timedelta(days=6)
    if ends.year > begins.year:
        return 1
    return ((at.timetuple().tm_yday + (ends - at.date()).days) - 1) // 7 + 1


def _padded_number(part: Callable[[datetime], int], names: list[str]) -> Callable[[datetime, int], str]:
    return lambda at, width: (
        names[part(at) - 1]
        if width > len("QQQ")
        else f"Q{part(at)}"
        if width == len("QQQ")
        else str(part(at)).zfill(width)
    )


_ZONES = {"UTC": "Coordinated Universal Time"}
_QUARTERS = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"]
_FIELDS: dict[str, Callable[[datetime, int], str]] = {
    "G": lambda _, width: "Anno Domini" if width == len("GGGG") else "AD",
    "y": _year,
    "u": _year,
    "M": _month,
    "L": _month,
    "d": _number(lambda at: at.day),
    "D": _number(lambda at: at.timetuple().tm_yday),
    "E": _name(_DAYS, lambda at: at.weekday()),
    "c": _weekday,
    "e": _weekday,
    "w": _number(_american_week),
    "Q": _padded_number(lambda at: (at.month + 2) // 3, _QUARTERS),
    "q": _padded_number(lambda at: (at.month + 2) // 3, _QUARTERS),
    "k": _number(lambda at: at.hour or 24),
    "K": _number(lambda at: at.hour % 12),
    "H": _number(lambda at: at.hour),
    "h": _number(lambda at: at.hour % 12 or 12),
    "m": _number(lambda at: at.minute),
    "s": _number(lambda at: at.second),
    "S": lambda at, width: f"{at.microsecond:06}".ljust(width, "0")[:width],
    "a": lambda at, _: "AM" if at.hour < 12 else "PM",  # noqa: PLR2004 - noon
    "z": lambda at, width: _zone_name(at) if width > len("zzz") else at.tzname() or "",
    "Z": lambda at, width: _offset(at, width) if width <= len("ZZZ") else _zone_offset(at, width),
    "X": _zone_offset,
    "x": lambda at, width: _zone_offset(at, width).replace("Z", "+00:00" if width in (3, 5) else "+0000"),
    "V": lambda at, _: str(at.tzinfo),
}


def read(text: str, pattern: str) -> dict[str, int]:
    """Reads the fields of a date. A pattern's run of letters reads one field, and every other character matches itself."""
    fields: dict[str, int] = {}
    at = end = 0
    for field in re.finditer(_FIELD, pattern):
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
        match = re.compile(expected if len(run) < len("MMM") or letter not in "ML" else _NAME).match(text, at)
        if not match:
            raise ValueError(f"'{text[:40]}' is not written as '{pattern[:40]}'")
        fields |= {name: reads(match[0])} if name else {}
        at = match.end()
    if _same(text, at, pattern[end:], pattern) != len(text):
        raise ValueError(f"'{text[:40]}' is longer than '{pattern[:40]}'")
    return fields


def _same(text: str, at: int, literal: str, pattern: str) -> int:
    if not text.startswith(literal, at):
        raise ValueError(f"'{text[:40]}' is not written as '{pattern[:40]}'")
    return at + len(literal)


def _read_month(word: str) -> int:
    if word.isdecimal():
        return int(word)
    names = [name[:3].lower() for name in _MONTHS]
    if word[:3].lower() not in names:
        raise ValueError(f"'{word[:40]}' is not a month")
    return names.index(word[:3].lower()) + 1


def _read_year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == len("yy") else 0)


def _read_offset(text: str) -> int:
    """Returns minutes."""
    if text in {"Z", "UTC", "GMT"}:
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if text[0] == "-" else minutes


_NAME = r"[A-Za-z]{3,9}"
# Letter → the field of the date, its pattern, and its reader. The day of the week is ignored.
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
