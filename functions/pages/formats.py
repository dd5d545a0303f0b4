"""Numbers and times as a person reads them: in their language and in their time zone. Every page and every message has them from here.

Only the sentences of automations write their own: functions/core/automations/words.py.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from functions.core import timestamps, zones

_MOMENT, _DAY, _PERCENT = "d MMM y, HH:mm", "d MMM y", "#,##0.#%"
# Values as steps write them into their messages.
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_CALENDAR_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ZONED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) (\S+)")  # functions/core/automations/waits.py


def number(value: float, language: str) -> str:
    return format_decimal(value, locale=language)


def percent(value: float, language: str) -> str:
    """`value`: from 0 to 100, as the statistics have it."""
    return format_percent(value / 100, _PERCENT, locale=language)


def dollars(value: float, language: str) -> str:
    """AWS's prices are in US dollars."""
    return format_currency(value, "USD", locale=language)


def moment(seconds: float, language: str, zone: str) -> str:
    return format_datetime(_local(seconds, zone), _MOMENT, locale=language)


def zoned(seconds: float, language: str, zone: str) -> str:
    """A time in a sentence has its zone: '29 Nov 2026, 13:00 Europe/Rome'."""
    return f"{moment(seconds, language, zone)} {zone}"


def clock(text: str, language: str) -> str:
    """A clock's time is stored as if it were UTC."""
    return moment(timestamps.parse(text), language, "UTC")


def day(seconds: float, language: str, zone: str) -> str:
    return format_date(_local(seconds, zone), _DAY, locale=language)


def calendar_day(text: str, language: str) -> str:
    """'2026-11-29' is the same day in every zone. Raises ValueError."""
    return format_date(date.fromisoformat(text), _DAY, locale=language)


def in_message(value: str, language: str, zone: str) -> str:
    """Returns a value of a step's message: a number, or a time with its zone. Any other text stays as it is."""
    try:
        if _NUMBER.fullmatch(value):
            return number(int(value.replace(",", "")), language)
        if _INSTANT.fullmatch(value):
            return zoned(timestamps.parse(value), language, zone)
        if _CALENDAR_DAY.fullmatch(value):
            return calendar_day(value, language)
        if match := _ZONED.fullmatch(value):
            return f"{format_datetime(datetime.fromisoformat(match[1]), _MOMENT, locale=language)} {match[2]}"
    except ValueError:  # of no calendar
        return value
    return value


def _local(seconds: float, zone: str) -> datetime:
    return zones.local(datetime.fromtimestamp(seconds, UTC), ZoneInfo(zone))
