"""Derives the text part from the HTML if the author wrote none: its texts in their order, with its links, lists and tables.

`html2text` and similar libraries escape Markdown and wrap lines, which splits pieces of Jinja2. So this is our own. It makes items of the
HTML, and text_layout.py writes them.
"""

from __future__ import annotations

import html as characters
import re
from collections.abc import Callable, Iterator

from msgspec import Struct, field

from functions.core.templates.html import elements
from functions.core.templates.html.elements import UNRENDERED, Document, Element
from functions.core.templates.html.masking import CAPTURES, Masked
from functions.core.templates.html.text_layout import (
    Break,
    Indent,
    Item,
    JinjaPiece,
    Layout,
    Line,
    LinkEnd,
    Mark,
    Space,
    Text,
)
from functions.core.templates.markup import VOID, MarkupSpan, unescaped_value

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "table", "pre", "hr"})
_BLOCKS = _PARAGRAPHS | frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "li",
        "main",
        "nav",
        "section",
        "summary",
        "tr",
    ]
)
_CELLS = frozenset({"td", "th"})
_NO_TEXT = UNRENDERED | {
    "noscript",
    "svg",
    "math",
    "object",
    "select",
    "textarea",
    "audio",
    "video",
    "iframe",
    "xmp",
    "noembed",
    "noframes",
}
_UNSEEN = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$))", re.IGNORECASE
)
_CUT_OFF = re.compile(r"overflow(?:-[xy])?\s*:\s*hidden", re.IGNORECASE)
_SIZELESS = re.compile(r"(?:^|[;\s])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_FONT_SIZE = re.compile(r"(?:^|[;\s])font-size\s*:\s*([\d.]+)\s*(px|pt|em|rem|%)?", re.IGNORECASE)
_FILLING = re.compile("[\u034f\u200b\u200c\u200d\u2007\u2060\ufeff\u00ad]")  # in a preheader, or between letters
_MANY_LINES = frozenset({"table", "ul", "ol", "dl", "pre", "hr"})
_DIGITS_MAX = 5  # of the number that a list begins with
_NOWHERE = ("#", "javascript:", "data:")


def plain_text(masked: Masked) -> str:
    """Returns the text part of compiled HTML. Its Jinja2 keeps its order."""
    items = _TextReader(elements.read(masked)).read()
    return Layout(masked, items).text()


class _Open(Struct):
    """An open element, and what holds for the text in it."""

    element: Element
    visible: bool
    fixed: bool  # in a `pre`
    joined: bool  # in a row whose cells are on one line
    font_size: float  # pixels
    ends: tuple[Item, ...] = ()
    link: str | None = None  # the address as in the mask
    link_at: int = 0  # offset of the address
    first: int = 0  # number of the first item in it


class _TextReader(Struct):
    document: Document
    items: list[Item] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)
    captures: int = 0  # open blocks whose content is written elsewhere

    def read(self) -> list[Item]:
        by_start = {one.start: one for one in self.document.elements if one.kind == "written"}
        for span in self.document.spans:
            self._end(span.start)
            element = by_start.get(span.start) if span.kind in {"open", "empty"} else None
            if element is not None:
                self._begin(element)
            self._span(span)
        self._end(len(self.document.masked.mask))
        return self.items

    @property
    def _top(self) -> _Open:
        return self.opened[-1] if self.opened else _OUTSIDE

    # Elements

    def _begin(self, element: Element) -> None:
        top = self._top
        name = element.name
        visible = top.visible and name not in _NO_TEXT and not _is_hidden(element)
        opened = _Open(
            element,
            visible,
            top.fixed or name == "pre",
            top.joined,
            _font_size(element, top.font_size),
            first=len(self.items),
        )
        if visible:
            self._show(element, opened, top)
        if name not in VOID:
            self.opened.append(opened)

    def _show(self, element: Element, opened: _Open, top: _Open) -> None:
        name = element.name
        if name == "br":
            self.items.append(Space() if top.joined else Line())
        elif name == "img":
            self._image(element)
        elif name == "hr":
            self.items += [Break(2), Text("---", fixed=True), Break(2)]
        elif name == "a":
            self._link(element, opened)
        elif name in _CELLS:
            self.items.append(Space() if top.joined else Break(1))
            opened.ends = () if top.joined else (Break(1),)
        elif name in _BLOCKS:
            self._block(element, opened, top)

    def _block(self, element: Element, opened: _Open, top: _Open) -> None:
        if top.joined or _is_whole_item(element):
            self.items.append(Space())
            opened.ends = (Space(),)
            return
        name = element.name
        lines = Break(2 if name in _PARAGRAPHS and not _in_list(element) else 1)
        self.items.append(lines)
        opened.ends = (lines,)
        if name == "tr":
            opened.joined = _is_one_line(element)
        elif name == "li":
            self.items += [Mark(_bullet(element, self.document.masked)), Indent("  ")]
            opened.ends = (Indent(""), lines)
        elif name == "blockquote":
            self.items.append(Indent("> "))
            opened.ends = (Indent(""), lines)

    def _image(self, element: Element) -> None:
        alt = self._attribute(element, "alt")
        if alt and alt[0].strip():
            if self.items and isinstance(self.items[-1], LinkEnd):
                self.items.append(Space())
            self.items += self._parts(alt[1], alt[1] + len(alt[0]), unescaped_value)

    def _link(self, element: Element, opened: _Open) -> None:
        if self.items and isinstance(self.items[-1], LinkEnd):
            self.items.append(Space())
        href = self._attribute(element, "href")
        opened.link, opened.link_at, opened.first = href[0] if href else "", href[1] if href else 0, len(self.items)

    def _attribute(self, element: Element, name: str) -> tuple[str, int] | None:
        """Returns an attribute's value in the mask, and its offset."""
        written = elements.written_attributes(self.document.masked, element)
        match = next((one for one in written if one.name == name), None)
        return (match.value or "", match.value_start) if match else None

    def _end(self, at: int) -> None:
        while self.opened and self.opened[-1].element.until <= at:
            opened = self.opened.pop()
            if opened.link is not None and opened.visible:
                self._link_end(opened)
            self.items += opened.ends

    def _link_end(self, opened: _Open) -> None:
        address = (opened.link or "").strip()
        start = opened.link_at + len(opened.link or "") - len((opened.link or "").lstrip())
        for scheme in ("mailto:", "tel:"):
            if address.lower().startswith(scheme):
                address, start = address[len(scheme) :], start + len(scheme)
        if address and not address.lower().startswith(_NOWHERE):
            self.items.append(LinkEnd(tuple(self._parts(start, start + len(address), unescaped_value)), opened.first))

    # Texts and Jinja2

    def _span(self, span: MarkupSpan) -> None:
        masked = self.document.masked
        readable = span.kind in {"text", "orphan"}
        if readable and (self.captures or (self._top.visible and self._top.font_size > 1)):
            self._text(span)
        elif readable or not masked.balanced(span.start, span.end) or _defines(masked, span):
            self._unseen_text(span)

    def _unseen_text(self, span: MarkupSpan) -> None:
        """Reads statements, which may end elsewhere, and what they define."""
        for item in self._parts(span.start, span.end):
            if isinstance(item, JinjaPiece) and not self.captures:
                self._statement(item.number)
            elif self.captures:
                self.items.append(item)
                self._count_captures(item)

    def _text(self, span: MarkupSpan) -> None:
        for item in self._parts(span.start, span.end):
            self.items.append(item)
            self._count_captures(item)

    def _statement(self, number: int) -> None:
        if self.document.masked.pieces[number].kind == "block_begin":
            self.items.append(JinjaPiece(number))
            self._count_captures(JinjaPiece(number))

    def _count_captures(self, item: Text | JinjaPiece) -> None:
        if isinstance(item, Text):
            return
        masked, number = self.document.masked, item.number
        if masked.captures(number):
            self.captures += 1
        elif self.captures and masked.roles[number] == "closes" and masked.pieces[number].tag[len("end") :] in CAPTURES:
            self.captures -= 1

    def _parts(
        self, start: int, end: int, unescape: Callable[[str], str] = characters.unescape
    ) -> Iterator[Text | JinjaPiece]:
        """Yields the literal texts and the pieces between two offsets."""
        masked, at = self.document.masked, start
        for number in masked.between(start, end):
            piece = masked.pieces[number]
            yield from self._literal(at, piece.start, unescape)
            yield JinjaPiece(number)
            at = piece.end
        yield from self._literal(at, end, unescape)

    def _literal(self, start: int, end: int, unescape: Callable[[str], str]) -> Iterator[Text]:
        text = _FILLING.sub("", unescape(self.document.masked.text[start:end]))
        if text:
            yield Text(text, fixed=self._top.fixed)


def _defines(masked: Masked, span: MarkupSpan) -> bool:
    return any(masked.pieces[number].tag in {"set", "macro"} for number in masked.between(span.start, span.end))


_OUTSIDE = _Open(Element("", "unknown", None), visible=True, fixed=False, joined=False, font_size=16)


def _styles(element: Element) -> list[str]:
    """Returns the style attribute in every outcome."""
    values = [variant.attributes.get("style") for variant in element.variants or ()]
    return [(value.text or "") if value else "" for value in values]


def _is_hidden(element: Element) -> bool:
    hidden = [("hidden" in variant.attributes) for variant in element.variants or ()]
    return bool(hidden) and all(one or _hides(style) for one, style in zip(hidden, _styles(element), strict=True))


def _hides(style: str) -> bool:
    return bool(_UNSEEN.search(style) or (_CUT_OFF.search(style) and _SIZELESS.search(style)))


def _font_size(element: Element, inherited: float) -> float:
    sizes = {_FONT_SIZE.findall(style)[-1] if _FONT_SIZE.search(style) else None for style in _styles(element)}
    size = sizes.pop() if len(sizes) == 1 else None
    if size is None:
        return inherited
    number = float(size[0])
    return number * (16 if size[1] in {"em", "rem"} else 0.16 if size[1] == "%" else 1)


def _in_list(element: Element) -> bool:
    """A list within a list has no empty line around it."""
    return element.name in {"ul", "ol"} and any(one.name == "li" for one in elements.ancestors(element))


def _is_whole_item(element: Element) -> bool:
    """Whether it is the only block of a list item."""
    return element.parent is not None and element.parent.name == "li" and _lines(element.parent) == 1


def _is_one_line(row: Element) -> bool:
    """Whether the cells of a row are short: then they are written on one line."""
    cells = [one for one in row.children if one is not None and one.name in _CELLS]
    return len(cells) > 1 and all(_lines(cell) <= 1 for cell in cells)


def _lines(element: Element) -> int:
    """Returns how many blocks an element contains which contain no other."""
    count = 0
    for child in element.children:
        if child is None:
            continue
        if child.name in _MANY_LINES:
            count += 2
        inner = _lines(child)
        count += inner or (child.name in _BLOCKS or child.name == "br")
    return count


def _bullet(item: Element, masked: Masked) -> str:
    """Returns a list item's bullet, or its number as far as it is certain."""
    parent = item.parent
    if parent is None or parent.name != "ol":
        return "-"
    before = [one for one in parent.children[: item.index] if one is not None and one.name == "li"]
    start = _start(parent)
    opened, closed = list[int](), 0
    for number in masked.between(parent.end, item.start):
        role = masked.roles[number]
        if role == "opens":
            opened.append(number)
        elif role == "closes" and opened:
            extent = masked.pieces[opened.pop()].start, masked.pieces[number].start
            closed += not any(one.start < extent[0] and extent[1] < one.until for one in before)
    if not opened and not closed:
        return f"{start + len(before)}."
    if len(opened) == 1 and not closed and masked.pieces[opened[0]].tag == "for":
        outside = sum(one.start < masked.pieces[opened[0]].start for one in before)
        if outside == len(before):
            first = start + outside - 1
            return "{{ loop.index" + (f" + {first}" if first else "") + " }}."
    return "-"


def _start(ordered: Element) -> int:
    value = (ordered.variants or (elements.Variant({}, open=False),))[0].attributes.get("start")
    text = (value.text or "") if value else ""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS_MAX else 1
