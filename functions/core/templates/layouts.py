"""Layouts and partials: `{% include "name" %}` and `{% extends "name" %}` with blocks, resolved as text before anything is compiled. So
a published email is complete, and does not change with a partial.

A partial's text replaces its include, so it shares the variables of that place. Its macros are defined from there on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from functions.core.templates.reading import Piece, pieces
from functions.core.templates.source_map import MappedText

Find = Callable[[str], str | None]  # name → a partial's text

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
SIZE_MAX = 1_000_000  # characters, partials included
COUNT_MAX = 500  # of includes
DEPTH_MAX = 20  # of nested blocks, and of nested partials
_QUOTED = re.compile(r"""(["'])(.*)\1""")
_SUPER = ("super", "(", ")")


def assembled(source: MappedText, find: Find) -> MappedText:
    """Returns the source with all partials. Raises Rejected with the place in the author's source or in the partial's."""
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
                    piece.start, f"write include instead of {piece.tag}: it defines a partial's macros here"
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
            raise source.rejected(piece.start, f"is circular: {' > '.join((*trail, name))}")
        self.taken, self.size = self.taken + 1, self.size + len(text)
        if self.taken > COUNT_MAX or self.size > SIZE_MAX or len(trail) >= DEPTH_MAX:
            raise source.rejected(
                piece.start,
                f"makes the email too large: at most {COUNT_MAX} partials, {DEPTH_MAX} deep, of {SIZE_MAX:,} characters",
            )
        return MappedText.of(f"partial {name}", text), name

    def _extended(self, text: MappedText, overrides: Mapping[str, MappedText], trail: tuple[str, ...]) -> MappedText:
        """`overrides` are the contents of blocks from the texts that extend this one."""
        tags = pieces(text)
        tag = next((piece for piece in tags if piece.tag == "extends"), None)
        if tag is None:
            return self._filled(text, overrides) if trail else text
        blocks = _blocks(text, tags)
        _nothing_else(text, [tag.start, tag.end, *_ends(blocks)], tags)
        layout, name = self._partial(text, tag, trail)
        own = {block.name: self._content(text, block, overrides) for block in blocks}
        filled = self._extended(self._included(layout, (*trail, name)), {**overrides, **own}, (*trail, name))
        for block in blocks:
            if block.name not in self.used:
                raise text.rejected(block.opens.start, f"the layout '{name}' has no block '{block.name}'")
        return filled

    def _filled(self, text: MappedText, overrides: Mapping[str, MappedText], depth: int = 0) -> MappedText:
        texts, at = [], 0
        for block in _blocks(text, pieces(text)):
            if depth >= DEPTH_MAX:
                raise text.rejected(block.opens.start, f"is a block in more than {DEPTH_MAX} others")
            self.used.add(block.name)
            texts += [text.cut(at, block.opens.start), self._content(text, block, overrides, depth + 1)]
            at = block.closes.end
        return MappedText.joined([*texts, text.cut(at, len(text.text))])

    def _content(
        self, text: MappedText, block: _Block, overrides: Mapping[str, MappedText], depth: int = 0
    ) -> MappedText:
        """Returns a block's final content. `{{ super() }}` in an override is the content that it replaces."""
        own = self._filled(text.cut(block.opens.end, block.closes.start), overrides, depth)
        return _with_super(overrides[block.name], own) if block.name in overrides else own


def _blocks(text: MappedText, tags: list[Piece]) -> list[_Block]:
    """Returns the outermost blocks."""
    blocks, opened = list[_Block](), list[Piece]()
    for piece in tags:
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


def _nothing_else(text: MappedText, ends: list[int], tags: list[Piece]) -> None:
    """Rejects text outside the blocks of a text with a layout: it has no place. `ends` are the bounds of each allowed part."""
    bare, at = list(text.text), 0
    for piece in tags:
        if piece.kind == "comment_begin":
            bare[piece.start : piece.end] = " " * (piece.end - piece.start)
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        bare[start:end] = " " * (end - start)
    at = next((offset for offset, character in enumerate(bare) if not character.isspace()), -1)
    if at >= 0:
        raise text.rejected(
            at, "is outside every block, so it would not be in the email: the layout has the text around blocks"
        )


def _with_super(override: MappedText, own: MappedText) -> MappedText:
    texts, at = [], 0
    for piece in pieces(override):
        if piece.kind == "variable_begin" and piece.words == _SUPER:
            texts += [override.cut(at, piece.start), own]
            at = piece.end
    return MappedText.joined([*texts, override.cut(at, len(override.text))])
