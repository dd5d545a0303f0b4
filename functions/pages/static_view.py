"""Answers with the console's files."""

from __future__ import annotations

from pathlib import PurePath

from functions.core.errors import NotFound
from functions.http.responses import HtmlPage
from functions.pages import static_files
from functions.pages.page import get
from functions.pages.visit import PageVisit

YEAR = 365 * 24 * 3600


def show_file(visit: PageVisit) -> HtmlPage:
    """A file never changes under its address, so any copy is right."""
    name = visit.path("file")
    try:
        text = static_files.text(name)
    except KeyError:
        raise NotFound(f"there is no file {name}") from None
    type_ = static_files.TYPES[PurePath(name).suffix]
    return HtmlPage(
        text,
        {
            "content-type": f"{type_};charset=utf-8",
            "cache-control": f"public, max-age={YEAR}, immutable",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'",
        },
        200,
    )


PAGES = (get(f"{static_files.PATH}/{{hash}}/{{file}}", show_file, public=True),)
