"""Compiles MJML to HTML, after a check of MJML's own rules: the compiler ignores unknown elements, and rarely reports where it stops.

The compiler reads XML and writes attributes in Rust's notation. So a placeholder replaces everything that it must not change: Jinja2, the
HTML inside elements, and attributes with characters that it would escape. The text itself comes back last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import mrml
from msgspec import Struct, field

from functions.core.errors import FieldError, Rejected
from functions.core.templates.html import click_tracking
from functions.core.templates.markup import CLOSED_BY_ITSELF, MarkupSpan, attribute_list, check_size, spans
from functions.core.templates.reading import Piece, pieces
from functions.core.templates.source_map import MappedText, Segment

_HEAD = "mjml mj-head mj-attributes mj-all mj-class mj-breakpoint mj-font mj-preview mj-style mj-title"
_BODY = """
    mj-accordion mj-accordion-element mj-accordion-text mj-accordion-title mj-body mj-button mj-carousel mj-carousel-image mj-column
    mj-divider mj-group mj-hero mj-image mj-navbar mj-navbar-link mj-raw mj-section mj-social mj-social-element mj-spacer mj-table
    mj-text mj-wrapper
"""
ELEMENTS = frozenset([*_HEAD.split(), *_BODY.split()])
_TEXTLESS = frozenset({"mjml", "mj-head", "mj-attributes"})


_CONTENT = frozenset(  # hold HTML
    [
        "mj-accordion-text",
        "mj-accordion-title",
        "mj-button",
        "mj-navbar-link",
        "mj-raw",
        "mj-social-element",
        "mj-table",
        "mj-text",
    ]
)
_PLACEHOLDER = re.compile(r"jinja-(\d+)-piece")
_POSITION = re.compile(r" in root template(?: at position (\d+):\d+)?")
_ESCAPED = re.compile(r"[^\x20-\x7e]|\\\\")  # what the compiler would write as Rust does


def to_html(source: MappedText) -> MappedText:
    """Raises Rejected if the source is not well formed, or has Jinja2 in a place where it would be lost."""
    masked = _masked(source)
    check_size(masked.text, masked.text.text)
    check(masked.text)
    inner = _Opaque(masked.text.text, list(masked.texts))
    opaque = click_tracking.marked(inner.run())
    try:
        html = str(mrml.to_html(opaque).content)
    except OSError as error:
        raise _rejected(masked.text, error) from error
    _check_complete(html, masked, inner)
    return MappedText.of("", click_tracking.unmarked(_restored(html, inner.texts)))


def _rejected(source: MappedText, error: OSError) -> Rejected:
    match = _POSITION.search(str(error))
    octets = int(match[1]) if match and match[1] else 0
    offset = len(source.text.encode()[:octets].decode(errors="ignore"))
    return source.rejected(offset, f"is not MJML: {_POSITION.sub('', str(error))}")


def _restored(text: str, texts: list[str]) -> str:
    return _PLACEHOLDER.sub(lambda match: texts[int(match[1])], text)


class _Masked(Struct, frozen=True):
    text: MappedText
    source: MappedText
    pieces: list[Piece]
    texts: list[str]  # of the pieces


def _masked(source: MappedText) -> _Masked:
    if taken := _PLACEHOLDER.search(source.text):
        raise source.rejected(
            taken.start(), f"{taken[0]!r} is reserved as a placeholder for Jinja2: write it another way"
        )
    jinja, texts, at = pieces(source), list[MappedText](), 0
    for number, piece in enumerate(jinja):
        origin = source.cut(piece.start, piece.end).parts[0]
        mask = Segment(f"jinja-{number}-piece", origin.source, origin.offset)
        texts += [source.cut(at, piece.start), MappedText((mask,))]
        at = piece.end
    rest = source.cut(at, len(source.text))
    text = MappedText.joined([*texts, rest]) if source.text else source
    return _Masked(text, source, jinja, [source.text[piece.start : piece.end] for piece in jinja])


class _Opaque(Struct):
    """Replaces the HTML inside elements, and attributes that the compiler would change, by further placeholders."""

    mjml: str
    texts: list[str]
    within: dict[int, list[int]] = field(default_factory=dict)  # the placeholders in a stored text

    def run(self) -> str:
        parts, at = list[str](), 0
        for start, end, text in self._replacements():
            parts += [self.mjml[at:start], text]
            at = end
        return "".join([*parts, self.mjml[at:]])

    def _replacements(self) -> Iterator[tuple[int, int, str]]:
        name, depth, start = "", 0, 0
        for span in spans(self.mjml):
            if name:
                depth += {"open": 1, "close": -1}.get(span.kind, 0) if span.name == name else 0
                if not depth:
                    yield start, span.start, self._stored(self.mjml[start : span.start])
                    name = ""
            elif span.kind in {"open", "empty"}:
                yield from self._attributes(span)
                if span.kind == "open" and span.name in _CONTENT:
                    name, depth, start = span.name, 1, span.end

    def _attributes(self, tag: MarkupSpan) -> Iterator[tuple[int, int, str]]:
        for attribute in attribute_list(self.mjml, tag):
            value, end = attribute.value or "", attribute.end
            if not attribute.quote:
                continue
            if tag.name == "mj-style" and attribute.name == "inline":
                yield attribute.start, end, ""  # the inliner decides
            elif _ESCAPED.search(value):
                yield attribute.value_start, end - 1, self._stored(value.replace('"', "&quot;"))
            elif '"' in value:
                yield attribute.value_start, end - 1, value.replace('"', "&quot;" if "'" in value else "'")

    def _stored(self, text: str) -> str:
        if not text.strip():
            return text
        self.within[len(self.texts)] = _numbers(text)
        self.texts.append(_restored(text, self.texts))
        return f"jinja-{len(self.texts) - 1}-piece"


def _numbers(text: str) -> list[int]:
    return [int(number) for number in _PLACEHOLDER.findall(text)]


def _check_complete(html: str, masked: _Masked, inner: _Opaque) -> None:
    present, left = set[int](), _numbers(html)
    while left:
        number = left.pop()
        present.add(number)
        left += inner.within.get(number, ())
    for number, piece in enumerate(masked.pieces):
        if number not in present and piece.kind != "comment_begin":
            raise masked.source.rejected(
                piece.start, "is in a place where the compiler drops text: put it between elements, or in <mj-raw>"
            )


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
        if span.kind == "orphan":
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
    while opened and opened[-1].name != span.name and opened[-1].name in CLOSED_BY_ITSELF:
        opened.pop()
    if not opened:
        raise source.rejected(span.start, f"</{span.name}> closes no open element")
    if opened[-1].name != span.name:
        raise source.rejected(span.start, f"</{span.name}> is here, but </{opened[-1].name}> is expected")
