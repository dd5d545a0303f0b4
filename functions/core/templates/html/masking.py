"""A template next to its mask: the same text, with a mark for each character of Jinja2. So an offset in the mask is one in the template.

The mask is read as HTML, which is correct unless a piece of Jinja2 decides about the HTML around it. `Masked` also reports what a piece
may do: begin or end a condition, or write markup.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Literal

from msgspec import Struct

from functions.core.templates.reading import Piece, pieces
from functions.core.templates.source_map import MappedText

# Noncharacters: no text contains them for a reason. An author's own count as Jinja2 in HTML, which changes nothing.
EXPRESSION, STATEMENT, SILENT = "\ufdd0", "\ufdd1", "\ufdd2"
MARKS = EXPRESSION + STATEMENT + SILENT
VARIANTS_MAX = 16  # of one tag
_SILENT_KINDS = frozenset({"comment_begin", "raw_begin", "raw_end"})
_BRANCHES = frozenset({"elif", "elseif", "else", "case", "when", "pluralize"})
CAPTURES = frozenset({"macro", "set", "call", "filter"})  # write their content elsewhere, or changed
_WRITES_NOTHING = frozenset({"set", "do", "import", "from", "extends", "break", "continue"})
_MARKUP_FILTERS = frozenset({"safe", "urlize", "xmlattr", "tojson", "truncatehtml", "nl2br", "sanitize_html"})

Role = Literal["opens", "branches", "closes", "plain"]
Markup = Literal["none", "own", "foreign"]  # own: written elsewhere in this template


class Chunk(Struct, frozen=True):
    """A part of one outcome of a template, at its offset in the source."""

    start: int
    text: str


class Masked(Struct, frozen=True, dict=True):
    text: str
    mask: str
    pieces: list[Piece]

    @classmethod
    def of(cls, source: MappedText) -> Masked:
        """Raises Rejected if Jinja2's lexer fails."""
        jinja = pieces(source)
        return cls(source.text, _mask(source.text, jinja), jinja)

    @cached_property
    def _starts(self) -> list[int]:
        return [piece.start for piece in self.pieces]

    def between(self, start: int, end: int) -> range:
        """Returns the numbers of the pieces that begin between two offsets."""
        return range(bisect_left(self._starts, start), bisect_left(self._starts, end))

    def outside(self, start: int, end: int, change: Callable[[str], str]) -> str:
        """Returns the text between two offsets, with everything but Jinja2 changed."""
        parts, at = list[str](), start
        for number in self.between(start, end):
            piece = self.pieces[number]
            parts += [change(self.text[at : piece.start]), self.text[piece.start : piece.end]]
            at = piece.end
        return "".join([*parts, change(self.text[at:end])])

    @cached_property
    def roles(self) -> list[Role]:
        """What each piece does to the pieces around it. A tag opens a block if an `end` tag closes it."""
        roles: list[Role] = ["plain"] * len(self.pieces)
        opened: list[int] = []
        for number, piece in enumerate(self.pieces):
            if piece.tag.startswith("end") and len(piece.tag) > len("end"):
                self._close(piece.tag[len("end") :], number, opened, roles)
            elif piece.tag in _BRANCHES:
                roles[number] = "branches"
            elif piece.tag and not _assigns(piece):
                opened.append(number)
        return roles

    def _close(self, tag: str, number: int, opened: list[int], roles: list[Role]) -> None:
        for depth in range(len(opened) - 1, -1, -1):
            if self.pieces[opened[depth]].tag == tag:
                roles[opened[depth]], roles[number] = "opens", "closes"
                del opened[depth:]
                return

    def captures(self, number: int) -> bool:
        """Whether a block's content does not stay at its place."""
        return self.roles[number] == "opens" and self.pieces[number].tag in CAPTURES

    @cached_property
    def markup(self) -> list[Markup]:
        """Which pieces may write elements: none for values, which are escaped."""
        own, foreign = self._markup_names()
        unescaped = any(piece.tag == "autoescape" for piece in self.pieces)
        return [self._markup_of(number, own, foreign, unescaped) for number in range(len(self.pieces))]

    def _markup_of(self, number: int, own: set[str], foreign: set[str], unescaped: bool) -> Markup:
        piece = self.pieces[number]
        if piece.kind == "block_begin":
            silent = self.roles[number] != "plain" or piece.tag in _WRITES_NOTHING
            return "none" if silent else "foreign"
        if piece.kind != "variable_begin":
            return "none"
        words = _names(piece.words)
        if unescaped or words & (_MARKUP_FILTERS | foreign):
            return "foreign"
        return "own" if words & own or ("loop" in words and "(" in piece.words) else "none"

    def _markup_names(self) -> tuple[set[str], set[str]]:
        """Returns the names of captured blocks, and those of values from filters that make markup."""
        own, foreign = {"caller", "super"}, set[str]()
        for number, piece in enumerate(self.pieces):
            if self.captures(number) and piece.tag in {"macro", "set"}:
                own |= set(piece.words[1:2])
            elif piece.tag in {"set", "for", "with"}:
                names = _names(piece.words)
                foreign |= names if names & (_MARKUP_FILTERS | foreign) else set()
                own |= names if names & own else set()
        return own - _MARKUP_FILTERS, foreign - {"custom", "contact"}

    def balanced(self, start: int, end: int) -> bool:
        """Whether each block that begins or ends between two offsets does both there."""
        depth = 0
        for number in self.between(start, end):
            depth += {"opens": 1, "closes": -1}.get(self.roles[number], 0)
            if depth < 0 or (self.roles[number] == "branches" and not depth):
                return False
        return not depth

    def variants(self, start: int, end: int) -> list[tuple[Chunk, ...]] | None:
        """Returns every outcome of the conditions between two offsets. If they are too many, or loops, an unknown text replaces each
        condition. Returns None if a condition begins or ends elsewhere.
        """
        if not self.between(start, end):
            return [(Chunk(start, self.mask[start:end]),)]
        if not self.balanced(start, end):
            return None
        try:
            return _Outcomes(self, iter(self.between(start, end)), end).all(start)
        except _TooManyError:
            return [tuple(self._without_blocks(start, end))]

    def _without_blocks(self, start: int, end: int) -> Iterator[Chunk]:
        depth, at = 0, start
        for number in self.between(start, end):
            piece, role = self.pieces[number], self.roles[number]
            if not depth:
                yield Chunk(at, self.mask[at : piece.start])
                writes = piece.kind == "variable_begin" or not (
                    piece.kind in _SILENT_KINDS or piece.tag in _WRITES_NOTHING
                )
                yield Chunk(piece.start, EXPRESSION if writes else "")
            depth += {"opens": 1, "closes": -1}.get(role, 0)
            at = piece.end
        yield Chunk(at, self.mask[at:end])


class _Outcomes(Struct):
    """Reads the outcomes of the pieces in their order."""

    masked: Masked
    numbers: Iterator[int]
    end: int
    stop: Role = "plain"  # of the piece that ended the last sequence
    stop_tag: str = ""

    def all(self, start: int) -> list[tuple[Chunk, ...]]:
        return self._sequence(start)[0]

    def _sequence(self, at: int) -> tuple[list[tuple[Chunk, ...]], int]:
        """Returns the outcomes up to the end of the branch, and the offset behind the piece that ends it."""
        outcomes: list[tuple[Chunk, ...]] = [()]
        for number in self.numbers:
            piece, role = self.masked.pieces[number], self.masked.roles[number]
            outcomes = _each_with(outcomes, [self._chunk(at, piece.start)])
            at = piece.end
            if role in {"closes", "branches"}:
                self.stop, self.stop_tag = role, piece.tag
                return outcomes, at
            if role == "opens":
                branches, at = self._branches(piece)
                outcomes = _each_with(outcomes, branches)
            elif piece.kind == "variable_begin":
                outcomes = _each_with(outcomes, [self._chunk(piece.start, piece.end)])
            elif piece.kind == "block_begin" and piece.tag not in _WRITES_NOTHING:
                raise _TooManyError
        return _each_with(outcomes, [self._chunk(at, self.end)]), self.end

    def _branches(self, opens: Piece) -> tuple[list[tuple[Chunk, ...]], int]:
        if opens.tag not in {"if", "set", "macro"}:
            raise _TooManyError
        outcomes, otherwise, at = list[tuple[Chunk, ...]](), opens.tag != "if", opens.end
        while True:
            branch, at = self._sequence(at)
            outcomes += branch
            if self.stop == "closes":
                break
            otherwise = otherwise or self.stop_tag == "else"
        if opens.tag != "if":
            return [()], at
        return (outcomes if otherwise else [*outcomes, ()]), at

    def _chunk(self, start: int, end: int) -> tuple[Chunk, ...]:
        return (Chunk(start, self.masked.mask[start:end]),) if end > start else ()


class _TooManyError(Exception):
    """There are too many outcomes, or they cannot be listed."""


def _each_with(outcomes: Sequence[tuple[Chunk, ...]], further: Sequence[tuple[Chunk, ...]]) -> list[tuple[Chunk, ...]]:
    if len(outcomes) * len(further) > VARIANTS_MAX:
        raise _TooManyError
    return [(*one, *other) for one in outcomes for other in further]


def _mask(text: str, jinja: list[Piece]) -> str:
    parts, at = list[str](), 0
    for piece in jinja:
        mark = EXPRESSION if piece.kind == "variable_begin" else STATEMENT
        mark = SILENT if piece.kind in _SILENT_KINDS else mark
        parts += [text[at : piece.start], mark * (piece.end - piece.start)]
        at = piece.end
    return "".join([*parts, text[at:]])


def _assigns(piece: Piece) -> bool:
    """Whether it is `{% set name = value %}`, which has no end."""
    words = piece.words
    first = next((word for word in words[1:] if word in {"=", "|", "("}), "")
    return piece.tag == "set" and first == "="


def _names(words: Sequence[str]) -> set[str]:
    """Returns the names among the words: a filter may also be named by a text, `map('safe')`."""
    return {word.strip("'\"") for word in words}
