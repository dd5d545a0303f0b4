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
from functions.core.templates.html.masking import MARKS, Masked
from functions.core.templates.markup import CLOSED_BY_ITSELF, MarkupSpan, attribute_list, attributes, check_size, spans
from functions.core.templates.mjml import attribute_table, effects, html_attributes
from functions.core.templates.reading import Piece, pieces
from functions.core.templates.source_map import MappedText, Segment

_HEAD = """
    mjml mj-head mj-attributes mj-all mj-class mj-breakpoint mj-font mj-html-attribute mj-html-attributes mj-preview mj-selector
    mj-style mj-title
"""
_BODY = """
    mj-accordion mj-accordion-element mj-accordion-text mj-accordion-title mj-body mj-button mj-carousel mj-carousel-image mj-column
    mj-divider mj-group mj-hero mj-image mj-navbar mj-navbar-link mj-raw mj-section mj-social mj-social-element mj-spacer mj-table
    mj-text mj-wrapper
"""
ELEMENTS = frozenset([*_HEAD.split(), *_BODY.split()])
_TEXTLESS = frozenset({"mjml", "mj-head", "mj-attributes", "mj-html-attributes", "mj-selector"})


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
_MESSAGE_MAX = 160  # characters
_PLACEHOLDER = re.compile(r"jinja-(\d+)-piece")
_ROOT = re.compile(r"<mjml(?![\w-])")
_ROOT_END = "</mjml>"
_DECLARATION = re.compile(r"\ufeff|<\?xml[^>]*\?>")
_POSITION = re.compile(r" in root template(?: at position (\d+):\d+)?")
_ESCAPED = re.compile(r"[^\x20-\x7e]|\\")  # what the compiler would write as Rust does


def to_html(source: MappedText, *, right_to_left: bool = False) -> MappedText:
    """`right_to_left` sets the direction of the document and of its parts, if they have none. Raises Rejected if the source is not well formed, or has Jinja2 in a place where it would be lost."""
    before, document, after = _framed(source)
    masked = _masked(document)
    check_size(masked.text, masked.text.text)
    check(masked.text)
    inner = _Opaque(masked.text.text, list(masked.texts))
    marked = effects.marked(click_tracking.marked(inner.run()), right_to_left=right_to_left)
    try:
        html = effects.completed(str(mrml.to_html(marked.mjml).content), marked)
    except OSError as error:
        raise _rejected(masked.text, error) from error
    _check_complete(html, masked, inner)
    html = html.replace("<!doctype html>", "<!DOCTYPE html>", 1)  # as HTML writes it
    html = click_tracking.unmarked(_restored(html, inner.texts))
    whole = MappedText.of("", f"{before}{inner.file_start}{html}{after}")
    rules = html_attributes.read(source)
    return html_attributes.applied(whole, rules, source) if rules else whole


def warnings(source: MappedText) -> Iterator[FieldError]:
    """Yields each attribute that MJML does not have, or that has no effect here, and images without a text."""
    mask = Masked.of(source).mask
    defaults = effects.Defaults.read(mask)
    for tag in spans(mask):
        if tag.kind not in {"open", "empty"}:
            continue
        for attribute in attribute_list(mask, tag):
            if reason := _attribute_warning(tag.name, attribute.name):
                yield source.error(attribute.start, reason[1], reason[0])
        if tag.name == "mj-image" and "alt" not in defaults.complete(tag.name, effects.own(mask, tag)):
            src = next((one for one in attribute_list(mask, tag) if one.name == "src"), None)
            address = source.text[src.value_start : src.end - 1] if src else ""
            message = f"has an image without alt, which shows nothing if images are off: {address}"
            yield source.error(src.value_start if src else tag.start, message[:_MESSAGE_MAX], "NO_ALT")


def _attribute_warning(element: str, attribute: str) -> tuple[str, str] | None:
    if attribute.startswith("data-") or any(mark in attribute for mark in MARKS):
        return None
    if attribute_table.without_effect(element, attribute):
        return "NO_EFFECT", f"has {attribute} on <{element}>, which has no effect here"
    if attribute_table.unknown(element, attribute):
        return "UNKNOWN_ATTRIBUTE", f"has {attribute} on <{element}>, which MJML does not have"
    return None


def _framed(source: MappedText) -> tuple[str, MappedText, str]:
    """Splits off what an author may write around <mjml>: a byte order mark, XML's declaration, and statements of Jinja2."""
    masked = Masked.of(source)
    start = _ROOT.search(masked.mask)
    end = masked.mask.rfind(_ROOT_END) + len(_ROOT_END)
    if (
        start is None
        or end < start.start()
        or not all(_is_frame(masked, *part) for part in ((0, start.start()), (end, None)))
    ):
        return "", source, ""
    before = _DECLARATION.sub("", source.text[: start.start()]).strip()
    return before, source.cut(start.start(), end), source.text[end:].strip()


def _is_frame(masked: Masked, start: int, end: int | None) -> bool:
    """Whether a part has no text but Jinja2's: that in blocks which define something is Jinja2's, too."""
    left, at, depth = list[str](), start, 0
    stop = len(masked.mask) if end is None else end
    for number in masked.between(start, stop):
        left.append("" if depth else masked.mask[at : masked.pieces[number].start])
        depth += {"opens": 1, "closes": -1}.get(masked.roles[number], 0)
        at = masked.pieces[number].end
        if masked.pieces[number].kind == "variable_begin" and not depth:
            return False
    left.append(masked.mask[at:stop])
    return not depth and not _DECLARATION.sub("", "".join(left)).strip()


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
    used: list[int] = field(default_factory=list)  # placeholders outside the compiler's HTML
    file_start: str = ""  # the HTML before the document

    def run(self) -> str:
        parts, at = list[str](), 0
        for start, end, text in self._replacements():
            parts += [self.mjml[at:start], text]
            at = end
        return "".join([*parts, self.mjml[at:]])

    def _replacements(self) -> Iterator[tuple[int, int, str]]:
        opens, depth = None, 0
        for span in spans(self.mjml):
            if opens and opens.name == html_attributes.BLOCK:
                if span.name == opens.name and span.kind == "close":
                    self.used += _numbers(self.mjml[opens.start : span.end])
                    yield opens.start, span.end, ""
                    opens = None
            elif opens:
                depth += {"open": 1, "close": -1}.get(span.kind, 0) if span.name == opens.name else 0
                if not depth:
                    yield self._content(opens, span)
                    opens = None
            elif span.kind in {"open", "empty"}:
                if not _is_file_start(self.mjml, span):
                    yield from self._attributes(span)
                if span.kind == "open" and span.name in _CONTENT | {html_attributes.BLOCK}:
                    opens, depth = span, 1

    def _content(self, opens: MarkupSpan, closes: MarkupSpan) -> tuple[int, int, str]:
        html = self.mjml[opens.end : closes.start]
        if not _is_file_start(self.mjml, opens):
            return opens.end, closes.start, self._stored(html)
        self.file_start += _restored(html, self.texts)
        self.used += _numbers(html)
        return opens.start, closes.end, ""

    def _attributes(self, tag: MarkupSpan) -> Iterator[tuple[int, int, str]]:
        for attribute in attribute_list(self.mjml, tag):
            value, end = attribute.value or "", attribute.end
            if not attribute.quote:
                continue
            if tag.name == "mj-raw" and attribute.name == "position":
                yield attribute.start, end, ""
            elif tag.name == "mj-style" and attribute.name == "inline":
                yield attribute.start, end, ""  # the inliner decides
            elif _ESCAPED.search(value):
                yield attribute.value_start, end - 1, self._stored(value.replace('"', "&quot;"))
            elif '"' in value:
                yield attribute.value_start - 1, end, '"' + value.replace('"', "'") + '"'

    def _stored(self, text: str) -> str:
        if not text.strip():
            return text
        self.within[len(self.texts)] = _numbers(text)
        self.texts.append(_restored(text, self.texts))
        return f"jinja-{len(self.texts) - 1}-piece"


def _is_file_start(mjml: str, tag: MarkupSpan) -> bool:
    return tag.name == "mj-raw" and attributes(mjml, tag).get("position") == "file-start"


def _numbers(text: str) -> list[int]:
    return [int(number) for number in _PLACEHOLDER.findall(text)]


def _check_complete(html: str, masked: _Masked, inner: _Opaque) -> None:
    present, left = set[int](), [*_numbers(html), *inner.used]
    while left:
        number = left.pop()
        present.add(number)
        left += inner.within.get(number, ())
    unused = _unused_defaults(masked.text.text)
    for number, piece in enumerate(masked.pieces):
        if number not in present | unused and piece.kind != "comment_begin":
            raise masked.source.rejected(piece.start, _lost(masked, number))


def _unused_defaults(mjml: str) -> set[int]:
    """Returns the pieces of Jinja2 in default attributes that no element of the document takes."""
    defaults, within = effects.Defaults.read(mjml), False
    present, taken = set[int](), set[int]()
    for tag in spans(mjml):
        if tag.name == "mj-attributes":
            within = tag.kind == "open"
        elif within:
            present.update(_numbers(mjml[tag.start : tag.end]))
        elif tag.kind in {"open", "empty"} and (names := attribute_table.ATTRIBUTES.get(tag.name)):
            values = defaults.complete(tag.name, effects.own(mjml, tag))
            taken.update(number for name in names & values.keys() for number in _numbers(values[name]))
    return present - taken


def _lost(masked: _Masked, number: int) -> str:
    """Returns why the compiler dropped a piece of Jinja2."""
    text = masked.text.text
    at = text.find(f"jinja-{number}-piece")
    tag = next((span for span in spans(text) if span.start <= at < span.end), None)
    if tag is None or not tag.name.startswith("mj-"):
        return "is in a place where the compiler drops text: put it between elements, or in <mj-raw>"
    for attribute in attribute_list(text, tag):
        if attribute.value_start <= at < attribute.end:
            return f"is in the attribute {attribute.name} of <{tag.name}>, which the compiler drops or reads as a number: write it without Jinja2"
    return f"is among the attributes of <{tag.name}>, where the compiler drops text: put it into a value, or around the element"


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
        elif span.name.startswith("mj-") and span.kind != "close" and _is_glued(source.text, span):
            yield source.error(
                span.start, f"<{span.name}> has Jinja2 among its attributes: put it into a value, or around the element"
            )
        elif span.name.startswith("mj-") and span.name not in ELEMENTS and span.kind != "close":
            yield source.error(span.start, f"MJML has no element <{span.name}>")


def _is_glued(text: str, tag: MarkupSpan) -> bool:
    """Whether Jinja2 is next to an attribute's name: `{% if x %}color="red"{% endif %}`."""
    return any(_PLACEHOLDER.search(one.name) and one.value is not None for one in attribute_list(text, tag))


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
