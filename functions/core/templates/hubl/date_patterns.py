"""Unicode's patterns of dates (`d MMMM yyyy`), written and read in English, and strftime's directives as these patterns. Raises ValueError."""

from __future__ import annotations

import re
from collections.abc import Callable
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


def of_directives(pattern: str) -> str:
    """Translates strftime's directives into Unicode's pattern."""
    return _DIRECTIVE.sub(_translated, pattern)


def _translated(match: re.Match[str]) -> str:
    """Translates one directive, or quotes letters between two. `%-d` omits the leading zero."""
    bare, letter, literal = match.groups()
    if literal:
        return "'" + literal.replace("'", "''") + "'"
    if letter not in _DIRECTIVES:
        raise ValueError(f"the directive {match[0]} is unknown: expected one of %{' %'.join(_DIRECTIVES)}")
    return _DIRECTIVES[letter][:1] if bare and letter in _ZERO_FILLED else _DIRECTIVES[letter]


def written(at: datetime, pattern: str) -> str:
    def field(match: re.Match[str]) -> str:
        literal, run, letter, lone = match.groups()
        if literal is not None:
            return literal.replace("''", "'") or "'"
        if lone or letter not in _FIELDS:
            raise ValueError(f"the date pattern has {match[0][:10]}: expected letters of {''.join(_FIELDS)}")
        return _FIELDS[letter](at, len(run))

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


def read(text: str, pattern: str) -> dict[str, int]:
    """Reads the fields of a date. A pattern's run of letters reads one field, and every other character matches itself."""
    fields: dict[str, int] = {}
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
