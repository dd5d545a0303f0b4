"""The formats of every locale but American English, from CLDR by Babel. Only an email that names another locale imports it."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from functions.core.templates.hubl.values import text

if TYPE_CHECKING:
    from babel import Locale

_NAME = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,8}(?![A-Za-z0-9])")
_AMERICAN = frozenset({"", "en", "en_us", "us", "en_us_posix"})


def is_american(name: Any) -> bool:
    return text(name).replace("-", "_").lower() in _AMERICAN


def is_in_cldr(name: str) -> bool:
    """Whether CLDR has the locale's language."""
    return is_american(name) or _parsed(name) is not None


def _locale(name: str) -> Locale:
    """Returns Babel's locale, or the nearest one: `fr-DE` is French, and an unknown language is American English.

    A caller's locale may be any text. A mail in the wrong format is better than no mail.
    """
    from babel import Locale  # noqa: PLC0415 - a cold start does not need it

    return _parsed(name) or Locale("en", "US")


def _parsed(name: str) -> Locale | None:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - as above

    match = _NAME.match(name.strip())
    subtags = re.split("[-_]", match[0]) if match else []
    while subtags:
        try:
            return Locale.parse("_".join(subtags))
        except (UnknownLocaleError, ValueError):
            subtags.pop()
    return None


def number(value: Decimal, decimals: int, name: str) -> str:
    from babel.numbers import format_decimal  # noqa: PLC0415 - as above

    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return format_decimal(value, pattern, _locale(name), decimal_quantization=False)


def money(value: Decimal, currency: str, name: str) -> str:
    from babel.numbers import format_currency  # noqa: PLC0415 - as above

    return format_currency(value, currency, locale=_locale(name))


def currency_of(name: Any) -> str:
    """Returns the currency of a locale's country, or an empty text for American English and for a language without a country."""
    if is_american(name):
        return ""
    from babel.numbers import get_territory_currencies  # noqa: PLC0415 - as above

    territory = _locale(text(name)).territory
    return str(next(iter(get_territory_currencies(territory)), "")) if territory else ""


def date(at: datetime, pattern: str, name: str) -> str:
    """Formats a date with Unicode's pattern."""
    from babel.dates import format_datetime  # noqa: PLC0415 - as above

    return _usual_spaces(format_datetime(at, pattern, locale=_locale(name)))


def date_pattern(length: Any, name: str) -> str:
    from babel.dates import get_date_format  # noqa: PLC0415 - as above

    return str(get_date_format(length, _locale(name)).pattern)


def time_pattern(length: Any, name: str) -> str:
    from babel.dates import get_time_format  # noqa: PLC0415 - as above

    return str(get_time_format(length, _locale(name)).pattern)


def between(length: Any, name: str) -> str:
    """Returns the pattern that joins a time (0) and a date (1)."""
    from babel.dates import get_datetime_format  # noqa: PLC0415 - as above

    return str(get_datetime_format(length, locale=_locale(name)))


def _usual_spaces(written: str) -> str:
    """CLDR writes a narrow space before AM and PM since 2022. HubSpot's engine writes a usual one."""
    return written.replace("\N{NARROW NO-BREAK SPACE}", " ")
