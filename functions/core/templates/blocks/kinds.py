"""The elements of MJML as blocks: on which level each may be, and what it holds.

A level is a kind of place: the sections of a body, the columns of a section, the contents of a column, the rows of a table.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

TextForm = Literal["", "rich", "line"]  # rich: paragraphs, headings and lists; line: one paragraph

PARTS, SECTIONS, WRAPPED, COLUMNS, GROUPED = "parts", "sections", "wrapped", "columns", "grouped"
CONTENT, ICONS, TABLE, ROWS, CELLS, WORDS, NOTHING = "content", "icons", "table", "rows", "cells", "words", ""


class ElementKind(Struct, frozen=True):
    levels: frozenset[str]  # where it may be
    holds: str = NOTHING  # the level of its children
    text: TextForm = ""


def _kind(*levels: str, holds: str = NOTHING, text: TextForm = "") -> ElementKind:
    return ElementKind(frozenset(levels), holds, text)


ELEMENTS = {
    "mjml": _kind(NOTHING, holds=PARTS),
    "mj-head": _kind(PARTS),
    "mj-body": _kind(PARTS, holds=SECTIONS),
    "mj-wrapper": _kind(SECTIONS, holds=WRAPPED),
    "mj-section": _kind(SECTIONS, WRAPPED, holds=COLUMNS),
    "mj-hero": _kind(SECTIONS, WRAPPED, holds=CONTENT),
    "mj-group": _kind(COLUMNS, holds=GROUPED),
    "mj-column": _kind(COLUMNS, GROUPED, holds=CONTENT),
    "mj-raw": _kind(SECTIONS, WRAPPED, COLUMNS, GROUPED, CONTENT),
    "mj-text": _kind(CONTENT, text="rich"),
    "mj-button": _kind(CONTENT, text="line"),
    "mj-image": _kind(CONTENT),
    "mj-divider": _kind(CONTENT),
    "mj-spacer": _kind(CONTENT),
    "mj-social": _kind(CONTENT, holds=ICONS),
    "mj-social-element": _kind(ICONS, text="line"),
    "mj-table": _kind(CONTENT, holds=TABLE),
    "mj-navbar": _kind(CONTENT),
    "mj-accordion": _kind(CONTENT),
    "mj-carousel": _kind(CONTENT),
    **{name: _kind(TABLE, holds=ROWS) for name in ("thead", "tbody", "tfoot")},
    "tr": _kind(TABLE, ROWS, holds=CELLS),
    "td": _kind(CELLS, text="line"),
    "th": _kind(CELLS, text="line"),
}


def level_of(name: str) -> str:
    """Returns the level on which an element usually is."""
    levels = ELEMENTS[name].levels if name in ELEMENTS else frozenset[str]()
    return next((level for level in (SECTIONS, COLUMNS, CONTENT, ICONS, TABLE, CELLS) if level in levels), NOTHING)
