"""Writes the items that were read of a mail's HTML as its text part: line ends, indents, bullets and the addresses of links.

A text's line ends are before it and in the same branch of Jinja2, so that each outcome has those of its own texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from typing import Literal

from msgspec import Struct, field

from functions.core.templates.html.masking import Masked

_SPACE = re.compile("[ \t\n\r\f\u00a0]+")
_OPENS_JINJA = re.compile(r"\{(?=[{%#]|$)")
_SAFE = re.compile(r"\|\s*safe\b")
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_AHEAD_MAX = 100  # items that are read for the next text


class Text(Struct, frozen=True):
    text: str
    fixed: bool = False  # of a `pre`


class JinjaPiece(Struct, frozen=True):
    number: int


class Break(Struct, frozen=True):
    lines: int


class Line(Struct, frozen=True):
    """The end of a line that the author wrote: `<br>`."""


class Space(Struct, frozen=True):
    """Between cells."""


class Indent(Struct, frozen=True):
    prefix: str  # of the lines that follow; empty: the last one ends


class Mark(Struct, frozen=True):
    """A list item's bullet. The text behind it begins on its line."""

    text: str


class LinkEnd(Struct, frozen=True):
    """The end of a link's words, and its address as items."""

    items: tuple[Text | JinjaPiece, ...]
    start: int  # number of the first item of its words


Item = Text | JinjaPiece | Break | Line | Space | Indent | Mark | LinkEnd


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


class Layout(Struct):
    masked: Masked
    items: list[Item]
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

    def _item(self, number: int, item: Item) -> None:
        match item:
            case Text():
                self._text(item)
            case JinjaPiece():
                self._piece(number, item.number)
            case Break():
                self._break(item.lines)
            case Line():
                self._line()
            case Space():
                self.state.space = True
            case Indent():
                self._indent(item.prefix)
            case Mark():
                self._content(item.text)
                self.state = _State(started="yes", space=True, glued=True)
            case LinkEnd():
                self._link(number, item)

    def _text(self, item: Text) -> None:
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

    def _link(self, number: int, item: LinkEnd) -> None:
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
        following = (item for item in self.items[number + 1 :] if isinstance(item, LinkEnd))
        link = next(following, None)
        return link is not None and self._compared(link.items) == address

    def _compared(self, items: Sequence[Item]) -> str:
        parts = [self._source(one) for one in items if isinstance(one, Text | JinjaPiece | Space | Break | Line)]
        return _SPACE.sub(" ", "".join(parts)).strip()

    def _source(self, item: Item) -> str:
        if isinstance(item, JinjaPiece):
            piece = self.masked.pieces[item.number]
            return self.masked.text[piece.start : piece.end]
        return self._literal(item.text) if isinstance(item, Text) else " "

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
            if isinstance(item, JinjaPiece):
                depth += {"opens": 1, "closes": -1}.get(self.masked.roles[item.number], 0)
                if not depth:
                    return number
        return len(self.items)

    def _lead(self, at: int) -> int:
        """Returns the line ends before the next text. Statements are no text."""
        lines = 0
        for item in self.items[at : at + _AHEAD_MAX]:
            if isinstance(item, Break):
                lines = max(lines, item.lines)
            elif isinstance(item, Line):
                return max(lines, 1)
            elif not self._is_silent(item):
                return lines
        return 2

    def _is_silent(self, item: Item) -> bool:
        if isinstance(item, JinjaPiece):
            return self.masked.pieces[item.number].kind != "variable_begin"
        return isinstance(item, Space | Indent) or (isinstance(item, Text) and not item.text.strip())

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


def _space_at(items: Sequence[Item], at: int) -> bool:
    if at >= len(items):
        return True
    item = items[at]
    return isinstance(item, Space | Break | Line) or (isinstance(item, Text) and item.text[:1].isspace())


def _bare(address: str) -> str:
    """Returns an address as it is compared with the words of its link."""
    return _SCHEME.sub("", address.strip()).rstrip("/.").lower()
