"""Chooses the language of a page for its reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

SOURCE = "en"  # the texts in the templates are in it
NAMES = {SOURCE: "English", "it": "Italiano"}  # each in its own language: its speakers look for it

_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


def negotiated(stated: Iterable[str], accept_language: str = "") -> str:
    """Returns the first language that we have: of those stated about the reader, then of the browser's Accept-Language header. `it-CH` is
    Italian. A default is not a stated language: it would override the browser's.
    """
    offered = (_offered(language) for language in (*stated, *accepted(accept_language)))
    return next(filter(None, offered), SOURCE)


def accepted(header: str) -> Iterator[str]:
    """Yields the languages of an Accept-Language header (RFC 9110, 12.5.4), the preferred first. Skips what is malformed."""
    ranges = [match for part in header.split(",") if (match := _RANGE.fullmatch(part))]
    by_quality = sorted(((float(match[2] or 1), match[1]) for match in ranges), key=lambda pair: -pair[0])
    yield from (language for quality, language in by_quality if quality)


def _offered(language: str) -> str | None:
    """Returns our language for a language tag, which may have a region or a script."""
    base = re.split("[-_]", language.strip().lower())[0]
    return base if base in NAMES else None
