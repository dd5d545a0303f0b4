"""HubL's filters of numbers. They are decimal, so 0.1 and 0.2 are 0.3, and 129.5 rounded to two digits is 129.50.

American English is written here. Every other locale is CLDR's, as Babel has it, and is loaded by the first email that needs it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from functions.core.templates.hubl.filters import locales
from functions.core.templates.hubl.operators import DECIMALS
from functions.core.templates.hubl.values import is_null, is_number, kind, text, without_marks

_DIGITS_MAX = 100  # before the point and after it
_EXACT = Context(prec=5 * _DIGITS_MAX + 2, rounding=ROUND_HALF_EVEN)
_METHODS = {"ceil": ROUND_CEILING, "floor": ROUND_FLOOR}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_WITHOUT_CENTS = frozenset({"JPY", "KRW"})
_CURRENCY = "USD"  # of American English
# A number as American English writes it. `1.234,5` is not one: half of it would be a wrong amount.
_WRITTEN = re.compile(r"-?(?:,*\d(?:[\d,]*\d)?(?:\.\d*)?|\.\d+)(?:E-?\d+)?")


def _decimal(value: Any) -> Decimal:
    if not (is_number(value) or isinstance(value, str)):
        raise TypeError(f"expected a number, not {kind(value)}")
    if isinstance(value, str) and len(value) > _DIGITS_MAX:
        raise ValueError(f"expected a number of up to {_DIGITS_MAX} digits")
    try:
        number = Decimal(without_marks(str(value).strip()))
    except (InvalidOperation, ValueError) as error:
        raise ValueError(f"expected a number, not '{str(value)[:40]}'") from error
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS_MAX:
        raise ValueError(f"expected a number of up to {_DIGITS_MAX} digits")
    return number


def _number(result: Decimal | float) -> int | float:
    """Returns an int if the result is whole."""
    whole = int(result)
    return whole if whole == result else float(result)


def _argument(value: Any, default: int) -> int:
    return default if is_null(value) else int(_decimal(value))


def absolute(value: Any) -> Any:
    return abs(value if is_number(value) else _decimal(value))


def add(value: Any, addend: Any) -> Decimal:
    return _decimal(value) if is_null(addend) else DECIMALS.add(_decimal(value), _decimal(addend))


def multiply(value: Any, factor: Any) -> Any:
    """Returns 0 for null, and the value itself without a factor."""
    return value if is_null(factor) else DECIMALS.multiply(_decimal(0 if is_null(value) else value), _decimal(factor))


def divide(value: Any, divisor: Any) -> Any:
    """Returns 0 for null, and the value itself without a divisor."""
    if is_null(divisor):
        return value
    return _number(DECIMALS.divide(_decimal(0 if is_null(value) else value), _decimal(divisor)))


def divisible(value: Any, divisor: Any) -> bool:
    from fractions import Fraction  # noqa: PLC0415 - few templates use this test

    return Fraction(_decimal(value)) % Fraction(_decimal(divisor)) == 0


def log(value: Any, base: Any = None) -> float:
    number = float(_decimal(value))
    if is_null(base):
        return math.log(number)
    exact = {2.0: math.log2, 10.0: math.log10}
    by = float(_decimal(base))
    return exact[by](number) if by in exact else _near_whole(math.log(number, by), lambda near: by**near, number)


def root(value: Any, degree: Any = 2) -> float:
    number, by = float(_decimal(value)), float(_decimal(degree))
    if number < 0 or by <= 0:
        raise ValueError("a root needs a number of at least 0 and a degree above 0")
    result = number ** (1 / by)
    return _near_whole(result, lambda near: near**by, number) if by < _DIGITS_MAX else result


def _near_whole(result: float, inverse: Callable[[float], float], number: float) -> float:
    """Returns the whole number near a result, if it is the exact one."""
    near = float(round(result))
    try:
        return near if math.isclose(inverse(near), number, rel_tol=1e-12) else result
    except OverflowError:
        return result


def round_(value: Any, precision: Any = 0, method: Any = "common") -> Decimal:
    """Rounds half up, or to the ceiling or the floor. The result has exactly `precision` decimals."""
    decimals = _argument(precision, 0)
    if abs(decimals) > _DIGITS_MAX:
        raise ValueError(f"decimals must be up to {_DIGITS_MAX}")
    how = _METHODS.get(text(method), ROUND_HALF_UP)
    return _decimal(value).quantize(Decimal(1).scaleb(-decimals), how, _EXACT)


def integer(value: Any, default: Any = 0) -> int:
    """Returns the whole part of a number, or of a text such as `1,234.5`. Returns the default for any other text."""
    result = _read(value)
    return _argument_or_zero(default) if result is None else int(result)


def floating(value: Any, default: Any = 0.0) -> float:
    result = _read(value)
    return float(_argument_or_zero(default, whole=False)) if result is None else float(result)


def _argument_or_zero(default: Any, *, whole: bool = True) -> Any:
    result = _read(default)
    return 0 if result is None else int(result) if whole else result


def _read(value: Any) -> int | float | Decimal | None:
    if is_number(value):
        return value
    written = "" if isinstance(value, bool) else text(value).strip()
    if not _WRITTEN.fullmatch(written):
        return None
    try:
        return _decimal(written.replace(",", ""))
    except ValueError:
        return None


def boolean(value: Any) -> bool:
    """Returns true for 1 and for `true`, `yes`, `on`, `t`, `y` and `1`."""
    return text(value).lower() in {"true", "t", "yes", "y", "on", "1"}


# Formats.


def format_number(value: Any, locale: Any = "en-US", max_decimal_precision: Any = None) -> str:
    """Formats a number with its own decimals, or with `max_decimal_precision` of them at most."""
    number = _decimal(value.replace(",", "") if isinstance(value, str) else value)
    has = len(f"{number:f}".partition(".")[2].rstrip("0"))
    most = has if is_null(max_decimal_precision) else min(has, _decimals(max_decimal_precision))
    if locales.is_american(locale):
        return f"{_quantized(number, most):,f}"
    return locales.number(_quantized(number, most), most, text(locale))


def format_currency(
    value: Any, locale: Any = "en-US", currency: Any = None, use_default_decimal_digits: Any = None
) -> str:
    """Formats an amount with its currency's sign and usual decimals. A currency without a sign in English has its code."""
    number = _decimal(value)
    code = (text(currency) or locales.currency_of(locale) or _CURRENCY).upper()
    if not (len(code) == len("USD") and code.isalpha()):
        raise ValueError(f"'{code[:40]}' is not a currency: expected a code such as 'USD'")
    if not locales.is_american(locale):
        return locales.money(number, code, text(locale))
    amount = f"{_quantized(abs(number), 0 if code in _WITHOUT_CENTS else 2):,f}"
    sign = _SIGNS.get(code, f"{code}\N{NO-BREAK SPACE}")
    return f"{'-' if number < 0 else ''}{sign}{amount}"


def _decimals(count: Any) -> int:
    decimals = _argument(count, 0)
    if not 0 <= decimals <= _DIGITS_MAX:
        raise ValueError(f"decimals must be 0 to {_DIGITS_MAX}")
    return decimals


def _quantized(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)


FILTERS: dict[str, Callable[..., Any]] = {
    "abs": absolute,
    "add": add,
    "bool": boolean,
    "divide": divide,
    "divisible": divisible,
    "float": floating,
    "format_currency": format_currency,
    "format_currency_value": format_currency,
    "format_number": format_number,
    "int": integer,
    "log": log,
    "multiply": multiply,
    "root": root,
    "round": round_,
}
