"""Derives the text part from the HTML if the author wrote none: its texts in their order, with its links, lists and tables.

`html2text` and similar libraries escape Markdown and wrap lines, which splits pieces of Jinja2. So this is our own. A text's line ends are
before it and in the same branch of Jinja2, so that each outcome has those of its own texts. Reading and layout are apart: `_TextReader` makes
items of the HTML, and `_Layout` writes them.
"""

from __future__ import annotations

import html as characters
import re
from collections.abc import Iterator, Sequence
from copy import copy
from typing import Literal

from msgspec import Struct, field

from functions.core.templates.html import elements
from functions.core.templates.html.elements import UNRENDERED, Document, Element
from functions.core.templates.html.masking import CAPTURES, Masked
from functions.core.templates.markup import VOID, MarkupSpan

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
_SPACE = re.compile("[ \t\n\r\f\u00a0]+")
_OPENS_JINJA = re.compile(r"\{(?=[{%#]|$)")
_SAFE = re.compile(r"\|\s*safe\b")
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_MANY_LINES = frozenset({"table", "ul", "ol", "dl", "pre", "hr"})
_AHEAD_MAX = 100  # items that are read for the next text
_DIGITS_MAX = 5  # of the number that a list begins with
_NOWHERE = ("#", "javascript:", "data:")


class _Text(Struct, frozen=True):
    text: str
    fixed: bool = False  # of a `pre`


class _Piece(Struct, frozen=True):
    number: int


class _Break(Struct, frozen=True):
    lines: int


class _Line(Struct, frozen=True):
    """The end of a line that the author wrote: `<br>`."""


class _Space(Struct, frozen=True):
    """Between cells."""


class _Indent(Struct, frozen=True):
    prefix: str  # of the lines that follow; empty: the last one ends


class _Mark(Struct, frozen=True):
    """A list item's bullet. The text behind it begins on its line."""

    text: str


class _LinkEnd(Struct, frozen=True):
    """The end of a link's words, and its address as items."""

    items: tuple[_Text | _Piece, ...]
    start: int  # number of the first item of its words


_Item = _Text | _Piece | _Break | _Line | _Space | _Indent | _Mark | _LinkEnd


def plain_text(masked: Masked) -> str:
    """Returns the text part of compiled HTML. Its Jinja2 keeps its order."""
    items = _TextReader(elements.read(masked)).read()
    return _Layout(masked, items).text()


# Reading


class _Open(Struct):
    """An open element, and what holds for the text in it."""

    element: Element
    visible: bool
    fixed: bool  # in a `pre`
    joined: bool  # in a row whose cells are on one line
    font_size: float  # pixels
    ends: tuple[_Item, ...] = ()
    link: str | None = None  # the address as in the mask
    link_at: int = 0  # offset of the address
    first: int = 0  # number of the first item in it


class _TextReader(Struct):
    document: Document
    items: list[_Item] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)
    captures: int = 0  # open blocks whose content is written elsewhere

    def read(self) -> list[_Item]:
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
            self.items.append(_Space() if top.joined else _Line())
        elif name == "img":
            self._image(element)
        elif name == "hr":
            self.items += [_Break(2), _Text("---", fixed=True), _Break(2)]
        elif name == "a":
            self._link(element, opened)
        elif name in _CELLS:
            self.items.append(_Space() if top.joined else _Break(1))
            opened.ends = () if top.joined else (_Break(1),)
        elif name in _BLOCKS:
            self._block(element, opened, top)

    def _block(self, element: Element, opened: _Open, top: _Open) -> None:
        if top.joined or _is_whole_item(element):
            self.items.append(_Space())
            opened.ends = (_Space(),)
            return
        name = element.name
        lines = _Break(2 if name in _PARAGRAPHS and not _in_list(element) else 1)
        self.items.append(lines)
        opened.ends = (lines,)
        if name == "tr":
            opened.joined = _is_one_line(element)
        elif name == "li":
            self.items += [_Mark(_bullet(element, self.document.masked)), _Indent("  ")]
            opened.ends = (_Indent(""), lines)
        elif name == "blockquote":
            self.items.append(_Indent("> "))
            opened.ends = (_Indent(""), lines)

    def _image(self, element: Element) -> None:
        alt = self._attribute(element, "alt")
        if alt and alt[0].strip():
            self.items += self._parts(alt[1], alt[1] + len(alt[0]))

    def _link(self, element: Element, opened: _Open) -> None:
        if self.items and isinstance(self.items[-1], _LinkEnd):
            self.items.append(_Space())
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
            self.items.append(_LinkEnd(tuple(self._parts(start, start + len(address))), opened.first))

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
            if isinstance(item, _Piece) and not self.captures:
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
            self.items.append(_Piece(number))
            self._count_captures(_Piece(number))

    def _count_captures(self, item: _Text | _Piece) -> None:
        if isinstance(item, _Text):
            return
        masked, number = self.document.masked, item.number
        if masked.captures(number):
            self.captures += 1
        elif self.captures and masked.roles[number] == "closes" and masked.pieces[number].tag[len("end") :] in CAPTURES:
            self.captures -= 1

    def _parts(self, start: int, end: int) -> Iterator[_Text | _Piece]:
        """Yields the literal texts and the pieces between two offsets."""
        masked, at = self.document.masked, start
        for number in masked.between(start, end):
            piece = masked.pieces[number]
            yield from self._literal(at, piece.start)
            yield _Piece(number)
            at = piece.end
        yield from self._literal(at, end)

    def _literal(self, start: int, end: int) -> Iterator[_Text]:
        text = _FILLING.sub("", characters.unescape(self.document.masked.text[start:end]))
        if text:
            yield _Text(text, fixed=self._top.fixed)


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


# Layout


class _State(Struct):
    """The place of the next text, in every outcome up to here."""

    need: int = 0  # line ends before the next text
    ended: int = 0  # of those, already written
    started: Literal["no", "maybe", "yes"] = "no"
    space: bool = False  # before the next text on the line
    glued: bool = False  # behind a bullet

    @property
    def missing(self) -> int:
        return max(0, self.need - self.ended)


class _Branching(Struct):
    """An open block of Jinja2."""

    number: int
    before: _State
    lead: int  # line ends before its first text
    ends: list[_State] = field(default_factory=list)  # of its branches
    otherwise: bool = False  # it has an else
    captured: str = ""  # the name of its content


class _Layout(Struct):
    masked: Masked
    items: list[_Item]
    written: list[str] = field(default_factory=list)
    state: _State = field(default_factory=_State)
    prefixes: list[str] = field(default_factory=list)
    blocks: list[_Branching] = field(default_factory=list)
    leads: dict[str, int] = field(default_factory=dict)  # of captured content
    trim: bool = False  # it may begin with line ends
    raw: bool = False

    def text(self) -> str:
        for number, item in enumerate(self.items):
            self._item(number, item)
        text = "".join(self.written).strip("\n ")
        return ("{% filter trim %}" + text + "{% endfilter %}" if self.trim else text) + "\n"

    def _item(self, number: int, item: _Item) -> None:
        match item:
            case _Text():
                self._text(item)
            case _Piece():
                self._piece(number, item.number)
            case _Break():
                self._break(item.lines)
            case _Line():
                self._line()
            case _Space():
                self.state.space = True
            case _Indent():
                self._indent(item.prefix)
            case _Mark():
                self._content(item.text)
                self.state = _State(started="yes", space=True, glued=True)
            case _LinkEnd():
                self._link(number, item)

    def _text(self, item: _Text) -> None:
        if item.fixed:
            self._fixed(item.text)
            return
        text = _SPACE.sub(" ", item.text)
        self.state.space |= text.startswith(" ")
        if words := text.strip(" "):
            self._content(self._literal(words))
            self.state.space = text.endswith(" ")

    def _fixed(self, text: str) -> None:
        *ended, last = text.replace("\N{NO-BREAK SPACE}", " ").split("\n")
        for line in ended:
            if line.strip():
                self._content(self._literal(line.rstrip()))
            self._end_line()
        if last:
            self._content(self._literal(last))

    def _literal(self, text: str) -> str:
        """Returns a text that Jinja2 leaves as it is."""
        return text if self.raw else _OPENS_JINJA.sub('{{ "{" }}', text)

    def _content(self, text: str) -> None:
        self._begin_text(self.state.missing)
        self.written.append(text)
        self.state = _State(started="yes")

    def _begin_text(self, lines: int) -> None:
        state = self.state
        if state.started == "no" or state.glued:
            lines = 0
        elif self.blocks and self.blocks[-1].captured:
            self.leads.setdefault(self.blocks[-1].captured, lines)
        if lines:
            self.trim |= state.started == "maybe"
            self.written.append("\n" * lines)
        if lines or state.ended or state.started == "no":
            self.written += self.prefixes
        elif state.space:
            self.written.append(" ")

    def _break(self, lines: int) -> None:
        if not self.state.glued:
            self.state.need = max(self.state.need, lines)
            self.state.space = False

    def _line(self) -> None:
        """Ends a line, but never makes two empty ones."""
        if self.state.started != "no" and not self.state.glued and self.state.ended <= 1:
            self._end_line()

    def _end_line(self) -> None:
        self.trim |= self.state.started == "maybe"
        if self.state.started != "no":
            self.written.append("\n")
            self.state.ended += 1
            self.state.space = False

    def _indent(self, prefix: str) -> None:
        if prefix:
            self.prefixes.append(prefix)
        elif self.prefixes:
            self.prefixes.pop()
            self.state.glued = False

    def _link(self, number: int, item: _LinkEnd) -> None:
        """Writes a link's address behind its words. It omits an address that equals them."""
        words = self._compared(self.items[item.start : number])
        address = self._compared(item.items)
        if _bare(address) in (_bare(words), *map(_bare, words.split())):
            return
        text = "".join(self._source(part) for part in item.items)
        if words:
            self.written.append(f" ({text})")
        elif not self._is_repeated(number, address):
            self._content(text)

    def _is_repeated(self, number: int, address: str) -> bool:
        """Whether the next link has the same address, as the words behind an icon have."""
        following = (item for item in self.items[number + 1 :] if isinstance(item, _LinkEnd))
        link = next(following, None)
        return link is not None and self._compared(link.items) == address

    def _compared(self, items: Sequence[_Item]) -> str:
        parts = [self._source(one) for one in items if isinstance(one, _Text | _Piece | _Space | _Break | _Line)]
        return _SPACE.sub(" ", "".join(parts)).strip()

    def _source(self, item: _Item) -> str:
        if isinstance(item, _Piece):
            piece = self.masked.pieces[item.number]
            return self.masked.text[piece.start : piece.end]
        return self._literal(item.text) if isinstance(item, _Text) else " "

    # Jinja2

    def _piece(self, at: int, number: int) -> None:
        piece, role = self.masked.pieces[number], self.masked.roles[number]
        text = self.masked.text[piece.start : piece.end]
        if piece.kind == "variable_begin":
            self._expression(number, text)
        elif role == "opens":
            self._open(at, number, text)
        elif role == "branches" and self.blocks:
            self._branch(at, text, otherwise=piece.tag == "else")
        elif role == "closes" and self.blocks:
            self._close(at, text)
        else:
            self._silent(piece.kind, text)

    def _silent(self, kind: str, text: str) -> None:
        """Writes a piece that writes nothing. The text in a raw block is not Jinja2."""
        if kind == "raw_begin":
            self._begin_text(self.state.missing)
            self.state = _State(started="yes", glued=True)
        self.raw = kind == "raw_begin" or (self.raw and kind != "raw_end")
        self.written.append(text)

    def _expression(self, number: int, text: str) -> None:
        markup = self.masked.markup[number]
        if markup == "foreign":
            text = _SAFE.sub("|striptags|unescape_html", text)  # HTML from data
        lead = max((self.leads.get(word, 0) for word in self.masked.pieces[number].words), default=0)
        if markup == "own" and lead:
            self.trim |= self.state.started != "yes"
            self._begin_text(max(0, self.state.missing - lead))
            self.written.append(text)
            self.state = _State(need=lead, started="yes")
        else:
            self._content(text)

    def _open(self, at: int, number: int, text: str) -> None:
        piece, state = self.masked.pieces[number], self.state
        lead = self._lead(at + 1)
        closing = self._closing(at)
        outside = state.missing - lead if piece.tag == "for" else 0 if self._lead(closing + 1) else state.missing
        if outside > 0:
            self._end_lines_before_block(outside)
        space_follows = piece.tag != "for" and _space_at(self.items, closing + 1)
        if state.space and not state.missing and not state.ended and not space_follows and not lead:
            self.written.append(" ")
            state.space = False
        self.written.append(text)
        captured = piece.words[1] if self.masked.captures(number) and len(piece.words) > 1 else ""
        self.blocks.append(_Branching(number, state, lead, captured=captured))
        self.state = _State(started="yes") if captured else copy(state)
        if piece.tag == "for" and state.started == "no":
            self.state.started = "maybe"  # the second time it has

    def _end_lines_before_block(self, lines: int) -> None:
        """Ends the lines that no text in a block ends, or each would."""
        if self.state.started == "no":
            self.state.need -= lines
            return
        self.trim |= self.state.started == "maybe"
        self.written.append("\n" * lines)
        self.state.ended += lines

    def _closing(self, at: int) -> int:
        """Returns the number of the item that closes a block."""
        depth = 0
        for number in range(at, len(self.items)):
            item = self.items[number]
            if isinstance(item, _Piece):
                depth += {"opens": 1, "closes": -1}.get(self.masked.roles[item.number], 0)
                if not depth:
                    return number
        return len(self.items)

    def _lead(self, at: int) -> int:
        """Returns the line ends before the next text. Statements are no text."""
        lines = 0
        for item in self.items[at : at + _AHEAD_MAX]:
            if isinstance(item, _Break):
                lines = max(lines, item.lines)
            elif isinstance(item, _Line):
                return max(lines, 1)
            elif not self._is_silent(item):
                return lines
        return 2

    def _is_silent(self, item: _Item) -> bool:
        if isinstance(item, _Piece):
            return self.masked.pieces[item.number].kind != "variable_begin"
        return isinstance(item, _Space | _Indent) or (isinstance(item, _Text) and not item.text.strip())

    def _branch(self, at: int, text: str, *, otherwise: bool) -> None:
        block = self.blocks[-1]
        self._end_branch(at)
        self.written.append(text)
        block.ends.append(self.state)
        block.otherwise |= otherwise
        self.state = copy(block.before)

    def _end_branch(self, at: int) -> None:
        """Ends the lines that the text behind the block does not end itself."""
        block, state = self.blocks[-1], self.state
        is_loop = self.masked.pieces[block.number].tag == "for"
        own = state.missing - max(block.before.missing, self._lead(at + 1))
        lines = max(own, state.missing - block.lead if is_loop else 0)
        if lines > 0 and not block.captured and state.started != "no":
            self.written += ["\n" * lines, *([] if block.before.ended else self.prefixes)]
            state.ended += lines
        if state.space and not state.missing and not state.ended and (is_loop or not _space_at(self.items, at + 1)):
            self.written.append(" ")
            state.space = False

    def _close(self, at: int, text: str) -> None:
        self._end_branch(at)
        self.written.append(text)
        block = self.blocks.pop()
        paths = [*block.ends, self.state]
        if not block.otherwise or self.masked.pieces[block.number].tag != "if":
            paths.append(block.before)
        self.state = block.before if block.captured else _joined(paths)


def _joined(paths: list[_State]) -> _State:
    ended = min(path.ended for path in paths)
    started = {path.started for path in paths}
    return _State(
        need=max(path.missing for path in paths) + ended,
        ended=ended,
        started=started.pop() if len(started) == 1 else "maybe",
        space=any(path.space for path in paths),
        glued=all(path.glued for path in paths),
    )


def _space_at(items: Sequence[_Item], at: int) -> bool:
    if at >= len(items):
        return True
    item = items[at]
    return isinstance(item, _Space | _Break | _Line) or (isinstance(item, _Text) and item.text[:1].isspace())


def _bare(address: str) -> str:
    """Returns an address as it is compared with the words of its link."""
    return _SCHEME.sub("", address.strip()).rstrip("/.").lower()
