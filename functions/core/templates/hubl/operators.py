"""HubL's operators on values: text and numbers are converted to each other, and null counts as 0, or as an empty text.

Divisions are floating-point, as in HubSpot's engine, unless a decimal is involved: a rounded amount stays exact.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from functions.core.templates.hubl.formatting import percent
from functions.core.templates.hubl.values import alike, elements, is_list, is_null, java_text, kind, number_of, text

DECIMALS = Context(prec=34, rounding=ROUND_HALF_UP)  # IEEE 754's decimal128


def add(left: Any, right: Any) -> Any:
    """Appends to a list, merges maps, joins texts, or adds numbers."""
    if is_list(left):
        return [*left, *(elements(right) if is_list(right) else [right])]
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return {**left, **right}
    if isinstance(left, str) or isinstance(right, str):
        return _joined(left, right)
    return _calculate("+", operator.add, DECIMALS.add, left, right)


def _joined(left: Any, right: Any) -> str:
    """Joins as Jinja2 does: a trusted text stays trusted, and the other part is escaped."""
    if hasattr(left, "__html__") or hasattr(right, "__html__"):
        return (
            left + (right if isinstance(right, str) else java_text(right))
            if isinstance(left, str)
            else java_text(left) + right
        )
    return java_text(left) + java_text(right)


def _calculate(
    sign: str,
    of_numbers: Callable[[Any, Any], Any],
    of_decimals: Callable[[Decimal, Decimal], Decimal],
    left: Any,
    right: Any,
) -> Any:
    try:
        first, second = alike(number_of(left), number_of(right))
    except TypeError as error:
        raise TypeError(f"cannot calculate {kind(left)} {sign} {kind(right)}") from error
    try:
        return of_decimals(first, second) if isinstance(first, Decimal) else of_numbers(first, second)
    except ArithmeticError as error:
        if not second and sign in {"/", "//", "%"}:
            raise ZeroDivisionError(f"cannot calculate {kind(left)} {sign} 0: division by zero") from error
        raise


def subtract(left: Any, right: Any) -> Any:
    return _calculate("-", operator.sub, DECIMALS.subtract, left, right)


def multiply(left: Any, right: Any) -> Any:
    if isinstance(left, list | tuple | str) and not isinstance(right, str | list | tuple) and _repeats(left):
        return left * int(number_of(right))
    return _calculate("*", operator.mul, DECIMALS.multiply, left, right)


def _repeats(value: Any) -> bool:
    """Returns whether `value * 3` repeats it: a list, or a text that is no number."""
    if not isinstance(value, str):
        return True
    try:
        number_of(value)
    except ValueError:
        return True
    return False


def divide(left: Any, right: Any) -> Any:
    return _calculate("/", operator.truediv, DECIMALS.divide, left, right)


def floor_divide(left: Any, right: Any) -> Any:
    return _calculate(
        "//", operator.floordiv, lambda first, second: (first / second).to_integral_value("ROUND_FLOOR"), left, right
    )


def modulo(left: Any, right: Any) -> Any:
    """Returns the remainder, with the divisor's sign. A text with `%s` is a format, as in Python."""
    if isinstance(left, str) and "%" in left:
        return percent(left, right)
    return _calculate(
        "%",
        operator.mod,
        lambda first, second: first - second * (first / second).to_integral_value("ROUND_FLOOR"),
        left,
        right,
    )


def power(left: Any, right: Any) -> Any:
    result = _calculate("**", operator.pow, lambda first, second: float(first) ** float(second), left, right)
    if isinstance(result, complex):
        raise ArithmeticError("a root of a negative number is not a number")  # noqa: TRY004 - its type is right
    return result


def negate(value: Any) -> Any:
    return -number_of(value)


def positive(value: Any) -> Any:
    return number_of(value)


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "//": floor_divide,
    "%": modulo,
    "**": power,
}
UNARY: dict[str, Callable[[Any], Any]] = {"-": negate, "+": positive}


def sliced(value: Any, start: Any = None, stop: Any = None, step: Any = None) -> Any:
    """Returns a part of a text or a list. Bounds that are null are open."""
    part = slice(*(None if is_null(bound) else int(number_of(bound)) for bound in (start, stop, step)))
    if is_null(value):
        text(value)
        return value
    if isinstance(value, str):
        return value[part]
    return list(elements(value))[part]


def item(value: Any, index: int) -> Any:
    """Returns the item of a list, or None."""
    try:
        return value[index]
    except IndexError:
        return None
