"""The sizes of a template's values, in characters of their printed text or their equivalent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from functions.core.templates.hubl.values import NUMBERS

ENDLESS = 10**18  # larger than every limit
ELEMENT = 8  # characters that an element costs by itself
FREE = 100  # characters of a printed text that cost nothing
DIGITS_MAX = 330  # of a printed float, and of a text that counts as one: `1e308`
_COUNTED_MAX = 4_000_000  # characters; a larger value is not counted further
_SAME_MIN = 8  # parts, from which on their types are compared first

# Constants: a union in the place of its use would cost as much as the check.
_TEXT, _LISTS, _WEIGHTY = (str, bytes), (list, tuple, range), (list, tuple, dict)
_SIZED = (*_TEXT, *_LISTS, dict)


def size(value: Any) -> int:
    """Returns the size of a printed value. It stops above a limit: a pair of pairs of pairs, thirty deep, would not end."""
    if isinstance(value, _TEXT):
        return len(value)
    if value is None:
        return 0
    if isinstance(value, NUMBERS):
        return _digits(value)
    total, waiting = 0, [_parts(value)]
    while waiting:
        parts = waiting.pop()
        total += ELEMENT * len(parts)
        if total > _COUNTED_MAX:
            return ENDLESS
        total += _characters(parts, waiting)
    return total


def _characters(parts: Sequence[Any], collections: list[Sequence[Any]]) -> int:
    """Returns the size of the parts that are no collections, and appends the others'. A list of one type is counted by Python itself."""
    kinds = set(map(type, parts)) if len(parts) >= _SAME_MIN else set()
    if kinds == {str}:
        return sum(map(len, parts))
    if kinds == {int}:
        return sum(map(int.bit_length, parts)) // 3
    total = 0
    for part in parts:
        if isinstance(part, _TEXT):
            total += len(part)
        elif isinstance(part, NUMBERS):
            total += _digits(part)
        elif inner := _parts(part):
            collections.append(inner)
    return total


def _digits(value: float | Decimal) -> int:
    """Returns the digits of a printed number. HubL prints no exponent. Usual floats cost nothing."""
    if isinstance(value, int):
        return value.bit_length() // 3
    if isinstance(value, float):
        return 0 if 1e-5 < abs(value) < 1e16 or not value else DIGITS_MAX  # noqa: PLR2004 - between them, repr has no exponent
    return abs(value.adjusted())


def _parts(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, _LISTS) else ()


def length(value: Any) -> int:
    """Returns the length of a text, or of a collection without its elements' contents."""
    return len(value) if isinstance(value, _SIZED) else 0


def weight(value: Any) -> int:
    """Returns the cost of a comparison with a value, or of a search in it."""
    return size(value) if isinstance(value, _WEIGHTY) else length(value) if isinstance(value, str) else 0
