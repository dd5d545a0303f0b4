"""The filters and tests of HubL, HubSpot's dialect of Jinja, that Jinja2 lacks, under jinjava's names.

Results are plain text, and are escaped in HTML like any other, except the results of the escape filters. A filter that needs a network,
or takes a pattern of the template that may never end (`geo_distance`, `regex_replace`), is not here.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus

from jinja2 import Undefined
from markupsafe import escape

from functions.core.templates.hubl import dates, numbers, size_estimates
from functions.core.templates.hubl.markup_filters import truncatehtml


def _bool(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in {"true", "t", "yes", "y", "on", "1"}
    return bool(value)


def _cut(value: Any, removed: Any) -> str:
    return str(value).replace(str(removed), "")


def _split(value: Any, separator: Any = None, limit: Any = 0) -> list[str]:
    """Splits into trimmed pieces that are not empty. The limit-th piece has the rest."""
    most = int(limit) - 1 if int(limit) > 0 else -1
    pieces = str(value).split(None if separator is None else str(separator), most)
    return [piece.strip() for piece in pieces if piece.strip()]


def _escape_json(value: Any) -> str:
    """Returns the inside of a JSON or JavaScript string. It has no character of HTML's syntax, so a script element may hold it."""
    text = json.dumps(str(value))[1:-1].replace('\\"', "\\u0022")
    for mark in "<>&'":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def _unescape_html(value: Any) -> str:
    return html.unescape(str(value))


def _md5(value: Any) -> str:
    return hashlib.md5(str(value).encode(), usedforsecurity=False).hexdigest()


def _base64_encode(value: Any, charset: str = "UTF-8") -> str:
    return base64.b64encode(str(value).encode(_charset(charset))).decode("ascii")


def _base64_decode(value: Any, charset: str = "UTF-8") -> str:
    return base64.b64decode(str(value), validate=True).decode(_charset(charset))


def _charset(name: Any) -> str:
    codecs = {"UTF-8": "utf-8", "UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be", "ISO-8859-1": "latin-1"}
    if str(name).upper() not in codecs:
        raise ValueError(f"the character set '{str(name)[:40]}' is not one of {', '.join(codecs)}")
    return codecs[str(name).upper()]


def _type(value: Any) -> str:
    if isinstance(value, Mapping):
        return "dict"
    if isinstance(value, dates.Moment):
        return "datetime"
    names = {bool: "bool", int: "int", float: "float", list: "list", tuple: "tuple", type(None): "null"}
    return "str" if isinstance(value, str) else names.get(type(value), "object")


# Sets have the order of the lists, and each element once. Elements are compared by their representation in Python, so a million
# elements with one hash value, as numbers may have, are as cheap as others.


def _keyed(values: Any) -> dict[str, Any]:
    if not isinstance(values, list | tuple | range):
        raise TypeError(f"expected a list, not {type(values).__name__}")
    return {_key(value): value for value in values}


def _key(value: Any) -> str:
    if isinstance(value, Undefined):
        str(value)  # records it as missing
    return repr(str(value) if isinstance(value, str) else size_estimates.fields(value))


def _union(values: Any, others: Any) -> list[Any]:
    return list((_keyed(values) | _keyed(others)).values())


def _intersect(values: Any, others: Any) -> list[Any]:
    right = _keyed(others)
    return [one for key, one in _keyed(values).items() if key in right]


def _difference(values: Any, others: Any) -> list[Any]:
    right = _keyed(others)
    return [one for key, one in _keyed(values).items() if key not in right]


def _symmetric_difference(values: Any, others: Any) -> list[Any]:
    return _difference(values, others) + _difference(others, values)


# Tests.


def _truthy(value: Any) -> bool:
    """Returns HubL's truth value: the text "false" is false."""
    return bool(value) and not (isinstance(value, str) and value.lower() == "false")


def _containing(values: Any, one: Any) -> bool:
    return one is not None and one in values


def _containing_all(values: Any, ones: Any) -> bool:
    return not _difference(list(ones), list(values))


def _within(one: Any, values: Any) -> bool:
    return _containing(values, one)


def _string_containing(value: Any, part: Any) -> bool:
    return isinstance(value, str) and str(part) in value


def _string_startingwith(value: Any, start: Any) -> bool:
    return isinstance(value, str) and value.startswith(str(start))


def _propagating(function: Callable[..., Any]) -> Callable[..., Any]:
    """Returns a filter that records a missing property and returns it unchanged."""

    @functools.wraps(function)
    def propagating(*args: Any, **named: Any) -> Any:
        for one in (*args, *named.values()):
            if isinstance(one, Undefined):
                str(one)  # records it as missing
                return one
        return function(*args, **named)

    return propagating


def _cost(times: int, *args: Any, **named: Any) -> int:
    return times * size_estimates.size([*args, *named.values()])


_FILTERS: dict[str, Callable[..., Any]] = {
    **dates.FILTERS,
    **numbers.FILTERS,
    "b64decode": _base64_decode,
    "b64encode": _base64_encode,
    "base64_decode": _base64_decode,
    "base64_encode": _base64_encode,
    "bool": _bool,
    "cut": _cut,
    "difference": _difference,
    "escape_attr": escape,
    "escape_html": escape,
    "escape_js": _escape_json,
    "escape_url": lambda value: quote_plus(str(value)),
    "escapejs": _escape_json,
    "escapejson": _escape_json,
    "fromjson": lambda value: json.loads(str(value)),
    "intersect": _intersect,
    "md5": _md5,
    "split": _split,
    "symmetric_difference": _symmetric_difference,
    "truncatehtml": truncatehtml,
    "type": _type,
    "unescape_html": _unescape_html,
    "union": _union,
}
_TESTS: dict[str, Callable[..., Any]] = {
    "containing": _containing,
    "containing_all": _containing_all,
    "string_containing": _string_containing,
    "string_startingwith": _string_startingwith,
    "within": _within,
}
# The most characters of a result for each character of the value and the arguments: `%c` in a date, `[]` in JSON.
_TIMES = {**dict.fromkeys(dates.FILTERS, 16), "fromjson": 24, "split": 16, "escape_url": 12, "truncatehtml": 16}
_TIMES |= dict.fromkeys(["b64encode", "base64_encode"], 8)
_TIMES |= dict.fromkeys(["escape_attr", "escape_html"], 6) | dict.fromkeys(["escape_js", "escapejs", "escapejson"], 12)

FILTERS = {name: _propagating(function) for name, function in _FILTERS.items()}
TESTS = {**{name: _propagating(function) for name, function in _TESTS.items()}, "truthy": _truthy}
RULES: dict[str, size_estimates.Rule] = {
    name: functools.partial(_cost, _TIMES.get(name, 2)) for name in [*FILTERS, *TESTS]
}
