"""HTML from templates/pages: the environment of every page for people, and the pages that need no signing in and load nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from functions.http.responses import HtmlPage
from functions.i18n import languages
from functions.i18n.catalogs import catalog

TEMPLATES = Path(__file__).parents[2] / "templates" / "pages"


def page(template: str, language: str, status: int = 200, **values: Any) -> HtmlPage:
    """Renders a whole document without scripts, images or other resources, in one of i18n's languages."""
    html = _environment(language).get_template(template).render(values)
    return HtmlPage(html, _headers(), status)


def environment(language: str) -> Environment:
    """Returns a new environment. Text of a template is English, and the language's catalogue translates it."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    jinja.install_gettext_translations(catalog(language), newstyle=True)  # type: ignore[attr-defined]  # of the extension
    jinja.globals |= {"language": language, "languages": languages.NAMES}
    return jinja


@cache
def _environment(language: str) -> Environment:
    jinja = environment(language)
    jinja.globals["style"] = Markup(_style())  # noqa: S704 - our own file
    return jinja


@cache
def _style() -> str:
    return (TEMPLATES / "static" / "style.css").read_text("utf-8")


@cache
def _headers() -> dict[str, str]:
    style_hash = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return {
        "content-type": "text/html;charset=utf-8",
        "content-security-policy": f"default-src 'none'; style-src 'sha256-{style_hash}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",  # the address of a page may be a secret: an unsubscribe link is
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
    }
