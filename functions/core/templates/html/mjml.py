"""Checks MJML's own rules before it is compiled: the compiler ignores unknown elements, and rarely reports where it stops."""

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
    """Raises Rejected with every unknown element, or else with the first place that is not well formed."""
    markup = list(spans(source.text))
    unknown = list(_unknown(source, markup))
    if unknown:
        raise Rejected(unknown)
    _well_formed(source, markup)


def _unknown(source: MappedText, markup: list[MarkupSpan]) -> Iterator[FieldError]:
    for span in markup:
        if span.name == "mj-include":
            yield source.error(span.start, 'mj-include would read a file: write {% include "name" %} for a partial')
        elif span.name.startswith("mj-") and span.name not in ELEMENTS and span.kind != "close":
            yield source.error(span.start, f"MJML has no element <{span.name}>")


def _well_formed(source: MappedText, markup: list[MarkupSpan]) -> None:
    opened: list[MarkupSpan] = []
    roots = 0
    for span in markup:
        if span.kind == "stray":
            raise source.rejected(span.start, "'<' begins no element: write &lt; for the character itself")
        if span.kind == "text":
            _check_text(source, span, opened)
        elif span.kind in {"open", "empty"} and not opened:
            roots += 1
            if span.name != "mjml" or roots > 1:
                raise source.rejected(
                    span.start, f"<{span.name}> is outside <mjml>: an MJML document is one <mjml> element"
                )
        if span.kind == "open":
            opened.append(span)
        elif span.kind == "close":
            _check_close(source, span, opened)
            opened.pop()
    if opened:
        raise source.rejected(opened[-1].start, f"<{opened[-1].name}> is not closed")
    if not roots:
        raise source.rejected(0, "is not MJML: expected <mjml><mj-body>...</mj-body></mjml>")


def _check_text(source: MappedText, span: MarkupSpan, opened: list[MarkupSpan]) -> None:
    word = re.compile(r"\S").search(source.text, span.start, span.end)
    if word and (not opened or opened[-1].name in _TEXTLESS):
        inside = f"in <{opened[-1].name}>" if opened else "outside <mjml>"
        raise source.rejected(word.start(), f"text is not allowed {inside}")


def _check_close(source: MappedText, span: MarkupSpan, opened: list[MarkupSpan]) -> None:
    if not opened:
        raise source.rejected(span.start, f"</{span.name}> closes no open element")
    if opened[-1].name != span.name:
        raise source.rejected(span.start, f"</{span.name}> is here, but </{opened[-1].name}> is expected")
