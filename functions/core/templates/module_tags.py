"""Reads HubSpot's module tags: `{% text "name" value="x" %}`, `{% module "name" path="@hubspot/rich_text" html="<p>x</p>" %}`, and the blocks
around `{% module_attribute "html" %}`. A tag's parameters are constants, or expressions that the template computes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jinja2 import TemplateError, nodes
from msgspec import Struct, field

from functions.core.errors import Rejected
from functions.core.models import json_text
from functions.core.templates.hubl.grammar import HublParser
from functions.core.templates.reading import READING, Piece
from functions.core.templates.source_map import MappedText, Segment

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_NAME = re.compile(r"[A-Za-z_]\w*")
_QUOTES = frozenset("\"'")
TYPED_BLOCKS = frozenset({"module_block", "widget_block"})  # their first word is the tag inside
ATTRIBUTES = frozenset({"module_attribute", "widget_attribute"})


class Parameter(Struct, frozen=True):
    """A value as written. `constant` is None for an expression."""

    expression: MappedText
    constant: Any = None

    @property
    def content(self) -> MappedText:
        """Returns what the value prints: a text is HubL itself, as the editor of a module stores it."""
        if isinstance(self.constant, str):
            source = self.expression.text
            inside = source[1:-1]
            if source[:1] in _QUOTES and inside == self.constant:
                return self.expression.cut(1, len(source) - 1)
            return placed(self.constant, self.expression)
        return self.printed

    @property
    def printed(self) -> MappedText:
        return MappedText.joined(
            [placed("{{ ", self.expression), self.expression, placed(" }}", self.expression)],
        )


class ModuleTag(Struct, frozen=True):
    kind: str  # the tag's name, or that of the block's own tag: `rich_text` in {% widget_block rich_text "x" %}
    name: str
    at: MappedText  # the tag itself
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def constant(self, name: str) -> Any:
        return self.parameters[name].constant if name in self.parameters else None

    @property
    def path(self) -> str:
        return str(self.constant("path") or "")


def placed(text: str, at: MappedText) -> MappedText:
    """Returns a text of ours whose errors are at a place of the author's."""
    origin = at.parts[0]
    return MappedText((Segment(text, origin.source, origin.offset),))


def read_tag(source: MappedText, piece: Piece) -> ModuleTag | None:
    """Returns None if the parameters are not `name=value`."""
    words = [*_with_offsets(source.text, piece)][1:]
    kind = piece.tag
    if kind in TYPED_BLOCKS and words and _NAME.fullmatch(words[0][1]):
        kind, words = words[0][1], words[1:]
    name = ""
    if words and words[0][1][:1] in _QUOTES:
        name, words = words[0][1][1:-1], words[1:]
    parameters = dict[str, Parameter]()
    for label, start, end in _parameters(words):
        if not label:
            return None
        expression = source.cut(start, end)
        parameters[label] = Parameter(expression, _constant(expression.text))
    return ModuleTag(kind, name, source.cut(piece.start, piece.end), parameters)


def with_attributes(tag: ModuleTag, source: MappedText, inside: Sequence[Piece]) -> ModuleTag:
    """Returns a block's tag with the attributes between its pieces. Only they are content: the rest is white space."""
    parameters = dict(tag.parameters)
    opened: tuple[Piece, ModuleTag] | None = None
    for piece in inside:
        if piece.tag in ATTRIBUTES:
            attribute = read_tag(source, piece)
            opened = (piece, attribute) if attribute else None
        elif opened and piece.tag in {f"end_{name}" for name in ATTRIBUTES}:
            begin, attribute = opened
            text = source.cut(begin.end, piece.start)
            parameters[attribute.name] = _attribute(text, is_json=attribute.constant("is_json") is True)
            opened = None
    return ModuleTag(tag.kind, tag.name, tag.at, parameters)


class _Content(Parameter, frozen=True):
    """The text of an attribute, which is its own content."""

    @property
    def content(self) -> MappedText:
        return self.expression


def _attribute(text: MappedText, *, is_json: bool) -> Parameter:
    if is_json:
        try:
            return Parameter(text, json_text.read_any(text.text, ""))
        except Rejected:
            return _Content(text)
    return _Content(text, text.text)


def _with_offsets(text: str, piece: Piece) -> Iterator[tuple[int, str]]:
    at = piece.start
    for word in piece.words:
        at = text.index(word, at)
        yield at, word
        at += len(word)


def _parameters(words: list[tuple[int, str]]) -> Iterator[tuple[str, int, int]]:
    """Yields each parameter's name with the offsets of its value. A comma between them is optional. Without a name it is an error."""
    at = 0
    while at < len(words):
        if words[at][1] == ",":
            at += 1
            continue
        if at + 2 >= len(words) or words[at + 1][1] != "=" or not _NAME.fullmatch(words[at][1]):
            yield "", 0, 0
            return
        label, first = words[at][1], at + 2
        last, depth = first, 0
        while last < len(words):
            word = words[last][1]
            begins_next = last + 1 < len(words) and words[last + 1][1] == "=" and _NAME.fullmatch(word)
            if depth == 0 and last > first and (word == "," or begins_next):
                break
            depth += (word in _OPENING) - (word in _CLOSING)
            last += 1
        offset, word = words[last - 1]
        yield label, words[first][0], offset + len(word)
        at = last


def _constant(expression: str) -> Any:
    """Returns a constant of the template, or None."""
    try:
        tree = HublParser(READING, f"{{{{ {expression} }}}}").parse()
        (output,) = tree.body
        (value,) = output.nodes  # type: ignore[attr-defined]  # an Output has nodes
        return value.as_const(nodes.EvalContext(READING))
    except (TemplateError, nodes.Impossible, ValueError, RecursionError):
        return None
