"""Templates of the console → HTML: the environment and its filters."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from functions.core import timestamps
from functions.http.html import environment
from functions.pages import formats, static_files

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
        "clock": lambda text: formats.clock(text, language),
        "calendar_day": lambda text: formats.calendar_day(text, language),
        "number": lambda value: formats.number(value, language),
        "percent": lambda value: _NOTHING if value is None else formats.percent(value, language),
        "dollars": lambda value: formats.dollars(value, language),
    }
    return jinja


@pass_context
def _moment(context: Context, value: str | float | None) -> Markup:
    """`2026-11-29T12:00:00.000Z` → a time element in the viewer's zone and language."""
    return _time(context, value, formats.moment)


@pass_context
def _day(context: Context, value: str | float | None) -> Markup:
    return _time(context, value, formats.day)


def _time(context: Context, value: str | float | None, written: Callable[[float, str, str], str]) -> Markup:
    if not value:
        return _NOTHING
    seconds = timestamps.parse(value) if isinstance(value, str) else value
    text = written(seconds, context["language"], context["zone"])
    return Markup('<time datetime="{}" title="{} {}">{}</time>').format(
        timestamps.iso(seconds), timestamps.iso(seconds), context["zone"], text
    )
