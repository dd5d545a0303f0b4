"""The tables of HubL: every filter, test and function. Their names are HubSpot's, and Jinja2's where HubSpot has none."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from functions.core.emails import languages
from functions.core.templates.hubl import size_estimates, switches, value_sizes, values
from functions.core.templates.hubl.filters import dates, lists, numbers, structured, texts
from functions.core.templates.hubl.filters.lists import ValueGroup
from functions.core.templates.hubl.values import is_list, is_null, is_number, number_of, text, truth

__all__ = ["FILTERS", "FUNCTIONS", "LAZY", "NAMED", "NULL_AWARE", "RULES", "TESTS", "ValueGroup"]

Function = Callable[..., Any]


def default(value: Any, default_value: Any = "", truthy: Any = False) -> Any:
    """Returns the default for null, or for every value that counts as false."""
    present = truth(value) if switches.flag(truthy) else not is_null(value)
    return value if present else default_value


FILTERS: dict[str, Function] = {
    **dates.FILTERS,
    **lists.FILTERS,
    **numbers.FILTERS,
    **structured.FILTERS,
    **texts.FILTERS,
    "d": default,
    "default": default,
    "type": values.kind,
}
# Filters that take null as a value. The others return null for it.
NULL_AWARE = frozenset({"bool", "count", "d", "default", "float", "int", "length", "list", "string", "tojson", "type"})
NULL_AWARE |= {"difference", "divide", "intersect", "multiply", "sum", "symmetric_difference", "union", "wordcount"}
LAZY = frozenset({"d", "default"})  # do not use a missing value
NAMED = frozenset(
    {"d", "default", "dictsort", "format", "groupby", "indent", "join", "map", "max", "min", "sort", "sum"}
)
NAMED |= {"truncatehtml", "wordwrap"}

# Tests.


def _is_even(value: Any) -> bool:
    return is_number(value) and int(value) % 2 == 0


def _is_odd(value: Any) -> bool:
    return is_number(value) and int(value) % 2 != 0


def _divisible_by(value: Any, divisor: Any) -> bool:
    if not is_number(value) or value != int(value) or is_null(divisor):
        return False
    by = int(number_of(divisor))
    if by == 0:
        raise ZeroDivisionError("divisibleby 0")
    return int(value) % by == 0


def _is_integer(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.as_tuple().exponent == 0
    return isinstance(value, int) and not isinstance(value, bool)


def _is_float(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, Decimal) and not _is_integer(value))


def _letters(value: Any, check: Callable[[str], bool]) -> bool:
    return isinstance(value, str) and bool(value) and all(check(letter) for letter in value)


def _string_containing(value: Any, part: Any) -> bool:
    return isinstance(value, str) and not is_null(part) and text(part) in value


def _string_startingwith(value: Any, start: Any) -> bool:
    return isinstance(value, str) and not is_null(start) and value.startswith(text(start))


def _same_as(value: Any, other: Any) -> bool:
    simple = isinstance(value, str | bool | int | float) and type(value) is type(other)
    return value is other or (simple and bool(value == other))


def _containing(collection: Any, item: Any = None) -> bool:
    return values.contains(collection, item)


def _is_in(item: Any, collection: Any = None) -> bool:
    return values.contains(collection, item)


def _defined(value: Any) -> bool:
    return not is_null(value)


def _iterable(value: Any) -> bool:
    """Neither a text nor a map is iterable, as in HubSpot's engine."""
    return is_list(value) or isinstance(value, set)


_EQUAL: dict[str, Function] = dict.fromkeys(["eq", "equalto", "=="], values.equal)
_ORDER = {
    "<": ("lt", "lessthan", "<"),
    "<=": ("le", "<="),
    ">": ("gt", "greaterthan", ">"),
    ">=": ("ge", ">="),
}
TESTS: dict[str, Function] = {
    **_EQUAL,
    **dict.fromkeys(["ne", "!="], lambda value, other: not values.equal(value, other)),
    **{name: functools.partial(values.compare, sign) for sign, names in _ORDER.items() for name in names},
    "boolean": lambda value: isinstance(value, bool),
    "callable": callable,
    "containing": _containing,
    "containing_all": lists.containing_all,
    "containingall": lists.containing_all,
    "defined": _defined,
    "divisibleby": _divisible_by,
    "even": _is_even,
    "false": lambda value: value is False,
    "float": _is_float,
    "in": _is_in,
    "integer": _is_integer,
    "iterable": _iterable,
    "lower": lambda value: _letters(value, str.islower),
    "mapping": lambda value: isinstance(value, dict),
    "none": is_null,
    "number": is_number,
    "odd": _is_odd,
    "right_to_left": lambda value: languages.is_right_to_left(text(value)),
    "sameas": _same_as,
    "sequence": _iterable,
    "string": lambda value: isinstance(value, str),
    "string_containing": _string_containing,
    "string_startingwith": _string_startingwith,
    "true": lambda value: value is True,
    "truthy": truth,
    "undefined": is_null,
    "upper": lambda value: _letters(value, str.isupper),
    "within": _is_in,
}

# Functions.


@pass_context
def _range(context: Context, start: Any, stop: Any = None, step: Any = 1) -> range:
    first, last, by = (int(number_of(value)) for value in ((0, start, step) if is_null(stop) else (start, stop, step)))
    numbers_ = range(first, last, by)
    if len(numbers_) > size_estimates.RANGE_MAX:
        raise OverflowError(f"range() would have more than {size_estimates.RANGE_MAX:,} numbers")
    return numbers_


FUNCTIONS: dict[str, Function] = {**dates.FUNCTIONS, "range": _range, "truncate": texts.truncate, "type": values.kind}


def _cost(times: int, *args: Any, **named: Any) -> int:
    return times * value_sizes.size([*args, *named.values()])


# The most characters of a result for each character of the value and the arguments: `%c` in a date, `[]` in JSON.
_TIMES = {**dict.fromkeys(dates.FILTERS, 24), "fromjson": 24, "split": 16, "truncatehtml": 16, "list": 80, "xmlattr": 8}
_TIMES |= dict.fromkeys(["b64encode", "base64_encode", "escape_jinjava", "md5"], 8)
_TIMES |= dict.fromkeys(["urlencode", "escape_url", "escape_js", "escapejs", "escapejson"], 12)
_TIMES |= dict.fromkeys(["e", "escape", "escape_attr", "escape_html", "forceescape", "pprint", "striptags"], 7)
_TIMES |= dict.fromkeys(["fromyaml", "toyaml", "title"], 100)
RULES: dict[str, size_estimates.Rule] = {
    name: functools.partial(_cost, _TIMES.get(name, 2)) for name in [*FILTERS, *TESTS]
} | {"regex_replace": size_estimates.matched}
