"""Splits HTML and MJML into tags, comments and texts, in one pass over any input, as HTML5's tokenizer does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Literal

from msgspec import Struct

from functions.core.templates.source_map import MappedText

DEPTH_MAX = 150  # of nested elements: the compilers recurse, and would end the process
ELEMENTS_MAX = 10_000

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)  # HTML's elements without an end
_RAW = frozenset(
    [
        *["style", "script", "title", "textarea", "xmp", "iframe", "noembed", "noframes"],
        *["mj-style", "mj-title", "mj-preview"],
    ]
)  # hold only text
CLOSED_BY_ITSELF = frozenset(  # by HTML, at the latest with their parent
    ["li", "p", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "dd", "dt", "colgroup"]
)
_SPACE = r"[ \t\n\f\r]"
_VALUE = r"""(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^ \t\n\f\r"'>][^ \t\n\f\r>]*+)|(?=>))"""
_ATTRIBUTE = re.compile(rf"(?P<name>[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+)(?:{_SPACE}*+={_SPACE}*+{_VALUE}|(?!{_SPACE}*+=))")
_ANONYMOUS = re.sub(r"\?P<\w+>", "?:", _ATTRIBUTE.pattern)
_TAG = re.compile(rf"</?+(?P<name>[A-Za-z][^ \t\n\f\r/>]*+)(?:[ \t\n\f\r/]|{_ANONYMOUS})*+>")
# A tag that nothing ends matches too, with an empty `end`: else each `<a` in it would be read to the end of the text.
LINK = re.compile(rf"<a(?=[ \t\n\f\r/])(?:[ \t\n\f\r/]|{_ANONYMOUS})*+(?P<end>>?)", re.IGNORECASE)
_NAME = re.compile(r"</?+([A-Za-z][^ \t\n\f\r/>]*+)")
_REFERENCE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+;?|\w+;|\w+(?![\w=]))")
_COMMENT_END = re.compile(r"--!?>")

Kind = Literal["text", "comment", "open", "close", "empty", "orphan"]


class MarkupSpan(Struct, frozen=True):
    kind: Kind  # orphan: a `<` that begins no element
    start: int
    end: int
    name: str = ""  # of the element, in lower case


def spans(text: str) -> Iterator[MarkupSpan]:
    """Yields the spans in their order, without gaps. The content of a style, a script or a title is text."""
    at, raw = 0, ""
    while at < len(text):
        if raw:
            end = _end_of_raw(text, at, raw)
            if end > at:
                yield MarkupSpan("text", at, end)
            at, raw = end, ""
            continue
        span = _next(text, at)
        yield span
        at, raw = span.end, span.name if span.kind == "open" and span.name in _RAW else ""


def _next(text: str, at: int) -> MarkupSpan:
    if text[at] != "<":
        end = text.find("<", at)
        return MarkupSpan("text", at, len(text) if end < 0 else end)
    if text.startswith("<!--", at):
        return MarkupSpan("comment", at, _end_of_comment(text, at))
    if text.startswith(("<!", "<?"), at):
        end = text.find(">", at)
        return MarkupSpan("comment", at, len(text) if end < 0 else end + 1)
    tag = _TAG.match(text, at)
    if tag is None:
        # A tag without an end takes the rest: browsers drop it.
        return MarkupSpan("orphan", at, len(text) if _NAME.match(text, at) else at + 1)
    name = tag["name"].lower()
    kind: Kind = "close" if text.startswith("</", at) else "empty" if tag[0].endswith("/>") or name in VOID else "open"
    return MarkupSpan(kind, at, tag.end(), name)


def _end_of_comment(text: str, at: int) -> int:
    for empty in ("<!-->", "<!--->"):
        if text.startswith(empty, at):
            return at + len(empty)
    end = _COMMENT_END.search(text, at + len("<!--"))
    return end.end() if end else len(text)


def _end_of_raw(text: str, at: int, name: str) -> int:
    match = re.compile(rf"</{re.escape(name)}(?![^ \t\n\f\r/>])", re.IGNORECASE).search(text, at)
    return match.start() if match else len(text)


class TagAttribute(Struct, frozen=True):
    """An attribute at its offsets. Character references stay as written."""

    name: str  # in lower case
    value: str | None
    start: int
    end: int
    value_start: int  # behind the quote; of no value: the attribute's end
    quote: str


def attribute_list(text: str, tag: MarkupSpan) -> list[TagAttribute]:
    """Returns the attributes in their order, doubles included."""
    name = _NAME.match(text, tag.start)
    return [_attribute(match) for match in _ATTRIBUTE.finditer(text, name.end() if name else tag.start, tag.end)]


def _attribute(match: re.Match[str]) -> TagAttribute:
    group = next((name for name in ("double", "single", "bare") if match[name] is not None), None)
    quote = {"double": '"', "single": "'"}.get(group or "", "")
    return TagAttribute(
        match["name"].lower(),
        match[group] if group else None,
        match.start(),
        match.end(),
        match.start(group) if group else match.end(),
        quote,
    )


def attributes(text: str, tag: MarkupSpan) -> dict[str, str | None]:
    """Returns the attributes by their name in lower case, the first of doubles. Its value is None if it has none."""
    read: dict[str, str | None] = {}
    for attribute in attribute_list(text, tag):
        read.setdefault(attribute.name, attribute.value)
    return read


def unescaped_value(value: str) -> str:
    """Returns an attribute's value as HTML reads it: `&region=` is no character there, and in a text it begins with one."""
    return _REFERENCE.sub(lambda match: _character(match[0]), value)


def _character(reference: str) -> str:
    is_one = reference.startswith("&#") or reference[1:] in html5
    return html.unescape(reference) if is_one else reference


def check_size(source: MappedText, mask: str) -> None:
    """Raises Rejected for too many elements, or too deep ones. `mask` has the source's offsets. An element that HTML closes by itself does not count as open."""
    depth = count = 0
    for span in spans(mask):
        if span.kind not in {"open", "close", "empty"}:
            continue
        count += span.kind != "close"
        if span.name not in CLOSED_BY_ITSELF:
            depth = max(0, depth + {"open": 1, "close": -1, "empty": 0}[span.kind])
        if depth > DEPTH_MAX:
            raise source.rejected(span.start, f"is nested in more than {DEPTH_MAX} elements")
        if count > ELEMENTS_MAX:
            raise source.rejected(span.start, f"exceeds the {ELEMENTS_MAX:,} elements that an email may have")
