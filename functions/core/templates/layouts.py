"""Layouts and partials: `{% include "name" %}`, `{% import "name" as x %}` and `{% extends "name" %}` with blocks, resolved as text before
anything is compiled. So a published email is complete, and does not change with a partial.

A partial's text replaces its include, so it shares the variables of that place. Its macros are defined from there on. An imported partial
prints nothing: only its macros and variables follow the tag, up to `{% endimport %}`, which no author writes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from functions.core.errors import FieldError, Rejected
from functions.core.templates.reading import Piece, pieces, readable
from functions.core.templates.source_map import MappedText, Segment

Find = Callable[[str], str | None]  # name → a partial's text

NAME = re.compile(r"(?=.{1,128}\Z)[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
SIZE_MAX = 1_000_000  # characters, partials included
COUNT_MAX = 500  # of includes
DEPTH_MAX = 20  # of nested blocks, and of nested partials
_REFERENCE = re.compile(r"""\{%-?\s*(?:extends|include|import|from|global_partial\s+path\s*=)\s*(["'])(.*?)\1""")
_QUOTED = re.compile(r"""(["'])(.*)\1""")
_HOLDS_TEXT = {"macro": "endmacro", "call": "endcall", "set": "endset"}  # tags whose contents are no output
_GLOBAL = "global_partial"
_INCLUDES = frozenset({"include", _GLOBAL})
_SUPER = ("super", "(", ")")


class Assembled(Struct, frozen=True):
    """A source with its partials. What names a partial that is not there is left out, and is an error at its place."""

    text: MappedText
    errors: tuple[FieldError, ...] = ()


def assembled(source: MappedText, find: Find) -> Assembled:
    """Raises Rejected, with the errors so far, for a text that cannot be put together: circular, too large, of broken blocks."""
    assembly = _Assembly(find)
    try:
        return Assembled(assembly.whole(source, ()), tuple(assembly.errors))
    except Rejected as rejected:
        raise Rejected([*assembly.errors, *rejected.errors]) from rejected


class _Block(Struct, frozen=True):
    name: str
    opens: Piece
    closes: Piece


class _Assembly(Struct):
    find: Find
    taken: int = 0
    size: int = 0
    used: set[str] = field(default_factory=set)
    errors: list[FieldError] = field(default_factory=list)

    def whole(self, source: MappedText, trail: tuple[str, ...]) -> MappedText:
        text = self._included(source, trail)
        return self._extended(text, {}, trail)

    def _included(self, source: MappedText, trail: tuple[str, ...]) -> MappedText:
        source, errors = readable(source)
        self.errors += errors
        texts, at = [], 0
        for piece in pieces(source):
            if piece.tag in _INCLUDES:
                partial, name = self._partial(source, piece, trail)
                texts += [source.cut(at, piece.start), self._included(partial, (*trail, name))]
                at = piece.end
            elif piece.tag in {"import", "from"}:
                partial, name = self._partial(source, piece, trail)
                inner = _silent(self._included(partial, (*trail, name)))
                texts += [source.cut(at, piece.start), _imported(source, piece, inner)]
                at = piece.end
        return MappedText.joined([*texts, source.cut(at, len(source.text))]) if texts else source

    def _partial(self, source: MappedText, piece: Piece, trail: tuple[str, ...]) -> tuple[MappedText, str]:
        quoted = _QUOTED.fullmatch(partial_word(piece))
        if not quoted:
            return self._missing(source, piece, f'must name one partial in quotes: {{% {piece.tag} "name" %}}')
        name = _resolved(quoted[2], trail[-1] if trail else "")
        text = self.find(name) if NAME.fullmatch(name) else None
        if text is None:
            return self._missing(source, piece, f"there is no partial '{name[:64]}'")
        if name in trail:
            raise source.rejected(piece.start, f"is circular: {' > '.join((*trail, name))}")
        self.taken, self.size = self.taken + 1, self.size + len(text)
        if self.taken > COUNT_MAX or self.size > SIZE_MAX or len(trail) >= DEPTH_MAX:
            raise source.rejected(
                piece.start,
                f"makes the email too large: at most {COUNT_MAX} partials, {DEPTH_MAX} deep, of {SIZE_MAX:,} characters",
            )
        return MappedText.of(field_of(name), text), name

    def _missing(self, source: MappedText, piece: Piece, message: str) -> tuple[MappedText, str]:
        """Records the error. An empty text in place of the partial shows the errors of the rest."""
        self.errors.append(source.error(piece.start, message))
        return source.cut(piece.start, piece.start), ""

    def _extended(self, text: MappedText, overrides: Mapping[str, MappedText], trail: tuple[str, ...]) -> MappedText:
        """`overrides` are the contents of blocks from the texts that extend this one."""
        tags = pieces(text)
        tag = next((piece for piece in tags if piece.tag == "extends"), None)
        if tag is None:
            return self._filled(text, overrides) if trail else text
        blocks = _blocks(text, tags)
        layout, name = self._partial(text, tag, trail)
        if not name:
            return MappedText.joined([text.cut(0, tag.start), text.cut(tag.end, len(text.text))])
        own = {block.name: self._content(text, block, overrides) for block in blocks}
        filled = self._extended(self._included(layout, (*trail, name)), {**overrides, **own}, (*trail, name))
        filled = MappedText.joined([_outside(text, tag, blocks), filled])
        for block in blocks:
            if block.name not in self.used:
                message = f"the layout '{name}' has no block '{block.name}'"
                self.errors.append(text.error(block.opens.start, message))
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


def uses(text: str, name: str, find: Find) -> bool:
    """Returns whether the text names the partial, or a partial that it names does. A tag in a comment counts too."""
    names: set[str] = set()
    waiting = [("", text)]
    while waiting:
        place, content = waiting.pop()
        named = {_resolved(match[2], place) for match in _REFERENCE.finditer(content)} - names
        if name in named:
            return True
        names |= named
        waiting += [(one, partial) for one in named if NAME.fullmatch(one) and (partial := find(one)) is not None]
    return False


def field_of(name: str) -> str:
    """Returns where the errors of a partial's text are."""
    return f"partial {name}"


def partial_word(piece: Piece) -> str:
    """Returns the word that names the partial: HubSpot's `global_partial` has it as `path`."""
    words = piece.words[1:]
    if piece.tag == _GLOBAL:
        at = words.index("path") + 2 if "path" in words else 0
        return words[at] if at < len(words) else ""
    one_name = len(words) == 1 or piece.tag in {"import", "from"}
    return words[0] if one_name and words else ""


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


def _outside(text: MappedText, tag: Piece, blocks: list[_Block]) -> MappedText:
    """Returns the tags outside the blocks of a text with a layout: they run before the layout, and set its variables."""
    parts, at = list[MappedText](), 0
    for start, end in [(tag.start, tag.end), *((block.opens.start, block.closes.end) for block in blocks)]:
        parts.append(text.cut(at, max(at, start)))
        at = max(at, end)
    return _silent(MappedText.joined([*parts, text.cut(at, len(text.text))]))


def _silent(text: MappedText) -> MappedText:
    """Returns the tags of a text, and what its macros and variables hold. Its output is left out."""
    parts, at, opened = list[MappedText](), 0, list[str]()
    for piece in pieces(text):
        if opened:
            parts.append(text.cut(at, piece.start))
        if piece.kind in {"block_begin", "raw_begin", "raw_end"} or opened:
            parts.append(text.cut(piece.start, piece.end))
        at = piece.end
        if opened and piece.tag == opened[-1]:
            opened.pop()
        elif piece.tag in _HOLDS_TEXT and not (piece.tag == "set" and "=" in piece.words):
            opened.append(_HOLDS_TEXT[piece.tag])
    return MappedText.joined(parts)


def _imported(source: MappedText, piece: Piece, inner: MappedText) -> MappedText:
    """Returns what replaces an import. One without a name for the partial defines everything at its own place."""
    if not _QUOTED.fullmatch(partial_word(piece)):
        return inner
    if "as" not in piece.words and piece.tag == "import":
        return inner
    origin = source.cut(piece.start, piece.end).parts[0]
    end = MappedText((Segment(f"{{% end{piece.tag} %}}", origin.source, origin.offset),))
    return MappedText.joined([source.cut(piece.start, piece.end), inner, end])


def _resolved(name: str, within: str) -> str:
    """Returns a partial's name. One that begins with `./` or `../` is relative to the partial that names it."""
    if name.startswith("."):
        name = posixpath.normpath(posixpath.join(posixpath.dirname(within), name))
    return name.removeprefix("/")


def _with_super(override: MappedText, own: MappedText) -> MappedText:
    texts, at = [], 0
    for piece in pieces(override):
        if piece.kind == "variable_begin" and piece.words == _SUPER:
            texts += [override.cut(at, piece.start), own]
            at = piece.end
    return MappedText.joined([*texts, override.cut(at, len(override.text))])
