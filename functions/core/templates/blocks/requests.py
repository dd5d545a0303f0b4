"""The changes as a browser sends them: JSON objects, each with its operation's name in `do`."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from functions.core.models import json_text
from functions.core.templates.blocks.conditions import BlockCondition, Repeat
from functions.core.templates.blocks.operations import Changed, Editing
from functions.core.templates.blocks.rich_text import RichNode


class Add(Struct, tag_field="do", tag="add"):
    """`near`: the path of the block after which, or in which, the new one goes."""

    near: str
    name: str

    def apply(self, editing: Editing) -> Changed:
        return editing.add_near(self.near, self.name)


class Insert(Struct, tag_field="do", tag="insert"):
    parent: str
    index: int
    name: str

    def apply(self, editing: Editing) -> Changed:
        return editing.add(self.parent, self.index, self.name)


class PlaceImage(Struct, tag_field="do", tag="image"):
    """Adds an uploaded image: at a place of a block, or near one."""

    src: str
    alt: str
    near: str = ""
    parent: str | None = None
    index: int = 0

    def apply(self, editing: Editing) -> Changed:
        return editing.add_image({"src": self.src, "alt": self.alt}, self.near, self.parent, self.index)


class Delete(Struct, tag_field="do", tag="delete"):
    path: str

    def apply(self, editing: Editing) -> Changed:
        return editing.delete(self.path)


class Duplicate(Struct, tag_field="do", tag="duplicate"):
    path: str

    def apply(self, editing: Editing) -> Changed:
        return editing.duplicate(self.path)


class Move(Struct, tag_field="do", tag="move"):
    path: str
    parent: str
    index: int

    def apply(self, editing: Editing) -> Changed:
        return editing.move(self.path, self.parent, self.index)


class SetText(Struct, tag_field="do", tag="text"):
    path: str
    nodes: list[RichNode]

    def apply(self, editing: Editing) -> Changed:
        return editing.set_text(self.path, self.nodes)


class SetAttributes(Struct, tag_field="do", tag="attributes"):
    path: str
    attributes: dict[str, str | None]

    def apply(self, editing: Editing) -> Changed:
        return editing.set_attributes(self.path, self.attributes)


class SetCode(Struct, tag_field="do", tag="code"):
    path: str
    code: str

    def apply(self, editing: Editing) -> Changed:
        return editing.set_code(self.path, self.code)


class ShowWhen(Struct, tag_field="do", tag="when"):
    """Changes the condition of a branch. Every other block gets one."""

    path: str
    condition: BlockCondition

    def apply(self, editing: Editing) -> Changed:
        if editing.block(self.path).kind == "branch":
            return editing.set_condition(self.path, self.condition)
        return editing.show_when(self.path, self.condition)


class RepeatEach(Struct, tag_field="do", tag="repeat"):
    """Changes the list of a repetition. Every other block gets one."""

    path: str
    repeat: Repeat

    def apply(self, editing: Editing) -> Changed:
        if editing.block(self.path).kind == "repeat":
            return editing.set_repeat(self.path, self.repeat)
        return editing.repeat(self.path, self.repeat)


class Unwrap(Struct, tag_field="do", tag="unwrap"):
    path: str

    def apply(self, editing: Editing) -> Changed:
        return editing.unwrap(self.path)


BlockRequest = (
    Add | Insert | PlaceImage | Delete | Duplicate | Move | SetText | SetAttributes | SetCode | ShowWhen | RepeatEach | Unwrap
)  # fmt: skip
_DECODER: msgspec.json.Decoder[BlockRequest] = msgspec.json.Decoder(BlockRequest)


def read(text: str) -> BlockRequest:
    """Raises Rejected."""
    return json_text.read(text, "operation", _DECODER.decode, "cannot be read")
