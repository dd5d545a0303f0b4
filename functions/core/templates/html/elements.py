"""The elements of a mail as far as they are certain before rendering: their names, attributes, parents and siblings.

The tree is a browser's for HTML without errors and Jinja2. If an error or a piece of Jinja2 makes it uncertain, the element has that:
an element without a name or variants, an unknown parent, a gap among siblings, or `torn` for the whole mail.
"""

from __future__ import annotations

import html as characters
import re
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.templates.html.masking import EXPRESSION, MARKS, SILENT, STATEMENT, Chunk, Masked
from functions.core.templates.markup import VOID, MarkupSpan, TagAttribute, attribute_list, spans

# written: its tag is in the source. implied: HTML adds it. unread: only Outlook reads it. unknown: any element, with any ancestors.
Kind = Literal["written", "implied", "unread", "unknown"]

UNRENDERED = frozenset({"head", "title", "meta", "link", "base", "style", "script", "template"})
_HEAD = UNRENDERED | {"noscript"}
_FRAME = _HEAD | {"body"}
_TABLE_PARTS: dict[str, frozenset[str]] = {
    "table": frozenset({"caption", "colgroup", "thead", "tbody", "tfoot"}),
    **dict.fromkeys(["thead", "tbody", "tfoot"], frozenset({"tr"})),
    "tr": frozenset({"td", "th"}),
    "colgroup": frozenset({"col"}),
}
_ANYWHERE = frozenset({"style", "script", "template"})
_PARTS = frozenset().union(*_TABLE_PARTS.values())
# What a tag closes by itself, up to one of the second set.
_CELLS, _ROWS = frozenset({"td", "th"}), frozenset({"tbody", "thead", "tfoot"})
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "table", "td", "th"})),
    **dict.fromkeys(["dt", "dd"], (frozenset({"dt", "dd"}), frozenset({"dl", "table", "td", "th"}))),
    "tr": (_CELLS | {"tr", "caption", "colgroup"}, frozenset({"table"})),
    **dict.fromkeys(_CELLS, (_CELLS, frozenset({"table", "tr"}))),
    **dict.fromkeys(_ROWS, (_CELLS | _ROWS | {"tr", "caption", "colgroup"}, frozenset({"table"}))),
    "colgroup": (frozenset({"caption", "colgroup"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select", "datalist"})),
}
_CLOSED_BY_ITSELF = frozenset({*_CLOSES, "p", "caption", "optgroup"})
_CLOSES_P = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "ul",
        "li",
        "dt",
        "dd",
        "table",
    ]
)
_NOT_NESTED = frozenset(
    ["html", "head", "body", "a", "button", "form", "nobr", "h1", "h2", "h3", "h4", "h5", "h6", "select", "option"]
)
_SCOPES = frozenset({"td", "th", "caption", "table", "button", "object", "svg", "math"})
_FOREIGN = frozenset({"svg", "math"})
_CONDITIONAL = re.compile(r"<!--\[if[^\]]*\]>(?P<content>.*?)<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
_REVEALING = re.compile(r"<!--\[if[^\]]*\]>\s*(?:<!(?:--)?)?\s*-->|<!\[if[^\]]*\]>", re.IGNORECASE)
_REVEALED_END = re.compile(r"<!--\s*<!\[endif\]-->|<!\[endif\]>", re.IGNORECASE)


class Value(Struct, frozen=True):
    text: str | None  # character references resolved; marks are Jinja2's
    start: int  # offset of the value in the source
    quote: str


class Variant(Struct, frozen=True):
    """One outcome of a tag's conditions."""

    attributes: dict[str, Value]
    open: bool  # whether an expression may write further attributes


_WITHOUT_STATEMENTS = {ord(STATEMENT): " ", ord(SILENT): " "}
_BARE = (Variant({}, open=False),)


class Element(Struct, eq=False):
    name: str  # empty: uncertain
    kind: Kind
    parent: Element | None
    variants: tuple[Variant, ...] | None = None  # None: any attributes
    start: int = 0
    end: int = 0  # of the tag
    after_name: int = 0  # offset
    until: int = 0  # offset of its end
    children: list[Element | None] = field(default_factory=list)  # None: a gap, where Jinja2 decides about siblings
    index: int = 0  # among the parent's children
    conditional: bool = False  # in a block of Jinja2, or for some clients only


class Document(Struct):
    """The elements of a mail in the order of their tags."""

    masked: Masked
    elements: list[Element] = field(default_factory=list)
    spans: list[MarkupSpan] = field(default_factory=list)
    torn: bool = False  # the tree is not certain
    unseen: bool = False  # elements exist that are not here


def read(masked: Masked) -> Document:
    return _TreeReader(Document(masked)).read()


class _Region(Struct):
    """An open block of Jinja2, or a branch of one."""

    number: int
    opened: list[Element]  # the open elements at its beginning


class _TreeReader(Struct):
    document: Document
    opened: list[Element] = field(default_factory=list)
    regions: list[_Region] = field(default_factory=list)
    revealed: int = 0
    at: int = 0  # offset of the span that is read

    def read(self) -> Document:
        masked = self.document.masked
        self.document.spans = list(spans(masked.mask))
        self._imply(span.name for span in self.document.spans)
        for span in self.document.spans:
            self.at = span.start
            self._span(span)
            if span.kind in {"text", "orphan"} or not masked.balanced(span.start, span.end):
                for number in masked.between(span.start, span.end):
                    self._piece(number)
        self.at = len(masked.mask)
        self._reopen([])
        return self.document

    def _reopen(self, opened: list[Element]) -> None:
        """Continues among these elements, and ends all others."""
        for element in self.opened:
            if element not in opened:
                element.until = self.at
        self.opened = list(opened)

    def _imply(self, names: Iterable[str]) -> None:
        """Adds the root, and the body of a fragment."""
        present = set(names)
        for name in ("html", "body"):
            if name not in present and (name == "html" or "head" not in present):
                self._push(Element(name, "implied", self._parent(), _BARE))

    def _span(self, span: MarkupSpan) -> None:
        if span.kind in {"open", "empty"}:
            self._open(span)
        elif span.kind == "close":
            self._close(span)
        elif span.kind == "orphan":
            self._tear(unseen=span.end - span.start > 1 or self._followed_by_jinja(span.end))
        elif span.kind == "comment":
            self._comment(span)

    def _followed_by_jinja(self, at: int) -> bool:
        """Whether Jinja2 may write a tag's name: `<{{ name }}>`."""
        return self.document.masked.mask[at : at + 1] in {*MARKS, "/"}

    def _tear(self, *, unseen: bool = False) -> None:
        self.document.torn = True
        self.document.unseen |= unseen

    # Tags

    def _open(self, span: MarkupSpan) -> None:
        element = self._element(span, "written")
        name = element.name
        if not name:
            self._tear()
        elif name == "body" and self.opened and self.opened[-1].name == "head":
            self._reopen(self.opened[:-1])
        self._close_implied(name)
        self._check_place(name)
        element.parent = self._parent()
        self._add(element)
        foreign = any(one.name in _FOREIGN for one in self.opened)
        element.until = span.end
        if name not in VOID and not (span.kind == "empty" and foreign):
            self.opened.append(element)

    def _element(self, span: MarkupSpan, kind: Kind) -> Element:
        masked = self.document.masked
        certain = not any(mark in span.name for mark in MARKS)
        name = span.name if certain else ""
        after = span.start + 1 + len(span.name)
        if masked.balanced(span.start, span.end):
            variants = _variants(masked, span)
        else:
            variants = None
            self._tear(unseen=True)
        return Element(
            name,
            kind,
            None,
            variants if certain else None,
            span.start,
            span.end,
            after,
            conditional=self._conditional(),
        )

    def _conditional(self) -> bool:
        return bool(self.regions or self.revealed)

    def _parent(self) -> Element | None:
        return self.opened[-1] if self.opened else None

    def _push(self, element: Element) -> None:
        self._add(element)
        self.opened.append(element)

    def _add(self, element: Element) -> None:
        self.document.elements.append(element)
        if element.parent is not None:
            element.index = len(element.parent.children)
            element.parent.children.append(element)

    def _close_implied(self, name: str) -> None:
        if name in _CLOSES_P:
            if name == "table" and self._is_open("p", _SCOPES):  # which quirks mode allows
                self._tear(unseen=True)
            self._close_up_to(frozenset({"p"}), _SCOPES)
        if name in _CLOSES:
            self._close_up_to(*_CLOSES[name])
        if name in _NOT_NESTED and self._is_open(name, _SCOPES):
            self._tear()

    def _is_open(self, name: str, scope: frozenset[str]) -> bool:
        for element in reversed(self.opened):
            if element.name == name:
                return True
            if element.name in scope or element.kind == "unknown":
                return False
        return False

    def _close_up_to(self, names: frozenset[str], scope: frozenset[str]) -> None:
        """Closes the outermost element of these names within the scope, and those in it."""
        depth = None
        for at in range(len(self.opened) - 1, -1, -1):
            element = self.opened[at]
            if element.name in scope or element.kind == "unknown":
                break
            if element.name in names:
                depth = at
        if depth is not None:
            self._close_from(depth)

    def _close_from(self, depth: int) -> None:
        closed = self.opened[depth:]
        self._reopen(self.opened[:depth])
        misnested = any(one.name not in _CLOSED_BY_ITSELF for one in closed[1:] if one.kind == "written")
        if misnested or self._left_region(closed):
            self._tear()

    def _left_region(self, closed: list[Element]) -> bool:
        """Whether an element ends in another branch than it began."""
        return bool(self.regions) and any(one in self.regions[-1].opened for one in closed)

    def _check_place(self, name: str) -> None:
        """Adds the table parts that HTML implies. Content that HTML moves out of a table makes the tree uncertain."""
        parent = self._parent()
        parts = _TABLE_PARTS.get(parent.name if parent else "")
        if parts is None or parent is None:
            self._check_part(name, parent)
            self._check_frame(name, parent)
        elif name not in parts and name not in _ANYWHERE:
            implied = {"table": {"tr": "tbody", "col": "colgroup"}}.get(parent.name, {}).get(name)
            if implied:
                self._push(Element(implied, "implied", parent, _BARE))
            else:
                self._tear(unseen=name in _PARTS)

    def _check_part(self, name: str, parent: Element | None) -> None:
        """A part without a table: HTML drops its tag, unless the table is elsewhere in the template."""
        if name in _PARTS and (parent is None or parent.kind != "unknown"):
            self._tear()

    def _check_frame(self, name: str, parent: Element | None) -> None:
        """Content outside the body: HTML begins the body there."""
        allowed = {"html": _FRAME, "head": _HEAD}.get(parent.name if parent else "")
        if allowed is not None and name not in allowed:
            self._tear(unseen=True)

    def _close(self, span: MarkupSpan) -> None:
        name = span.name
        if name in {"body", "html"}:
            return
        scope = frozenset({"table"} if name in _PARTS or name == "table" else {"td", "th", "caption", "table"})
        for at in range(len(self.opened) - 1, -1, -1):
            element = self.opened[at]
            if element.name == name:
                self._close_from(at)
                return
            if element.name in scope or element.kind == "unknown":
                break
        self._tear(unseen=name in {"p", "br"})

    # Comments and Jinja2

    def _comment(self, span: MarkupSpan) -> None:
        text = self.document.masked.mask[span.start : span.end]
        if _REVEALING.match(text):
            self.revealed += 1
        elif _REVEALED_END.match(text):
            self.revealed = max(0, self.revealed - 1)
        elif conditional := _CONDITIONAL.match(text):
            start = span.start + conditional.start("content")
            self._unread(conditional["content"], start)

    def _unread(self, content: str, start: int) -> None:
        anywhere = Element("", "unknown", None)
        for inner in spans(content):
            if inner.kind in {"open", "empty"}:
                moved = MarkupSpan(inner.kind, inner.start + start, inner.end + start, inner.name)
                element = self._element(moved, "unread")
                element.parent = anywhere
                self.document.elements.append(element)

    def _piece(self, number: int) -> None:
        masked = self.document.masked
        role, markup = masked.roles[number], masked.markup[number]
        if role == "opens":
            self._enter(number)
        elif role == "branches" and self.regions:
            self._leave_branch()
        elif role == "closes" and self.regions:
            self._leave()
        elif markup != "none":
            self._gap()
            self.document.unseen |= markup == "foreign"

    def _gap(self) -> None:
        if self.opened:
            self.opened[-1].children.append(None)

    def _enter(self, number: int) -> None:
        self._gap()
        self.regions.append(_Region(number, list(self.opened)))
        if self.document.masked.captures(number):
            self.opened.append(Element("", "unknown", None, children=[None]))
            self.regions[-1].opened = list(self.opened)

    def _leave_branch(self) -> None:
        """Each branch begins among the same elements as the first one."""
        region = self.regions[-1]
        if _written(self.opened) != _written(region.opened):
            self._tear()
            self._reopen(region.opened)
        self._gap()

    def _leave(self) -> None:
        region = self.regions.pop()
        if _written(self.opened) != _written(region.opened):
            self._tear()
        if self.document.masked.captures(region.number):
            self._reopen(region.opened[:-1])
        self._gap()


def _written(elements: list[Element]) -> list[int]:
    """Returns the identities of open elements. An implied one belongs to its parent's branch."""
    return [id(one) for one in elements if one.kind != "implied"]


def _variants(masked: Masked, span: MarkupSpan) -> tuple[Variant, ...] | None:
    outcomes = masked.variants(span.start, span.end)
    return None if outcomes is None else tuple(_variant(outcome, span) for outcome in outcomes)


def _variant(outcome: tuple[Chunk, ...], span: MarkupSpan) -> Variant:
    text = "".join(chunk.text for chunk in outcome)
    tag = MarkupSpan(span.kind, 0, len(text), span.name)
    attributes, is_open = dict[str, Value](), False
    for attribute in attribute_list(text, tag):
        if EXPRESSION in attribute.name:
            is_open = True
            continue
        value = None if attribute.value is None else characters.unescape(attribute.value)
        start = _source_offset(outcome, attribute.value_start - len(attribute.quote)) + len(attribute.quote)
        attributes.setdefault(attribute.name, Value(value, start, attribute.quote))
    return Variant(attributes, is_open)


def _source_offset(outcome: tuple[Chunk, ...], offset: int) -> int:
    """Returns the offset in the source of an offset in one outcome."""
    at = 0
    for chunk in outcome:
        if offset < at + len(chunk.text):
            return chunk.start + offset - at
        at += len(chunk.text)
    return outcome[-1].start + len(outcome[-1].text) if outcome else 0


def written_attributes(masked: Masked, element: Element) -> list[TagAttribute]:
    """Returns all attributes of a tag, whatever its conditions. Their values have spaces for statements."""
    tag = masked.mask[element.start : element.end].translate(_WITHOUT_STATEMENTS)
    shift = element.start
    span = MarkupSpan("open", 0, len(tag), element.name)
    return [
        replace(one, start=one.start + shift, end=one.end + shift, value_start=one.value_start + shift)
        for one in attribute_list(tag, span)
    ]


def ancestors(element: Element) -> Iterator[Element]:
    parent = element.parent
    while parent is not None:
        yield parent
        parent = parent.parent
