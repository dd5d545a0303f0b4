"""Layouts and partials: `{% include "name" %}` and `{% extends "name" %}` with blocks, resolved as text before anything is compiled, so that
what is published is whole and never changes when a partial does.

A partial's text stands where it is included, and sees and sets what is set there: its macros are known from there on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from functions.core.templates.reading import Piece, pieces
from functions.core.templates.source_map import MappedText

Find = Callable[[str], str | None]  # a partial's text by its name

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
SIZE_MAX = 1_000_000  # characters, with all partials in
COUNT_MAX = 500  # of includes
DEPTH_MAX = 20  # of blocks in blocks, and of partials in partials
_QUOTED = re.compile(r"""(["'])(.*)\1""")
_SUPER = ("super", "(", ")")


def assembled(source: MappedText, find: Find) -> MappedText:
    """With every partial in its place. Raises Rejected, in the author's source or in the partial's."""
    return _Assembly(find).whole(source, ())


class _Block(Struct, frozen=True):
    name: str
    opens: Piece
    closes: Piece


class _Assembly(Struct):
    find: Find
    taken: int = 0
    size: int = 0
    used: set[str] = field(default_factory=set)

    def whole(self, source: MappedText, trail: tuple[str, ...]) -> MappedText:
        text = self._included(source, trail)
        return self._extended(text, {}, trail)

    def _included(self, source: MappedText, trail: tuple[str, ...]) -> MappedText:
        texts, at = [], 0
        for piece in pieces(source):
            if piece.tag == "include":
                partial, name = self._partial(source, piece, trail)
                texts += [source.cut(at, piece.start), self._included(partial, (*trail, name))]
                at = piece.end
            elif piece.tag in {"import", "from"}:
                raise source.rejected(
                    piece.start, f"write include for {piece.tag}: a partial's macros are then known here"
                )
        return MappedText.joined([*texts, source.cut(at, len(source.text))]) if texts else source

    def _partial(self, source: MappedText, piece: Piece, trail: tuple[str, ...]) -> tuple[MappedText, str]:
        quoted = _QUOTED.fullmatch(piece.words[1]) if len(piece.words) == len(("include", "name")) else None
        if not quoted:
            raise source.rejected(piece.start, f'must name one partial in quotes: {{% {piece.tag} "name" %}}')
        name = quoted[2]
        text = self.find(name) if NAME.fullmatch(name) else None
        if text is None:
            raise source.rejected(piece.start, f"there is no partial '{name[:64]}'")
        if name in trail:
            raise source.rejected(piece.start, f"goes round in a circle: {' > '.join((*trail, name))}")
        self.taken, self.size = self.taken + 1, self.size + len(text)
        if self.taken > COUNT_MAX or self.size > SIZE_MAX or len(trail) >= DEPTH_MAX:
            raise source.rejected(
                piece.start,
                f"makes the email too large: at most {COUNT_MAX} partials, {DEPTH_MAX} deep, of {SIZE_MAX:,} characters",
            )
        return MappedText.of(f"partial {name}", text), name

    def _extended(self, text: MappedText, given: Mapping[str, MappedText], trail: tuple[str, ...]) -> MappedText:
        """`given`: what blocks hold by the word of those who extend this text."""
        found = pieces(text)
        tag = next((piece for piece in found if piece.tag == "extends"), None)
        if tag is None:
            return self._filled(text, given) if trail else text
        blocks = _blocks(text, found)
        _nothing_else(text, [tag.start, tag.end, *_ends(blocks)], found)
        layout, name = self._partial(text, tag, trail)
        own = {block.name: self._content(text, block, given) for block in blocks}
        filled = self._extended(self._included(layout, (*trail, name)), {**given, **own}, (*trail, name))
        for block in blocks:
            if block.name not in self.used:
                raise text.rejected(block.opens.start, f"the layout '{name}' has no block '{block.name}'")
        return filled

    def _filled(self, text: MappedText, given: Mapping[str, MappedText], depth: int = 0) -> MappedText:
        texts, at = [], 0
        for block in _blocks(text, pieces(text)):
            if depth >= DEPTH_MAX:
                raise text.rejected(block.opens.start, f"is a block in more than {DEPTH_MAX} others")
            self.used.add(block.name)
            texts += [text.cut(at, block.opens.start), self._content(text, block, given, depth + 1)]
            at = block.closes.end
        return MappedText.joined([*texts, text.cut(at, len(text.text))])

    def _content(self, text: MappedText, block: _Block, given: Mapping[str, MappedText], depth: int = 0) -> MappedText:
        """What a block holds in the end; `{{ super() }}` in what is given for it is what it held before."""
        own = self._filled(text.cut(block.opens.end, block.closes.start), given, depth)
        return _with_super(given[block.name], own) if block.name in given else own


def _blocks(text: MappedText, found: list[Piece]) -> list[_Block]:
    """The outermost ones."""
    blocks, opened = list[_Block](), list[Piece]()
    for piece in found:
        if piece.tag == "block":
            opened.append(piece)
        elif piece.tag == "endblock":
            if not opened:
                raise text.rejected(piece.start, "ends a block that does not begin")
            opens = opened.pop()
            if not opened:
                blocks.append(_Block(_name(text, opens), opens, piece))
    if opened:
        raise text.rejected(opened[-1].start, "begins a block that does not end")
    return blocks


def _name(text: MappedText, opens: Piece) -> str:
    if len(opens.words) < len(("block", "name")):
        raise text.rejected(opens.start, "must name its block: {% block name %}")
    return opens.words[1]


def _ends(blocks: list[_Block]) -> Iterator[int]:
    for block in blocks:
        yield block.opens.start
        yield block.closes.end


def _nothing_else(text: MappedText, ends: list[int], found: list[Piece]) -> None:
    """Text outside the blocks of what extends a layout would have no place. `ends`: where each allowed stretch begins and ends."""
    bare, at = list(text.text), 0
    for piece in found:
        if piece.kind == "comment_begin":
            bare[piece.start : piece.end] = " " * (piece.end - piece.start)
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        bare[start:end] = " " * (end - start)
    at = next((offset for offset, character in enumerate(bare) if not character.isspace()), -1)
    if at >= 0:
        raise text.rejected(at, "stands outside every block, and would not be in the email: a layout has the rest")


def _with_super(given: MappedText, own: MappedText) -> MappedText:
    texts, at = [], 0
    for piece in pieces(given):
        if piece.kind == "variable_begin" and piece.words == _SUPER:
            texts += [given.cut(at, piece.start), own]
            at = piece.end
    return MappedText.joined([*texts, given.cut(at, len(given.text))])
