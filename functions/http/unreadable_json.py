"""Finds what makes a body unreadable, by its field: a lone surrogate, for which UTF-8 has no octets, or a number that is out of range.

Our JSON reader reports only the octet where it stopped, so this reads the body again, and only after that error.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from functions.core.errors import FieldError

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DIGITS_MAX = 4_300  # of a whole number: Python reads no longer one
_NOT_UTF_8 = FieldError("body", "is not in UTF-8, as JSON must be", "INVALID_JSON")
_TYPE_MAX = 100  # characters of a Content-Type in a message


class _Unreadable(str):
    """A number as it was written, which has no value here."""

    __slots__ = ()


def unreadable_json(body: bytes, content_type: str) -> list[FieldError]:
    """Returns an error for each value that cannot be read, or one for the whole body. A body of wrong syntax has none."""
    try:
        text = body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return [_NOT_UTF_8]
    if "\0" in text:  # of UTF-16, since JSON has none
        return [_NOT_UTF_8]
    try:
        value = json.loads(text, parse_int=_whole, parse_float=_real, parse_constant=_Unreadable)
        return list(_errors(value, "")) if isinstance(value, dict | list) else []
    except (ValueError, RecursionError):  # Python 3.13's reader takes more levels than `_errors` may call itself
        return [] if "json" in content_type or not content_type else [_of_type(content_type)]


def _of_type(content_type: str) -> FieldError:
    message = f"is not JSON but {content_type[:_TYPE_MAX]!r}, by its Content-Type: send application/json"
    return FieldError("body", message, "INVALID_JSON")


def _whole(digits: str) -> int | _Unreadable:
    return int(digits) if len(digits) <= _DIGITS_MAX else _Unreadable(digits)


def _real(digits: str) -> float | _Unreadable:
    return number if math.isfinite(number := float(digits)) else _Unreadable(digits)


def _errors(value: Any, where: str) -> Iterator[FieldError]:
    if isinstance(value, dict):
        for name, entry in value.items():
            path = f"{where}.{name}" if where else name
            yield from _error(name, path, "has a name with")
            yield from _errors(entry, path)
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _errors(entry, f"{where}[{number}]")
    elif isinstance(value, _Unreadable):
        yield FieldError(where, f"is a number out of range: {value[:20]}")
    elif isinstance(value, str):
        yield from _error(value, where, "has")


def _error(text: str, where: str, has: str) -> Iterator[FieldError]:
    if match := _LONE_SURROGATE.search(text):
        path = where.encode("utf-8", "backslashreplace").decode()
        yield FieldError(path, f"{has} half of a character, \\u{ord(match[0]):04x}, which no mail can hold")
