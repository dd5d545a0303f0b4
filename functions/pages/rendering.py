"""Templates of the console → HTML: the environment, its filters, and the policy for the browser."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from functions.core import timestamps
from functions.http.html import environment
from functions.pages import static_files

# A page that may do more names it: `headers(script="'nonce-...'")`.
_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_NOTHING = Markup("\N{EN DASH}")
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; font-src https:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_COMMON = {
    "content-type": "text/html;charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def render(template: str, language: str, zone: str, **values: Any) -> str:
    return _environment(language).get_template(template).render({**values, "zone": zone})


def headers(**added: str) -> dict[str, str]:
    """Returns the headers of a page. `added` names more sources of a directive: `script_src="'nonce-...'"`."""
    policy = {**_POLICY}
    for name, source in added.items():
        directive = name.replace("_", "-")
        policy[directive] = f"{policy.get(directive, '')} {source}".strip()
    text = "; ".join(f"{name} {sources}" for name, sources in policy.items())
    return {**_COMMON, "content-security-policy": text, "x-frame-options": "DENY"}


def mail_headers() -> dict[str, str]:
    """Returns the headers of a mail's own HTML, for a sandboxed frame: its styles and pictures, and no script or form."""
    return {**_COMMON, "content-security-policy": _MAIL_POLICY, "x-frame-options": "SAMEORIGIN"}


def json_headers() -> dict[str, str]:
    """Returns the headers of an answer to a script of ours."""
    policy = "default-src 'none'; frame-ancestors 'none'"
    return {**_COMMON, "content-type": "application/json;charset=utf-8", "content-security-policy": policy}


@cache
def _environment(language: str) -> Environment:
    jinja = environment(language)
    jinja.globals |= {"static": static_files.url}
    jinja.filters |= {"moment": _moment, "day": _day, "number": _number(language), "percent": _percent(language)}
    return jinja


@pass_context
def _moment(context: Context, value: str | float | None) -> Markup:
    """`2026-11-29T12:00:00.000Z` → a time element in the viewer's zone and language."""
    return _time(context, value, lambda at, locale: format_datetime(at, "d MMM y, HH:mm", locale=locale))


@pass_context
def _day(context: Context, value: str | float | None) -> Markup:
    return _time(context, value, lambda at, locale: format_date(at, "d MMM y", locale=locale))


def _time(context: Context, value: str | float | None, written: Any) -> Markup:
    if not value:
        return _NOTHING
    seconds = timestamps.parse(value) if isinstance(value, str) else value
    at = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(context["zone"]))
    text = written(at, context["language"])
    return Markup('<time datetime="{}" title="{} {}">{}</time>').format(
        timestamps.iso(seconds), timestamps.iso(seconds), context["zone"], text
    )


def _number(language: str) -> Any:
    return lambda value: format_decimal(value, locale=language)


def _percent(language: str) -> Any:
    """Returns the filter of percentages: numbers from 0 to 100, as the statistics have them."""
    return lambda value: _NOTHING if value is None else format_percent(value / 100, "#,##0.#%", locale=language)
