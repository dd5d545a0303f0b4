"""The rules about one value that JSON Schema cannot state, and the whole numbers that a request may have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct


class Format(Struct, frozen=True):
    """A rule about one value that JSON Schema cannot state. A field has it as `Meta(extra={"format": ...})`."""

    read: Callable[[Any], Any]  # raises ValueError, or what Python raises for a value of another type
    expected: str  # completes "must be ..."
    example: str
    code: str = "INVALID_VALUE"


INT64_MAX = 2**63 - 1
_EXACT_MAX = 2.0**53  # a larger float may represent another whole number
_INT64_DIGITS = len(str(INT64_MAX))  # Python refuses to convert texts of thousands of digits


def whole_number(value: object) -> int:
    """HubSpot's clients send an id as a number or as text. Raises ValueError."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _INT64_DIGITS:
        value = int(value)
    return integer(value, 0, INT64_MAX)


def integer(value: object, least: int, most: int) -> int:
    """Returns a whole number in a range. 7.0 is one in JSON, too. Raises ValueError."""
    number = value
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT_MAX:
        number = int(value)
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        raise ValueError(value)
    return number


def positive_int64(value: object) -> int:
    """Raises ValueError."""
    if (number := whole_number(value)) == 0:
        raise ValueError(value)
    return number
