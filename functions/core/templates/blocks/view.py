"""A document as the visual view shows it: the tree in JSON, with the look and the text of each block, and what its chips represent."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from functions.core.errors import Rejected
from functions.core.templates.blocks import chips, conditions, kinds
from functions.core.templates.blocks.conditions import BlockCondition, Repeat
from functions.core.templates.blocks.operations import Editing
from functions.core.templates.blocks.rich_text import RichNode
from functions.core.templates.blocks.tree import Block, tag_attributes
from functions.core.templates.html.masking import MARKS, Masked
from functions.core.templates.mjml.effects import Defaults
from functions.core.templates.source_map import MappedText

SAMPLE_MAX = 60  # characters of a chip's sample value


class BlockView(Struct, rename="camel", omit_defaults=True, kw_only=True):
    path: str
    kind: str
    start: int  # its place in the source, in UTF-16 units, as a browser counts
    end: int
    name: str = ""  # of an area, a layout or a partial
    holds: str = ""
    levels: tuple[str, ...] = ()  # where the block may be
    attributes: dict[str, str] = field(default_factory=dict)  # as written
    look: dict[str, str] = field(default_factory=dict)  # with the defaults, without values of Jinja2
    text: tuple[RichNode, ...] | None = None
    code: str = ""  # of a block without a form
    condition: BlockCondition | None = None
    otherwise: bool = False  # a branch of {% else %}
    repeat: Repeat | None = None
    original: str = ""  # the same block's text in the email's own language
    untranslated: bool = False
    children: tuple[BlockView, ...]


class ChipView(Struct, rename="camel", omit_defaults=True):
    path: str = ""
    default: str | None = None
    simple: bool = False
    without_default: bool = False
    sample: str = ""


class DocumentView(Struct, rename="camel"):
    document: BlockView
    chips: dict[str, ChipView]


class ViewOptions(Struct, frozen=True):
    """`styled`: the source with its partials, which has the defaults. `original`: the email in its own language, while another is edited."""

    values: Mapping[str, Any]
    styled: str = ""
    original: Editing | None = None


def view_of(editing: Editing, options: ViewOptions) -> DocumentView:
    viewer = _Viewer(editing, options, _defaults(options.styled or editing.source))
    document = viewer.view("", editing.document, options.values, "")
    return DocumentView(document, viewer.chips)


def _defaults(source: str) -> Defaults:
    try:
        return Defaults.read(Masked.of(MappedText.of("", source)).mask)
    except Rejected:
        return Defaults()


class _Viewer(Struct, dict=True):
    editing: Editing
    options: ViewOptions
    defaults: Defaults
    chips: dict[str, ChipView] = field(default_factory=dict)

    def view(self, path: str, block: Block, values: Mapping[str, Any], level: str) -> BlockView:
        source = self.editing.source
        tag = source[block.start : block.inner_start]
        repeat = conditions.read_repeat(tag) if block.kind == "repeat" else None
        inner = {**values, repeat.item: _first(values, repeat.list)} if repeat else values
        attributes = self.attributes(block)
        text = self.text(path, block)
        for node in text or ():
            self.add_chips(node, values)
        original, same = self.original(path, block)
        return BlockView(
            path=path,
            kind=block.kind,
            start=self.offset(block.start),
            end=self.offset(block.end),
            name=block.name,
            holds=block.holds,
            levels=_levels(block, level),
            attributes=attributes,
            look=self.look(block, attributes),
            text=text,
            code=self.code(block, text),
            condition=conditions.read(tag) if block.kind == "branch" else None,
            otherwise=block.kind == "branch" and conditions.is_else(tag),
            repeat=repeat,
            original=original,
            untranslated=same,
            children=tuple(
                self.view(f"{path}.{number}" if path else str(number), child, inner, block.holds)
                for number, child in enumerate(block.children)
            ),
        )

    def offset(self, at: int) -> int:
        return at + bisect_left(self.pairs, at)

    @cached_property
    def pairs(self) -> list[int]:
        """The places of the characters that take two units in UTF-16."""
        return [at for at, character in enumerate(self.editing.source) if character > "\uffff"]

    def attributes(self, block: Block) -> dict[str, str]:
        if block.kind not in kinds.ELEMENTS:
            return {}
        reader = self.editing.reader
        _, tag = reader.tags[block.start]
        return tag_attributes(reader, tag)

    def look(self, block: Block, attributes: Mapping[str, str]) -> dict[str, str]:
        complete = self.defaults.complete(block.kind, attributes) if block.kind in kinds.ELEMENTS else {}
        return {name: value for name, value in complete.items() if not any(mark in value for mark in (*MARKS, "{"))}

    def text(self, path: str, block: Block) -> tuple[RichNode, ...] | None:
        if not block.text:
            return None
        try:
            return tuple(placed.node for placed in self.editing.text(path))
        except Rejected:
            return None

    def code(self, block: Block, text: tuple[RichNode, ...] | None) -> str:
        source = self.editing.source
        if block.kind == "mj-raw":
            return block.inner(source)
        if block.kind in {"branch", "repeat"}:
            return source[block.start : block.inner_start].strip()
        if text is not None or block.children or block.kind in {"document", "area", "condition"}:
            return ""
        has_form = block.kind in kinds.ELEMENTS and not block.text
        return "" if has_form else block.code(source)

    def add_chips(self, node: RichNode, values: Mapping[str, Any]) -> None:
        if node.type == "chip" and node.attrs.code not in self.chips:
            chip = chips.read(node.attrs.code)
            sample = sample_of(values, chip.path)
            self.chips[node.attrs.code] = ChipView(chip.path, chip.default, chip.simple, chip.without_default, sample)
        for child in node.content:
            self.add_chips(child, values)

    def original(self, path: str, block: Block) -> tuple[str, bool]:
        """Returns the text of the same block in the original, and whether it is the same: not translated yet."""
        other = self.options.original
        if other is None or not block.text:
            return "", False
        same_place = other.document.at(path)
        if same_place is None or same_place.kind != block.kind:
            return "", False
        text = same_place.inner(other.source).strip()
        has_words = any(character.isalpha() for character in _without_jinja(text))
        return text, has_words and text == block.inner(self.editing.source).strip()


def _levels(block: Block, level: str) -> tuple[str, ...]:
    kind = kinds.ELEMENTS.get(block.kind)
    if kind:
        return tuple(sorted(kind.levels))
    return (level, kinds.ROWS) if level == kinds.TABLE else (level,)


def _without_jinja(text: str) -> str:
    try:
        masked = Masked.of(MappedText.of("", text))
    except Rejected:
        return text
    return "".join(character for character in masked.mask if character not in MARKS)


def sample_of(values: Mapping[str, Any], path: str) -> str:
    """Returns the sample value at a path, shortened, or an empty text."""
    value: Any = values
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, Mapping) else None
    text = "" if value is None or isinstance(value, Mapping | list) else str(value)
    return text if len(text) <= SAMPLE_MAX else f"{text[: SAMPLE_MAX - 1]}…"


def _first(values: Mapping[str, Any], path: str) -> Any:
    """Returns the first entry of a list, whose values a loop's chips show."""
    value: Any = values
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value[0] if isinstance(value, list) and value else {}
