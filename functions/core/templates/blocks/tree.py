"""Reads a source as a tree of blocks, each an exact span of the author's text. Reading changes nothing.

A block that the reader does not understand is locked: it has its code, and no children. The smallest part that holds it whole is the block.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.errors import Rejected
from functions.core.templates import markup
from functions.core.templates.blocks import kinds
from functions.core.templates.html.masking import Masked
from functions.core.templates.markup import MarkupSpan, attribute_list
from functions.core.templates.reading import Piece
from functions.core.templates.source_map import MappedText, Segment, Source

DEPTH_MAX = 60  # of nested blocks
_SPACE = re.compile(r"[ \t\n\f\r]*")
_MJML = re.compile(r"<(mj-[a-z-]+)")
_LINE_END = re.compile(r"\r\n?")
_QUOTED = re.compile(r"""(["'])(.*)\1""")
_BEGIN = frozenset({"if", "unless", "for", "block", "macro", "call", "filter", "autoescape", "with", "ifchanged"})
NO_LEVELS: Mapping[str, str] = MappingProxyType({})


class Block(Struct, frozen=True):
    """One block at its place.

    kind: an element's name, or: document, condition, branch, repeat, area (of a layout), frame (the layout), include, code (a statement, a
    value or a comment), locked.
    """

    kind: str
    start: int
    end: int
    inner_start: int  # behind its opening tag
    inner_end: int
    holds: str = ""  # the level of its children
    name: str = ""  # of an area, a layout or a partial
    children: tuple[Block, ...] = ()

    @property
    def text(self) -> kinds.TextForm:
        if self.kind == "area" and self.holds == kinds.WORDS:
            return "line"
        return kinds.ELEMENTS[self.kind].text if self.kind in kinds.ELEMENTS else ""

    def code(self, source: str) -> str:
        return source[self.start : self.end]

    def inner(self, source: str) -> str:
        return source[self.inner_start : self.inner_end]

    def at(self, path: str) -> Block | None:
        """Returns a block by its path: `0.2` is the third child of the first. The empty path is the block itself."""
        block = self
        for step in path.split(".") if path else ():
            if not step.isdecimal() or int(step) >= len(block.children):
                return None
            block = block.children[int(step)]
        return block

    def walk(self, path: str = "") -> Iterator[tuple[str, Block]]:
        """Yields the block and all blocks in it, with their paths."""
        yield path, self
        for number, child in enumerate(self.children):
            yield from child.walk(f"{path}.{number}" if path else str(number))


class UnreadableError(Exception):
    """A part does not end where it begins, or in another order."""


def masked(source: str) -> Masked:
    """Returns the mask of a text as it is. Jinja2's lexer shortens line ends, so their octets become others of the same number."""
    text = _LINE_END.sub(lambda match: " \n" if len(match[0]) > 1 else "\n", source)
    return Masked.of(MappedText((Segment(text, Source("", text), 0),)))


def opened(source: str, levels: Mapping[str, str] = NO_LEVELS) -> Block:
    """Returns the document. `levels` are those of the layout's areas. A source that cannot be read is one locked block."""
    try:
        reader = BlockReader(source, masked(source), levels)
        children = reader.sequence(0, len(source), kinds.NOTHING, 0)
    except (Rejected, UnreadableError, RecursionError):
        return locked(source)
    return Block("document", 0, len(source), 0, len(source), children=children)


def locked(source: str) -> Block:
    """Returns a document of one locked block."""
    children = (_locked(0, len(source)),) if source else ()
    return Block("document", 0, len(source), 0, len(source), children=children)


def area_levels(layout: Block, source: str) -> dict[str, str]:
    """Returns the level of each area of a layout. One within a text, or outside the document, holds words."""
    levels = {block.name: block.holds for _, block in layout.walk() if block.kind == "area"}
    named = re.findall(r"\{%[-+]?\s*block\s+(\w+)", source)
    return {name: levels.get(name) or kinds.WORDS for name in named}


def _locked(start: int, end: int) -> Block:
    return Block("locked", start, end, start, end)


def tag_attributes(reader: BlockReader, tag: MarkupSpan) -> dict[str, str]:
    """Returns the attributes as written, Jinja2 included: the mask decides where a value ends."""
    return {
        one.name: reader.source[one.value_start : one.value_start + len(one.value or "")]
        for one in reversed(attribute_list(reader.masked.mask, tag))
    }


class BlockReader(Struct, dict=True):
    source: str
    masked: Masked
    levels: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def tags(self) -> dict[int, tuple[int, MarkupSpan]]:
        """The tags and comments by their beginning, each with its number."""
        return {span.start: (number, span) for number, span in enumerate(self.spans)}

    @cached_property
    def spans(self) -> list[MarkupSpan]:
        return [span for span in markup.spans(self.masked.mask) if span.kind != "text"]

    @cached_property
    def jinja(self) -> dict[int, int]:
        """The number of the piece that begins at an offset. Pieces within a tag or a comment are part of it."""
        within = [(span.start, span.end) for span in self.spans]
        numbers, at = dict[int, int](), 0
        for number, piece in enumerate(self.masked.pieces):
            while at < len(within) and within[at][1] <= piece.start:
                at += 1
            if at == len(within) or piece.start < within[at][0]:
                numbers[piece.start] = number
        return numbers

    @cached_property
    def partners(self) -> dict[int, tuple[int, ...]]:
        """For each piece that opens a block: the pieces that branch and the one that closes it."""
        partners, stack = dict[int, tuple[int, ...]](), list[list[int]]()
        for number, role in enumerate(self.masked.roles):
            if role == "opens":
                stack.append([number])
            elif role == "branches" and stack:
                stack[-1].append(number)
            elif role == "closes" and stack:
                first, *others = stack.pop()
                partners[first] = (*others, number)
        return partners

    def sequence(self, start: int, end: int, holds: str, depth: int) -> tuple[Block, ...]:
        """Returns the blocks between two offsets. White space between them is of no block. Raises UnreadableError."""
        if depth > DEPTH_MAX:
            raise UnreadableError
        blocks, at = list[Block](), self.skip_space(start, end)
        while at < end:
            block = self.block(at, end, holds, depth)
            if block.end <= at or block.end > end:
                raise UnreadableError
            blocks.append(block)
            at = self.skip_space(block.end, end)
        return tuple(blocks)

    def skip_space(self, at: int, end: int) -> int:
        match = _SPACE.match(self.source, at, end)
        return match.end() if match else at

    def block(self, at: int, end: int, holds: str, depth: int) -> Block:
        if at in self.jinja:
            return self._statement(self.jinja[at], end, holds, depth)
        if at in self.tags:
            number, tag = self.tags[at]
            if tag.kind == "comment":
                self.check_balanced(tag.start, tag.end)
                return Block("code", tag.start, tag.end, tag.start, tag.end)
            return self._element(number, tag, end, holds, depth)
        return _locked(at, self.text_end(at, end))

    def text_end(self, at: int, end: int) -> int:
        """Returns the end of the text at an offset, without the white space that follows it."""
        while at < end and at not in self.jinja and at not in self.tags:
            at += 1
        return len(self.source[:at].rstrip())

    def check_balanced(self, start: int, end: int) -> None:
        if not self.masked.balanced(start, end):
            raise UnreadableError

    def element_end(self, number: int, end: int) -> MarkupSpan:
        """Returns the tag that closes an element. Raises UnreadableError if no tag does, up to an offset."""
        opens, depth = self.spans[number], 1
        for other in range(number + 1, len(self.spans)):
            span = self.spans[other]
            if span.start >= end:
                break
            if span.name == opens.name:
                depth += {"open": 1, "close": -1}.get(span.kind, 0)
            if not depth and span.end <= end:
                return span
        raise UnreadableError

    def spans_between(self, start: int, end: int) -> Iterator[MarkupSpan]:
        """Yields the tags and comments that begin between two offsets."""
        for number in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            yield self.spans[number]

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for span in self.spans]

    def _element(self, number: int, tag: MarkupSpan, end: int, holds: str, depth: int) -> Block:
        self.check_balanced(tag.start, tag.end)
        if tag.kind not in {"open", "empty"}:
            raise UnreadableError
        kind = kinds.ELEMENTS.get(tag.name)
        fits = kind is not None and holds in kind.levels
        if tag.kind == "empty":
            return Block(tag.name if fits else "locked", tag.start, tag.end, tag.end, tag.end)
        closes = self.element_end(number, end)
        self.check_balanced(tag.end, closes.start)
        if kind is None or not fits:
            return _locked(tag.start, closes.end)
        block = Block(tag.name, tag.start, closes.end, tag.end, closes.start, holds=kind.holds)
        return self._with_children(block, depth) if kind.holds else block

    def _with_children(self, block: Block, depth: int) -> Block:
        try:
            children = self.sequence(block.inner_start, block.inner_end, block.holds, depth + 1)
        except UnreadableError:
            return _locked(block.start, block.end)
        return replace(block, children=children)

    def _statement(self, number: int, end: int, holds: str, depth: int) -> Block:
        piece = self.masked.pieces[number]
        if self.is_whole(number):
            return self._plain(number, end)
        if number not in self.partners:
            raise UnreadableError
        *branches, last = (self.masked.pieces[other] for other in self.partners[number])
        if last.end > end:
            raise UnreadableError
        block = Block("locked", piece.start, last.end, piece.end, last.start, holds=holds)
        if piece.tag == "if":
            return self._condition(block, [piece, *branches, last], depth)
        if piece.tag == "for" and not branches:
            return self._with_children(replace(block, kind="repeat"), depth)
        if piece.tag == "block":
            return self._area(block, piece, depth)
        return _locked(block.start, block.end)

    def is_whole(self, number: int) -> bool:
        """Whether a piece of Jinja2 neither begins, branches nor ends a block."""
        piece = self.masked.pieces[number]
        begins = piece.tag in _BEGIN or piece.kind == "raw_end"
        return self.masked.roles[number] == "plain" and not begins

    def _plain(self, number: int, end: int) -> Block:
        piece = self.masked.pieces[number]
        stop, kind, name = piece.end, "code", ""
        if piece.kind == "raw_begin":
            stop = self.masked.pieces[number + 1].end if number + 1 < len(self.masked.pieces) else end
            kind = "locked"
        elif piece.tag in {"extends", "include"} and len(piece.words) == len(("include", "name")):
            quoted = _QUOTED.fullmatch(piece.words[1])
            kind = {"extends": "frame", "include": "include"}[piece.tag] if quoted else "code"
            name = quoted[2] if quoted else ""
        return Block(kind, piece.start, stop, stop, stop, name=name)

    def _condition(self, block: Block, pieces: list[Piece], depth: int) -> Block:
        """Returns a condition with a branch for each of its outcomes, or a locked block."""
        branches = list[Block]()
        try:
            for one, other in pairwise(pieces):
                inner = self.sequence(one.end, other.start, block.holds, depth + 1)
                branches.append(
                    Block("branch", one.start, other.start, one.end, other.start, holds=block.holds, children=inner)
                )
        except UnreadableError:
            return _locked(block.start, block.end)
        return replace(block, kind="condition", holds=kinds.NOTHING, inner_start=block.start, children=tuple(branches))

    def _area(self, block: Block, piece: Piece, depth: int) -> Block:
        name = piece.words[1] if len(piece.words) > 1 else ""
        level = block.holds or self.levels.get(name) or self._level(block.inner_start, block.inner_end)
        area = replace(block, kind="area", holds=level, name=name)
        if level == kinds.WORDS:
            return area
        return self._with_children(area, depth)

    def _level(self, start: int, end: int) -> str:
        """Returns the level of an area whose layout is unknown: that of its first element."""
        element = _MJML.search(self.masked.mask, start, end)
        return kinds.level_of(element[1]) if element else kinds.WORDS
