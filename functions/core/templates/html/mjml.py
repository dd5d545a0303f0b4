"""MJML's own rules, checked before it is compiled: the compiler passes over elements that it does not know, and seldom says where it stops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from functions.core.errors import FieldError, Rejected
from functions.core.templates.html.markup import MarkupSpan, spans
from functions.core.templates.source_map import MappedText

_HEAD = "mjml mj-head mj-attributes mj-all mj-class mj-breakpoint mj-font mj-preview mj-style mj-title"
_BODY = """
    mj-accordion mj-accordion-element mj-accordion-text mj-accordion-title mj-body mj-button mj-carousel mj-carousel-image mj-column
    mj-divider mj-group mj-hero mj-image mj-navbar mj-navbar-link mj-raw mj-section mj-social mj-social-element mj-spacer mj-table
    mj-text mj-wrapper
"""
ELEMENTS = frozenset([*_HEAD.split(), *_BODY.split()])
_TEXTLESS = frozenset({"mjml", "mj-head", "mj-attributes"})


def check(source: MappedText) -> None:
    """Raises Rejected: with every unknown element, or else where it is not well formed."""
    found = list(spans(source.text))
    unknown = list(_unknown(source, found))
    if unknown:
        raise Rejected(unknown)
    _well_formed(source, found)


def _unknown(source: MappedText, found: list[MarkupSpan]) -> Iterator[FieldError]:
    for span in found:
        if span.name == "mj-include":
            yield source.fault(span.start, 'mj-include would read a file: write {% include "name" %} for a partial')
        elif span.name.startswith("mj-") and span.name not in ELEMENTS and span.kind != "close":
            yield source.fault(span.start, f"there is no element <{span.name}> in MJML")


def _well_formed(source: MappedText, found: list[MarkupSpan]) -> None:
    opened: list[MarkupSpan] = []
    roots = 0
    for span in found:
        if span.kind == "stray":
            raise source.rejected(
                span.start, "'<' begins no element that ends here: write &lt; for the character itself"
            )
        if span.kind == "text":
            _check_text(source, span, opened)
        elif span.kind in {"open", "empty"} and not opened:
            roots += 1
            if span.name != "mjml" or roots > 1:
                raise source.rejected(span.start, f"<{span.name}> is outside: an MJML document is one <mjml> element")
        if span.kind == "open":
            opened.append(span)
        elif span.kind == "close":
            _check_close(source, span, opened)
            opened.pop()
    if opened:
        raise source.rejected(opened[-1].start, f"<{opened[-1].name}> is not closed")
    if not roots:
        raise source.rejected(0, "is no MJML: expected <mjml><mj-body>...</mj-body></mjml>")


def _check_text(source: MappedText, span: MarkupSpan, opened: list[MarkupSpan]) -> None:
    word = re.compile(r"\S").search(source.text, span.start, span.end)
    if word and (not opened or opened[-1].name in _TEXTLESS):
        inside = f"in <{opened[-1].name}>" if opened else "outside <mjml>"
        raise source.rejected(word.start(), f"no text may stand {inside}")


def _check_close(source: MappedText, span: MarkupSpan, opened: list[MarkupSpan]) -> None:
    if not opened:
        raise source.rejected(span.start, f"</{span.name}> closes what is not open")
    if opened[-1].name != span.name:
        raise source.rejected(span.start, f"</{span.name}> stands where </{opened[-1].name}> is expected")
