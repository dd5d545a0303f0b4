"""Splits HTML and MJML into tags, comments and texts, in one pass over any input. That is enough to check and to search a source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from functions.core.templates.source_map import MappedText

DEPTH_MAX = 150  # of nested elements: the compilers recurse, and would end the process
ELEMENTS_MAX = 10_000

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)  # HTML's elements without an end
_RAW = frozenset({"style", "script", "title", "textarea", "mj-style", "mj-title", "mj-preview"})  # hold only text
_CLOSED_BY_ITSELF = frozenset(
    ["li", "p", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "dd", "dt", "colgroup"]
)
_TAG = re.compile(r"""</?+([A-Za-z][\w:.-]*+)(?:[^<>"']|"[^"]*+"|'[^']*+')*+>""")
_NAME = re.compile(r"</?+([A-Za-z][\w:.-]*+)")
_ATTRIBUTE = re.compile(
    r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s"'<>]++)))?+"""
)

Kind = Literal["text", "comment", "open", "close", "empty", "stray"]


class MarkupSpan(Struct, frozen=True):
    kind: Kind  # stray: a `<` that begins no element
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
        end = text.find("-->", at)
        return MarkupSpan("comment", at, len(text) if end < 0 else end + 3)
    if text.startswith(("<!", "<?"), at):
        end = text.find(">", at)
        return MarkupSpan("comment", at, len(text) if end < 0 else end + 1)
    tag = _TAG.match(text, at)
    if tag is None:
        return MarkupSpan("stray", at, at + 1)
    name = tag[1].lower()
    kind: Kind = "close" if text.startswith("</", at) else "empty" if tag[0].endswith("/>") or name in VOID else "open"
    return MarkupSpan(kind, at, tag.end(), name)


def _end_of_raw(text: str, at: int, name: str) -> int:
    match = re.compile(rf"</{re.escape(name)}(?![\w:.-])", re.IGNORECASE).search(text, at)
    return match.start() if match else len(text)


def attributes(text: str, tag: MarkupSpan) -> dict[str, str | None]:
    """Returns the attributes by their name in lower case. Character references stay as written. Its value is None if it has none."""
    name = _NAME.match(text, tag.start)
    matches = _ATTRIBUTE.finditer(text, name.end() if name else tag.start, tag.end - 1)
    read: dict[str, str | None] = {}
    for match in matches:
        value = next((part for part in (match["double"], match["single"], match["bare"]) if part is not None), None)
        read.setdefault(match[1].lower(), value)
    return read


def check_size(source: MappedText) -> None:
    """Raises Rejected for too many elements, or too deep ones. An element that HTML closes by itself does not count as open."""
    depth = count = 0
    for span in spans(source.text):
        if span.kind not in {"open", "close", "empty"}:
            continue
        count += span.kind != "close"
        if span.name not in _CLOSED_BY_ITSELF:
            depth = max(0, depth + {"open": 1, "close": -1, "empty": 0}[span.kind])
        if depth > DEPTH_MAX:
            raise source.rejected(span.start, f"is nested in more than {DEPTH_MAX} elements")
        if count > ELEMENTS_MAX:
            raise source.rejected(span.start, f"exceeds the {ELEMENTS_MAX:,} elements that an email may have")
