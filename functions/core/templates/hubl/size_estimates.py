"""Estimates an operation's output size before running it, in characters or their equivalent.

An inexact rule may return too much, never too little: all rules together bound a template's memory.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from functions.core.templates.hubl.formatting import FIELD
from functions.core.templates.hubl.switches import whole
from functions.core.templates.hubl.value_sizes import DIGITS_MAX, ELEMENT, ENDLESS, length, size
from functions.core.templates.hubl.values import NUMBERS, number_of

INT_BITS_MAX = 20_000  # Python prints no larger numbers
SHORTEST_LINK = len("a.io")
FORMATS_CACHED = 16  # texts, per worker; a hostile one may have 2 MB
PIECES = 80  # memory of a piece of a text, in characters
RANGE_MAX = 100_000  # numbers of one range
_SPLITS = frozenset({"split", "rsplit", "splitlines"})
_QUICK = frozenset({"append", "size", "get", "put", "isEmpty", "containsKey", "getOrDefault", "set", "putIfAbsent"})
_PAIRWISE = frozenset({"containsAll"})

# Few templates use these filters: `re` compiles a pattern at its first use, and caches it.
_BRACES = r"\{([^{}]*)(\{?)"

_NUMBERS_AND_TEXT = (*NUMBERS, str)
_OF_VALUES = "sSbBcC%n"  # letters of a format that write no number

Rule = Callable[..., int]


def number(value: Any) -> int:
    """Returns the whole number that an argument counts as: 0 for anything else."""
    return value if value.__class__ is int else whole(value, 0)


# Operators: (left, right).


def multiplied(left: Any, right: Any) -> int:
    """A text that is a number is multiplied. Any other, and a list, is repeated."""
    first, second = _operand(left), _operand(right)
    if first is not None and second is not None:
        return _bits(_bit_length(first) + _bit_length(second))
    return max(size(left), ELEMENT) * number(right)


def power(left: Any, right: Any) -> int:
    first, second = _operand(left), _operand(right)
    return _bits(first.bit_length() * second) if isinstance(first, int) and isinstance(second, int) else 0


def _operand(value: Any) -> float | Decimal | None:
    """Returns the number that an operator reads, or None for any other value."""
    try:
        return number_of(value) if isinstance(value, _NUMBERS_AND_TEXT) else None
    except (TypeError, ValueError):
        return None


def _bit_length(value: float | Decimal) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def added(left: Any, right: Any) -> int:
    return 0 if isinstance(left, NUMBERS) and isinstance(right, NUMBERS) else size(left) + size(right)


def percent(text: Any, values: Any) -> int:
    if not isinstance(text, str):
        return 0
    return _percent_of(text, size(values))


def _percent_of(text: str, values: int) -> int:
    count, widths = _percents_in(text)
    return len(text) + widths + count * values


@functools.lru_cache(FORMATS_CACHED)
def _percents_in(text: str) -> tuple[int, int]:
    """Returns the number of a format's fields, and the sum of their own widths."""
    fields = re.findall(FIELD, text)
    widths = sum(
        _width(width) + _width(precision) + (0 if letter in _OF_VALUES else DIGITS_MAX)
        for *_, width, precision, letter in fields
    )
    return len(fields), widths


def _bits(count: int) -> int:
    return ENDLESS if count > INT_BITS_MAX else 0


def _width(digits: str) -> int:
    return ENDLESS if len(digits) > len("1000000") else int(digits or 0)


# Filters and methods: the value, then the arguments.


def centered(text: Any, width: Any = 80, *_: Any) -> int:
    return max(size(text), number(width))


def replaced(text: Any, old: Any, new: Any, *_: Any, **__: Any) -> int:
    if isinstance(text, bytes):
        return (len(text) + 1) * (size(new) + 1)
    whole = text if isinstance(text, str) else str(text)
    return len(whole) + whole.count(str(old)) * size(new)


def joined(values: Any, between: Any = "", *_: Any, **__: Any) -> int:
    return size(values) + length(values) * size(between)


def matched(text: Any, pattern: Any = "", new: Any = "", *_: Any) -> int:
    """Estimates a replacement by a pattern, which may match at every character."""
    return length(text) * (20 + size(new)) + size(pattern)


def repeated(text: Any, times: Any = 1) -> int:
    return max(length(text), 1) * number(times)


def summed_sizes(*values: Any) -> int:
    return sum(map(size, values))


def joined_by(between: Any, values: Any) -> int:
    return joined(values, between)


def indented(text: Any, width: Any = 4, *_: Any, **__: Any) -> int:
    lines = len(text.splitlines()) + 1 if isinstance(text, str) else 1
    return size(text) + lines * (number(width) or size(width))


def wrapped(
    text: Any, width: Any = 79, break_long_words: Any = True, wrapstring: Any = "\n", *_: Any, **__: Any
) -> int:
    return size(text) * (1 + size(wrapstring or "\n"))


def formatted(text: Any, *values: Any, **named: Any) -> int:
    return _percent_of(str(text), sum(map(size, values)) + size(named or None))


def sliced(values: Any, slices: Any, fill_with: Any = None) -> int:
    return ELEMENT * (length(values) + number(slices))


def batched(values: Any, linecount: Any, fill_with: Any = None) -> int:
    return ELEMENT * (length(values) + number(linecount))


def rounded(value: Any, precision: Any = 0, *_: Any) -> int:
    return _bits(4 * abs(number(precision)))


def as_json(value: Any, indent: Any = None) -> int:
    return size(value) * (1 + (number(indent) or size(indent)))


def summed(values: Any, attribute: Any = None, start: Any = 0) -> int:
    return length(values) if isinstance(start, NUMBERS) else size(values) * (length(values) + 1)


def linked(text: Any, *values: Any, **named: Any) -> int:
    """Estimates `urlize`: every word may become a link with all attributes."""
    return size(text) * (1 + size([*values, named]) // SHORTEST_LINK)


def hashed(keys: Iterable[Any]) -> int:
    """Returns the cost of a set of these keys. Numbers may share one hash: each is then compared with all before it."""
    counts = Counter(map(_hash, keys))
    return sum(count * count for count in counts.values())


def _hash(key: Any) -> int:
    try:
        return hash(key)
    except TypeError:  # of a list: no set takes it
        return 0


def braces(text: Any, *values: Any, **named: Any) -> int:
    """Estimates `str.format`."""
    count, widths = _braces_in(str(text))
    return len(text) + widths + count * (sum(map(size, values)) + size(named or None))


@functools.lru_cache(FORMATS_CACHED)
def _braces_in(text: str) -> tuple[int, int]:
    """Returns the same as `_percents_in`, for braces."""
    matches = re.findall(_BRACES, text.replace("{{", "").replace("}}", ""))
    widths = [digits for field, _ in matches for digits in re.findall(r"\d+", field.partition(":")[2])]
    return len(matches), ENDLESS if any(nested for _, nested in matches) else sum(map(_width, widths))


def _free(_left: Any, _right: Any) -> int:
    return 0


OPERATORS: dict[str, Rule] = {
    **dict.fromkeys(["-", "/", "//"], _free),
    "*": multiplied,
    "**": power,
    "%": percent,
    "+": added,
}

# A filter that is not here takes time in proportion to its value's length, and returns at most a few times as much.
FILTERS: dict[str, Rule] = {
    "center": centered,
    "replace": replaced,
    "join": joined,
    "indent": indented,
    "wordwrap": wrapped,
    "format": formatted,
    "slice": sliced,
    "batch": batched,
    "round": rounded,
    "tojson": as_json,
    "urlize": linked,
    **dict.fromkeys(["length", "count", "default", "d", "attr", "safe", "type"], lambda *_, **__: 0),
    **dict.fromkeys(["upper", "lower", "capitalize", "trim"], lambda value, *_: length(value)),
}

METHODS: dict[str, Rule] = {
    "center": centered,
    "ljust": centered,
    "rjust": centered,
    "zfill": centered,
    "repeat": repeated,
    "replace": replaced,
    "join": joined_by,
    "concat": summed_sizes,
}


def of_method(table: str, name: str, owner: Any, args: Sequence[Any], named: Mapping[str, Any]) -> int:
    """Estimates a call of a value's method."""
    if table == "text":
        rule = METHODS.get(name)
        return rule(owner, *args) if rule and args else (PIECES if name in _SPLITS else 1) * length(owner) + size(args)
    if name in _PAIRWISE:
        return ELEMENT * length(owner) * (1 + sum(map(length, args)))
    return 0 if name in _QUICK else size(owner) + size([*args, *named.values()])


def of_filter(name: str, value: Any, args: Sequence[Any]) -> int:
    """Estimates a result of some characters for each of the arguments."""
    return 24 * size([*args])


def paired(args: Sequence[Any], named: Mapping[str, Any]) -> int:
    """Estimates `dict` of pairs."""
    pairs = [pair for arg in args if isinstance(arg, list | tuple) for pair in arg if isinstance(pair, list | tuple)]
    return size([args, named]) + hashed(pair[0] for pair in pairs if pair)
