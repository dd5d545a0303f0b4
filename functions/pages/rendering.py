"""Templates of the console → HTML: the environment and its filters."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from functions.core import timestamps, zones
from functions.http.html import environment
from functions.pages import static_files

_MOMENT = "d MMM y, HH:mm"
_NOTHING = Markup("\N{EN DASH}")


def render(template: str, language: str, zone: str, **values: Any) -> str:
    return _environment(language).get_template(template).render({**values, "zone": zone})


@cache
def _environment(language: str) -> Environment:
    jinja = environment(language)
    jinja.globals |= {"static": static_files.url}
    jinja.filters |= {
        "moment": _moment,
        "day": _day,
        "clock": _clock,
        "number": _number(language),
        "percent": _percent(language),
        "dollars": _dollars(language),
    }
    return jinja


@pass_context
def _moment(context: Context, value: str | float | None) -> Markup:
    """`2026-11-29T12:00:00.000Z` → a time element in the viewer's zone and language."""
    return _time(context, value, lambda at, locale: format_datetime(at, _MOMENT, locale=locale))


@pass_context
def _day(context: Context, value: str | float | None) -> Markup:
    return _time(context, value, lambda at, locale: format_date(at, "d MMM y", locale=locale))


@pass_context
def _clock(context: Context, value: str) -> str:
    """A clock's time is stored as if it were UTC."""
    at = datetime.fromtimestamp(timestamps.parse(value), UTC)
    return format_datetime(at, _MOMENT, locale=context["language"])


def _time(context: Context, value: str | float | None, written: Any) -> Markup:
    if not value:
        return _NOTHING
    seconds = timestamps.parse(value) if isinstance(value, str) else value
    at = zones.local(datetime.fromtimestamp(seconds, UTC), ZoneInfo(context["zone"]))
    text = written(at, context["language"])
    return Markup('<time datetime="{}" title="{} {}">{}</time>').format(
        timestamps.iso(seconds), timestamps.iso(seconds), context["zone"], text
    )


def _number(language: str) -> Any:
    return lambda value: format_decimal(value, locale=language)


def _dollars(language: str) -> Any:
    """Returns the filter of AWS's prices."""
    return lambda value: format_currency(value, "USD", locale=language)


def _percent(language: str) -> Any:
    """Returns the filter of percentages: numbers from 0 to 100, as the statistics have them."""
    return lambda value: _NOTHING if value is None else format_percent(value / 100, "#,##0.#%", locale=language)
