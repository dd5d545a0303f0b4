"""HubL's values: how they print, count as true, compare, and are iterated. The rules are those of HubSpot's engine, which is Java.

A value is a Python one: str, int, float, Decimal, bool, None, list, tuple, dict, or one of our own classes. Java's null is None in a list or
a map, and an `Absent` if a name or a key has no value.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeGuard

from jinja2 import Undefined

NUMBERS = (int, float, Decimal)


class Pair(tuple[Any, ...]):
    """An entry of a map: its key and its value."""

    __slots__ = ()

    @property
    def key(self) -> Any:
        return self[0]

    @property
    def value(self) -> Any:
        return self[1]


def is_null(value: Any) -> bool:
    return value is None or isinstance(value, Undefined)


def is_number(value: Any) -> TypeGuard[int | float | Decimal]:
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def is_list(value: Any) -> bool:
    return isinstance(value, list | tuple | range) and not isinstance(value, Pair)


def text(value: Any) -> str:
    """Returns the printed value: nothing for null."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return _inner_text(value)


def java_text(value: Any) -> str:
    """Returns a value within a text or a collection: the word null for null, and nothing for an absent one."""
    return "null" if value is None else text(value)


def _inner_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        return _digits(value)
    if isinstance(value, Pair):
        return f"{java_text(value[0])}={java_text(value[1])}"
    if isinstance(value, list | tuple | range | set):
        return f"[{', '.join([_element_text(item) for item in value])}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join([f"{java_text(key)}={_element_text(item)}" for key, item in value.items()]) + "}"
    has_text = isinstance(value, int | Undefined) or hasattr(value.__class__, "kind")  # a function has none
    return str(value) if has_text else ""


def _element_text(value: Any) -> str:
    """Returns an element of a collection: the word null for any null."""
    return java_text(value) or ("null" if is_null(value) else "")


def _digits(value: Decimal | float) -> str:
    """Returns all digits: a mail shows no 1e-05."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    shortest = repr(value)
    if "e" not in shortest:
        return shortest
    digits = f"{Decimal(shortest):f}"
    return digits if "." in digits else f"{digits}.0"


def truth(value: Any) -> bool:
    """Returns whether a value counts as true. The text "false" does not, in any case of its letters."""
    if isinstance(value, str):
        return bool(value) and not (len(value) == len("false") and value.lower() == "false")
    return bool(value)


def truthy(value: Any) -> Any:
    """Returns a value that Python takes as HubL does: itself, or None."""
    return value if truth(value) else None


def elements(value: Any) -> Iterable[Any]:
    """Returns what a loop goes over: a map's keys, and a single value as the only element."""
    if value.__class__ is list:
        return value
    if is_null(value):
        text(value)  # records a missing one
        return ()
    if isinstance(value, str | bool) or is_number(value) or not hasattr(value, "__iter__"):
        return (value,)
    iterable: Iterable[Any] = value
    return iterable


# Comparisons.


def number_of(value: Any) -> int | float | Decimal:
    """Returns the number that a value counts as: 0 for null and for an empty text. Raises ValueError or TypeError."""
    if is_number(value):
        return value
    if is_null(value) or value == "":
        text(value)
        return 0
    if isinstance(value, str):
        return parse(value)
    raise TypeError(f"expected a number, not {kind(value)}")


def parse(digits: str) -> int | float:
    """Reads a number. Raises ValueError."""
    if len(digits) > 400:  # noqa: PLR2004 - more digits than any number of a mail has
        raise ValueError("expected a number of up to 400 digits")
    try:
        return float(without_marks(digits)) if any(mark in digits for mark in ".eE") else int(without_marks(digits))
    except ValueError as error:
        raise ValueError(f"expected a number, not '{digits[:40]}'") from error


def without_marks(digits: str) -> str:
    """Returns the digits. Raises ValueError for `1_000`, which is a number only to Python."""
    if "_" in digits:
        raise ValueError(digits)
    return digits


def equal(left: Any, right: Any) -> bool:
    if left.__class__ is right.__class__ and left.__class__ in {str, int, bool}:
        return bool(left == right)
    if is_null(left) or is_null(right):
        return is_null(left) and is_null(right)
    try:
        first, second = _of_one_type(left, right)
    except (TypeError, ValueError):
        return False
    return bool(first == second)


def compare(sign: str, left: Any, right: Any) -> bool:
    """Returns the result of `<`, `<=`, `>` or `>=`. Nothing is less or greater than null, and no text that is no number than a number.
    Raises TypeError for values without an order.
    """
    if is_null(left) or is_null(right):
        return sign in {"<=", ">="} and is_null(left) and is_null(right)
    try:
        first, second = _of_one_type(left, right)
        return bool(_ORDERS[sign](first, second))
    except ValueError:
        return False
    except TypeError as error:
        raise TypeError(f"cannot compare {kind(left)} with {kind(right)}") from error


_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def _of_one_type(left: Any, right: Any) -> tuple[Any, Any]:
    """Returns two values to compare. With a number, a text counts as its number, and a date as its milliseconds."""
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left), truth(right)
    if is_number(left) or is_number(right):
        return alike(_comparable(left), _comparable(right))
    if isinstance(left, str) or isinstance(right, str):
        return text(left), text(right)
    return (list(left), list(right)) if is_list(left) and is_list(right) else (left, right)


def _comparable(value: Any) -> int | float | Decimal:
    milliseconds = getattr(value, "milliseconds", None)
    return number_of(value if milliseconds is None else milliseconds)


def contains(values: Any, item: Any) -> bool:
    """Returns the result of `in`: a part of a text, an element of a list, or a key of a map."""
    if is_null(values):
        return False
    if isinstance(values, str):
        return text(item) in values
    if isinstance(values, Mapping):
        return not is_null(item) and text(item) in {text(key) for key in values}
    if not isinstance(values, Iterable):
        return False
    if item.__class__ is str and isinstance(values, list | tuple) and item in values:  # the usual case, and fast
        return True
    return any(equal_element(element, item) for element in values)


def equal_element(element: Any, item: Any) -> bool:
    """Returns whether a list's element is the searched value. A number and its text are the same."""
    if isinstance(element, str) and not isinstance(item, str | bool) and not is_number(item):
        return False  # a collection's text is no element, and is long
    if isinstance(element, bool) or isinstance(item, bool):
        return element is item or (isinstance(element, str) and element == text(item))
    return equal(element, item)


def kind(value: Any) -> str:
    """Returns the name of a value's type, as the function `type` does."""
    if is_null(value):
        return "null"
    for name, types in _KINDS.items():
        if isinstance(value, types):
            return name
    return getattr(value, "kind", "unknown")


_KINDS: dict[str, Any] = {
    "str": str,
    "bool": bool,
    "int": int,
    "float": (float, Decimal),
    "list": (list, tuple, range),
    "dict": Mapping,
}


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Returns both numbers as one type: a decimal if one of them is."""
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return decimal(left), decimal(right)
    return left, right


def decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value) if isinstance(value, float) else value)
