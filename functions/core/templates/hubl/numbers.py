"""HubL's numbers. They are decimal, so 0.1 and 0.2 are 0.3, and have the format of a locale."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NamedTuple

_DIGITS_MAX = 100  # before the point and after it
_ARITHMETIC = Context(prec=34)  # IEEE 754's decimal128, as in HubL's host


class _Locale(NamedTuple):
    group: str
    point: str
    money: str  # the position of the currency's sign
    currency: str


_LOCALES = {
    "en_us": _Locale(",", ".", "{sign}{amount}", "USD"),
    "en_gb": _Locale(",", ".", "{sign}{amount}", "GBP"),
    "de_de": _Locale(".", ",", "{amount}\N{NO-BREAK SPACE}{sign}", "EUR"),
    "fr_fr": _Locale("\N{NARROW NO-BREAK SPACE}", ",", "{amount}\N{NO-BREAK SPACE}{sign}", "EUR"),
    "it_it": _Locale(".", ",", "{amount}\N{NO-BREAK SPACE}{sign}", "EUR"),
}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_WITHOUT_CENTS = frozenset({"JPY", "KRW"})


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError(f"expected a number, not {type(value).__name__}")
    if isinstance(value, str) and len(value) > _DIGITS_MAX:
        raise ValueError(f"expected a number of up to {_DIGITS_MAX} digits")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError(f"expected a number, not '{str(value)[:40]}'") from error
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS_MAX:
        raise ValueError(f"expected a number of up to {_DIGITS_MAX} digits")
    return number


def _number(result: Decimal | float) -> int | float:
    """Returns an int if the result is whole."""
    whole = int(result)
    return whole if whole == result else float(result)


def add(value: Any, addend: Any) -> int | float:
    return _number(_ARITHMETIC.add(_decimal(value), _decimal(addend)))


def multiply(value: Any, factor: Any) -> int | float:
    return _number(_ARITHMETIC.multiply(_decimal(value), _decimal(factor)))


def divide(value: Any, divisor: Any) -> int | float:
    return _number(_ARITHMETIC.divide(_decimal(value), _decimal(divisor)))


def divisible(value: Any, divisor: Any) -> bool:
    return Fraction(_decimal(value)) % Fraction(_decimal(divisor)) == 0


def log(value: Any, base: Any = None) -> int | float:
    number = float(_decimal(value))
    if base is None:
        return _number(math.log(number))
    exact = {2.0: math.log2, 10.0: math.log10}
    by = float(_decimal(base))
    return _number(exact[by](number) if by in exact else math.log(number, by))


def root(value: Any, degree: Any = 2) -> int | float:
    number, by = float(_decimal(value)), float(_decimal(degree))
    if number < 0 or by <= 0:
        raise ValueError("a root needs a number of at least 0 and a degree above 0")
    result = number ** (1 / by)
    near = float(round(result))
    return _number(near if by < _DIGITS_MAX and math.isclose(near**by, number, rel_tol=1e-12) else result)


def format_number(value: Any, locale: str = "en-US", max_decimal_precision: Any = None) -> str:
    """Formats a number with its own decimals, or with `max_decimal_precision` of them at most."""
    number = _decimal(value)
    has = len(f"{number:f}".partition(".")[2].rstrip("0"))
    most = has if max_decimal_precision is None else min(has, _decimals(max_decimal_precision))
    return _grouped(number, most, _locale(locale))


def format_currency(
    value: Any, locale: str = "en-US", currency: str | None = None, use_default_decimal_digits: Any = None
) -> str:
    """Formats an amount with its currency's sign and usual decimals. A currency without a sign in our table has its code."""
    style = _locale(locale)
    code = str(currency or style.currency).upper()
    if not (len(code) == len("USD") and code.isalpha()):
        raise ValueError(f"'{code[:40]}' is not a currency: expected a code such as 'USD'")
    number = _decimal(value)
    amount = _grouped(abs(number), 0 if code in _WITHOUT_CENTS else 2, style)
    sign = _SIGNS.get(code, f"{code}\N{NO-BREAK SPACE}" if style.money.startswith("{sign}") else code)
    return ("-" if number < 0 else "") + style.money.format(sign=sign, amount=amount)


def _decimals(count: Any) -> int:
    decimals = int(count)
    if not 0 <= decimals <= _DIGITS_MAX:
        raise ValueError(f"decimals must be 0 to {_DIGITS_MAX}")
    return decimals


def _locale(name: Any) -> _Locale:
    style = _LOCALES.get(str(name).replace("-", "_").lower())
    if style is None:
        raise ValueError(f"numbers have no format for '{str(name)[:40]}': expected one of {', '.join(_LOCALES)}")
    return style


def _grouped(number: Decimal, decimals: int, style: _Locale) -> str:
    exact = Context(prec=5 * _DIGITS_MAX + 2, rounding=ROUND_HALF_EVEN)
    text = f"{number.quantize(Decimal(1).scaleb(-decimals), context=exact):,f}"
    return text.translate({ord(","): style.group, ord("."): style.point})


FILTERS: dict[str, Callable[..., Any]] = {
    "add": add,
    "divide": divide,
    "divisible": divisible,
    "format_currency": format_currency,
    "format_currency_value": format_currency,
    "format_number": format_number,
    "log": log,
    "multiply": multiply,
    "root": root,
}
