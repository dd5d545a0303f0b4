"""How large what a template asks for would be, told before it is made: in characters, or in what costs as much.

A rule that does not know may tell too much, never too little: all the rules together keep a template's memory within bounds.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

ENDLESS = 10**18  # larger than anything that is allowed
INT_BITS_MAX = 20_000  # Python prints no larger numbers
ELEMENT = 8  # characters that an element costs by itself
SHORTEST_LINK = len("a.io")
FORMATS_KEPT = 16  # texts, per worker; a hostile one may have 2 MB
COUNTED_MAX = 4_000_000  # characters, from where on a value is too large to be worth counting

_PERCENT = re.compile(r"%(?:\([^)]*\))?[-+ #0]*(\*|\d*)(?:\.(\*|\d+))?")
_BRACES = re.compile(r"\{([^{}]*)(\{?)")
_DIGITS = re.compile(r"\d+")

# Tuples made once: to write a union in the place of its use costs as much as to ask.
_TEXT, _NUMBERS, _LISTS, _WEIGHTY = (str, bytes), (int, float), (list, tuple, range), (list, tuple, dict)
_REPEATABLE, _SIZED, _OWNERS = (*_TEXT, list, tuple), (*_TEXT, *_LISTS, dict), (*_TEXT, int)

Rule = Callable[..., int]


def size(value: Any) -> int:
    """Of a value printed whole. Stops counting where it is too much: a pair of pairs of pairs, thirty deep, would not end."""
    if isinstance(value, str):
        return len(value)
    if value is None or value.__class__ in _NUMBERS:
        return value.bit_length() // 3 if value.__class__ is int else 0
    total, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _TEXT):
            total += len(one)
        elif isinstance(one, int):
            total += one.bit_length() // 3
        else:
            parts = _parts(one)
            total += ELEMENT * len(parts)
            if total > COUNTED_MAX:
                return ENDLESS
            waiting.extend(parts)
    return total


def _parts(value: Any) -> Sequence[Any]:
    value = fields(value)
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, _LISTS) else ()


def length(value: Any) -> int:
    """Of a text, or of a collection without what its elements hold."""
    return len(value) if isinstance(value, _SIZED) else 0


def weight(value: Any) -> int:
    """What it costs to compare with a value, or to look for something in it."""
    return size(value) if isinstance(value, _WEIGHTY) else length(value) if isinstance(value, str) else 0


def number(value: Any) -> int:
    return value if isinstance(value, int) else 0


# Operators: (left, right).


def repeated(left: Any, right: Any) -> int:
    if isinstance(left, int) and isinstance(right, int):
        return _bits(left.bit_length() + right.bit_length())
    for one, times in ((left, right), (right, left)):
        if isinstance(one, _REPEATABLE) and isinstance(times, int):
            return max(size(one), ELEMENT) * times
    return 0


def power(left: Any, right: Any) -> int:
    return _bits(left.bit_length() * right) if isinstance(left, int) and isinstance(right, int) else 0


def added(left: Any, right: Any) -> int:
    return 0 if isinstance(left, _NUMBERS) else size(left) + size(right)


def percent(text: Any, values: Any) -> int:
    if not isinstance(text, str):
        return 0
    return _percent_of(text, size(values))


def _percent_of(text: str, values: int) -> int:
    count, widths = _percents_in(text)
    return len(text) + widths + count * values


@functools.lru_cache(FORMATS_KEPT)
def _percents_in(text: str) -> tuple[int, int]:
    """How many values a format takes, and their widths together. One that is taken from the values cannot be told before."""
    found = _PERCENT.findall(text)
    widths = [width for field in found for width in field if width]
    return len(found), ENDLESS if "*" in widths else sum(map(_width, widths))


def _bits(count: int) -> int:
    return ENDLESS if count > INT_BITS_MAX else 0


def _width(digits: str) -> int:
    return ENDLESS if len(digits) > len("1000000") else int(digits)


# Filters and methods: the value, then what it is called with.


def centered(text: Any, width: Any = 80, *_: Any) -> int:
    return max(size(text), number(width))


def replaced(text: Any, old: Any, new: Any, *_: Any, **__: Any) -> int:
    if isinstance(text, bytes):
        return (len(text) + 1) * (size(new) + 1)
    whole = text if isinstance(text, str) else str(text)
    return len(whole) + whole.count(str(old)) * size(new)


def joined(values: Any, between: Any = "", *_: Any, **__: Any) -> int:
    return size(values) + length(values) * size(between)


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
    return length(values) if isinstance(start, _NUMBERS) else size(values) * (length(values) + 1)


def linked(text: Any, *values: Any, **named: Any) -> int:
    """`urlize`: every word may become a link with all that is asked of one."""
    return size(text) * (1 + size([*values, named]) // SHORTEST_LINK)


def tabbed(text: Any, tabsize: Any = 8) -> int:
    return len(text) * (1 + number(tabsize))


def translated(text: Any, table: Any) -> int:
    return len(text) * (1 + size(table))


def octets(_value: Any, count: Any = 1, *_: Any, **__: Any) -> int:
    return number(count)


def braces(text: Any, *values: Any, **named: Any) -> int:
    """`str.format`."""
    count, widths = _braces_in(str(text))
    return len(text) + widths + count * (sum(map(size, values)) + size(named or None))


@functools.lru_cache(FORMATS_KEPT)
def _braces_in(text: str) -> tuple[int, int]:
    """As `_percents_in`."""
    found = _BRACES.findall(text.replace("{{", "").replace("}}", ""))
    widths = [digits for field, _ in found for digits in _DIGITS.findall(field.partition(":")[2])]
    return len(found), ENDLESS if any(nested for _, nested in found) else sum(map(_width, widths))


OPERATORS: dict[str, Rule] = {"*": repeated, "**": power, "%": percent, "+": added}

# A filter that is not here takes as long as its value has characters or elements, and makes no more of them than a few times as many.
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
    "sum": summed,
    "urlize": linked,
    **dict.fromkeys(["string", "pprint", "escape", "e", "forceescape", "urlencode", "upper", "lower", "title"], size),
}
FREE_FILTERS = frozenset({"length", "count", "first", "last", "default", "d", "attr", "random", "safe"})

METHODS: dict[str, Rule] = {
    "center": centered,
    "ljust": centered,
    "rjust": centered,
    "zfill": centered,
    "replace": replaced,
    "join": joined_by,
    "expandtabs": tabbed,
    "translate": translated,
    "to_bytes": octets,
    "format": braces,
    "format_map": braces,
}


def called(function: Any, args: Sequence[Any], named: Mapping[str, Any]) -> int:
    """Of a method of a text or a number, by the rule for it; of what makes a dictionary, by what goes into it."""
    bound = getattr(function, "__wrapped__", function)  # the sandbox wraps str.format
    owner = getattr(bound, "__self__", None)
    if isinstance(owner, _OWNERS):
        rule = METHODS.get(bound.__name__)
        return rule(owner, *args, **named) if rule else length(owner)
    return size([args, named]) if function is dict else 0


def fields(value: Any) -> Any:
    """A mapping of ours as the plain one that it shows, else the value itself."""
    return getattr(value, "values_", value) if isinstance(value, Mapping) and not isinstance(value, dict) else value
