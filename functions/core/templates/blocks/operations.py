"""The changes that a visual editor makes: each takes a source and returns another. The octets of every other block stay.

A path names a block, as Block.at has it. A block is removed with the white space before it, and put in on a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from functions.core.errors import FieldError, Rejected
from functions.core.templates import reading
from functions.core.templates.blocks import conditions, kinds, palette
from functions.core.templates.blocks.attributes import TAG_END, is_name, with_attribute
from functions.core.templates.blocks.conditions import BlockCondition, Repeat
from functions.core.templates.blocks.rich_text import PlacedNode, RichNode, read_text
from functions.core.templates.blocks.tree import NO_LEVELS, Block, BlockReader, UnreadableError, locked, masked, opened
from functions.core.templates.blocks.written_text import spliced
from functions.core.templates.html.edits import Edits
from functions.core.templates.mjml import attribute_table
from functions.core.templates.source_map import MappedText

_ROOMS = {kinds.TABLE: {kinds.TABLE, kinds.ROWS}}
_HTML_ATTRIBUTES = frozenset({"align", "style", "class", "width", "colspan", "scope", "valign"})  # of a table's parts
_HEAD = re.compile(r"\{%[-+]?\s*(?:(?:el)?if\s++(?P<code>.*?)|(?P<loop>for\s.*?))(?<!\s)\s*+[-+]?%\}", re.DOTALL)


class Changed(Struct, frozen=True):
    source: str
    path: str  # of the block that the change is about, in the new source


class Editing(Struct, frozen=True, dict=True):
    """A source that is open for changes. `levels` are those of the layout's areas."""

    source: str
    levels: Mapping[str, str] = NO_LEVELS
    is_locked: bool = False  # it has no blocks: HTML

    @cached_property
    def document(self) -> Block:
        return locked(self.source) if self.is_locked else opened(self.source, self.levels)

    @classmethod
    def locked(cls, source: str) -> Editing:
        return cls(source, is_locked=True)

    @cached_property
    def reader(self) -> BlockReader:
        return BlockReader(self.source, masked(self.source), self.levels)

    def block(self, path: str) -> Block:
        """Raises Rejected if no block has the path."""
        block = self.document.at(path)
        if block is None:
            raise _refused("path", "names no block of this text: open it again", "STALE")
        return block

    def parent(self, path: str) -> tuple[Block, int]:
        """Returns the block that holds another one, and the place in it."""
        self.block(path)
        above, _, number = path.rpartition(".")
        if not path:
            raise _refused("path", "is the whole email", "WRONG_PLACE")
        return self.block(above), int(number)

    def add(self, parent: str, index: int, name: str) -> Changed:
        """Adds a new block of the palette as the child at an index."""
        holder = self.block(parent)
        code = palette.code_for(name, holder.holds)
        _, before, after = self._place(holder, self._index(holder, index))
        return self.put(parent, index, code.replace("\n", before or after or "\n"))

    def add_near(self, near: str, name: str) -> Changed:
        """Adds a new block of the palette after a block, or in it, or where it may be next to what is around it."""
        self.block(near)
        inside = [(path, len(block.children)) for path, block in self.document.walk() if _is_in(path, near)]
        anywhere = [(path, len(block.children)) for path, block in self.document.walk()]
        level = palette.LEVELS.get(name, "")
        for parent, index in [*inside, *self._after(near)]:
            if palette.room(self.block(parent).holds) == level:
                return self.add(parent, index, name)
        for parent, index in [*self._after(near), *anywhere]:
            if palette.has_room(name, self.block(parent).holds):
                return self.add(parent, index, name)
        raise _refused("block", f"{name[:32]!r} has no place here", "WRONG_PLACE")

    def add_image(self, attributes: Mapping[str, str | None], near: str, parent: str | None, index: int) -> Changed:
        """Adds an image with its attributes, in one change: as the child of `parent` at an index, or near a block."""
        added = self.add_near(near, "image") if parent is None else self.add(parent, index, "image")
        new = replace(self, source=added.source)
        path = next(
            path for path, block in new.document.walk() if block.kind == "mj-image" and _is_in(path, added.path)
        )
        return new.set_attributes(path, attributes)

    def _after(self, path: str) -> Iterator[tuple[str, int]]:
        """Yields the places after a block and after each block around it, from inside to outside."""
        while path:
            path, _, number = path.rpartition(".")
            yield path, int(number) + 1

    def delete(self, path: str) -> Changed:
        holder, _ = self.parent(path)
        block = self.block(path)
        if holder.kind == "condition" or block.kind in {"mjml", "mj-body", "mj-head", "frame"}:
            raise _refused("path", "is a part that the email needs", "WRONG_PLACE")
        start, end = self._with_its_line(block)
        return self._checked(self.source[:start] + self.source[end:], path.rpartition(".")[0])

    def duplicate(self, path: str) -> Changed:
        holder, number = self.parent(path)
        if not holder.holds or holder.kind == "condition":
            raise _refused("path", "can be there only once", "WRONG_PLACE")
        return self.put(path.rpartition(".")[0], number + 1, self.block(path).code(self.source))

    def move(self, path: str, parent: str, index: int) -> Changed:
        """Moves a block, with its octets, to be the child at an index. The index is one of the present children."""
        above, number = self.parent(path)
        block, holder = self.block(path), self.block(parent)
        if _is_in(parent, path):
            raise _refused("parent", "is within the block that would move", "WRONG_PLACE")
        if not fits(block, above.holds, holder.holds):
            raise _refused("parent", "cannot hold this block", "WRONG_PLACE")
        index = self._index(holder, index)
        if parent == path.rpartition(".")[0] and index in {number, number + 1}:
            return Changed(self.source, path)
        at, before, after = self._place(holder, index)
        edits = Edits()
        edits.insert(at, before + block.code(self.source) + after)
        edits.replace(*self._with_its_line(block))
        put = f"{parent}.{index}" if parent else str(index)
        return self._checked(edits.applied(self.source), _without(put, path))

    def set_text(self, path: str, nodes: Sequence[RichNode]) -> Changed:
        """Replaces the text of a block. Paragraphs that did not change keep their octets."""
        block = self.block(path)
        if _is_closed_at_once(block) and nodes:
            return self._with_end(block).set_text(path, nodes)
        old = self.text(path)
        try:
            splice = spliced(old, nodes, (block.inner_start, block.inner_end), block.text, self.source)
        except (UnreadableError, RecursionError) as error:
            raise _refused("nodes", "have a link or a part that cannot be written") from error
        if splice is None:
            return Changed(self.source, path)
        source = self.source[: splice.start] + splice.text + self.source[splice.end :]
        return self._same_blocks(source, path)

    def text(self, path: str) -> list[PlacedNode]:
        block = self.block(path)
        if not block.text:
            raise _refused("path", "has no text", "WRONG_PLACE")
        try:
            return read_text(self.reader, block.inner_start, block.inner_end, block.text)
        except (UnreadableError, RecursionError) as error:
            raise _refused("path", "has a text with code that only the code view can edit", "LOCKED") from error

    def _with_end(self, block: Block) -> Editing:
        """Returns the source with a closing tag for an element that has none: `<td />` becomes `<td></td>`."""
        tag = TAG_END.sub("", block.code(self.source))
        return Editing(f"{self.source[: block.start]}{tag}></{block.kind}>{self.source[block.end :]}", self.levels)

    def set_attributes(self, path: str, changes: Mapping[str, str | None]) -> Changed:
        """Sets attributes of a block's element, and removes those whose value is None."""
        block = self.block(path)
        if not may_have(block.kind, changes):
            raise _refused("attributes", "are not attributes of this block")
        number_and_tag = self.reader.tags.get(block.start)
        if number_and_tag is None:
            raise _refused("path", "has no attributes", "WRONG_PLACE")
        _, tag = number_and_tag
        code = self.source[tag.start : tag.end]
        try:
            for name, value in changes.items():
                code = with_attribute(code, name, value)
        except UnreadableError as error:
            raise _refused("attributes", "have a value with Jinja2 that does not end") from error
        return self._same_blocks(self.source[: tag.start] + code + self.source[tag.end :], path)

    def set_code(self, path: str, code: str) -> Changed:
        """Replaces the HTML of a block of HTML."""
        block = self.block(path)
        if block.kind != "mj-raw":
            raise _refused("path", "is no block of HTML: use the code view", "LOCKED")
        reading.tree(MappedText.of("code", code))
        return self._same_blocks(self.source[: block.inner_start] + code + self.source[block.inner_end :], path)

    def show_when(self, path: str, condition: BlockCondition) -> Changed:
        """Wraps a block in a condition."""
        return self._wrap(path, f"if {conditions.written(condition)}", "endif", inner="0.0")

    def repeat(self, path: str, repeat: Repeat) -> Changed:
        """Wraps a block in a loop."""
        return self._wrap(path, conditions.written_repeat(repeat), "endfor", inner="0")

    def set_condition(self, path: str, condition: BlockCondition) -> Changed:
        """Replaces the test of a branch."""
        if self.block(path).kind != "branch":
            raise _refused("path", "is no condition", "WRONG_PLACE")
        return self._set_head(path, "code", conditions.written(condition))

    def set_repeat(self, path: str, repeat: Repeat) -> Changed:
        if self.block(path).kind != "repeat":
            raise _refused("path", "is no repetition", "WRONG_PLACE")
        return self._set_head(path, "loop", conditions.written_repeat(repeat))

    def unwrap(self, path: str) -> Changed:
        """Removes a condition with one branch, or a loop, from around its blocks."""
        block = self.block(path)
        inner = block.children[0] if block.kind == "condition" and len(block.children) == 1 else block
        if inner.kind not in {"branch", "repeat"}:
            raise _refused("path", "is no condition with one outcome, and no repetition", "WRONG_PLACE")
        content = inner.inner(self.source).strip()
        return self._checked(self.source[: block.start] + content + self.source[block.end :], path)

    def _wrap(self, path: str, words: str, end: str, inner: str) -> Changed:
        holder, _ = self.parent(path)
        if not holder.holds or holder.holds == kinds.PARTS:
            raise _refused("path", "is a part that the email needs", "WRONG_PLACE")
        block = self.block(path)
        line = self._line_before(block.start)
        head, tail = f"{{% {words} %}}{line}", f"{line}{{% {end} %}}"
        source = self.source[: block.start] + head + block.code(self.source) + tail + self.source[block.end :]
        return self._checked(source, f"{path}.{inner}")

    def _set_head(self, path: str, group: str, code: str) -> Changed:
        block = self.block(path)
        match = _HEAD.match(self.source, block.start, block.inner_start)
        if match is None or match[group] is None:
            raise _refused("path", "has no condition to change", "LOCKED")
        return self._same_blocks(self.source[: match.start(group)] + code + self.source[match.end(group) :], path)

    def put(self, parent: str, index: int, code: str) -> Changed:
        """Puts a block's code in as the child at an index, as it is."""
        holder = self.block(parent)
        if not holder.holds:
            raise _refused("parent", "holds no blocks", "WRONG_PLACE")
        if _is_closed_at_once(holder):
            return self._with_end(holder).put(parent, index, code)
        index = self._index(holder, index)
        at, before, after = self._place(holder, index)
        source = self.source[:at] + before + code + after + self.source[at:]
        return self._checked(source, f"{parent}.{index}" if parent else str(index))

    def _index(self, holder: Block, index: int) -> int:
        return max(0, min(index, len(holder.children)))

    def _place(self, holder: Block, index: int) -> tuple[int, str, str]:
        """Returns where a child goes, and the white space before and after it."""
        if index:
            previous = holder.children[index - 1]
            return previous.end, self._line_before(previous.start), ""
        if holder.children:
            first = holder.children[0]
            return first.start, "", self._line_before(first.start)
        line = self._line_before(holder.start)
        at = holder.inner_start
        has_line = "\n" in holder.inner(self.source)
        return at, f"{line or chr(10)}  ", "" if has_line else line

    def _line_before(self, at: int) -> str:
        """Returns the line end and the indentation before an offset, or nothing if something else is on the line."""
        begin = self.source.rfind("\n", 0, at)
        indent = self.source[begin + 1 : at]
        if indent.strip(" \t") or begin < 0:
            return ""
        return self.source[begin - 1 : at] if self.source[begin - 1 : begin] == "\r" else self.source[begin:at]

    def _with_its_line(self, block: Block) -> tuple[int, int]:
        """Returns the place of a block with its line, if nothing else is on it."""
        rest = re.compile(r"[ \t]*(?=\r?\n|\Z)").match(self.source, block.end)
        line = self._line_before(block.start)
        return (block.start - len(line), rest.end()) if rest and line else (block.start, block.end)

    def _checked(self, source: str, path: str) -> Changed:
        """Raises Rejected if the source has locked parts that it did not have: the change would be one that cannot be seen."""
        after = opened(source, self.levels)
        if _locked(after) > _locked(self.document) or after.at(path) is None:
            raise _refused("operation", "would leave a text that cannot be read", "UNREADABLE")
        return Changed(source, path)

    def _same_blocks(self, source: str, path: str) -> Changed:
        """Raises Rejected if a change within one block makes other blocks of it."""
        shapes = [
            [(place, block.kind) for place, block in opened(one, self.levels).walk()] for one in (self.source, source)
        ]
        if shapes[0] != shapes[1]:
            raise _refused("operation", "would change other blocks", "UNREADABLE")
        return Changed(source, path)


def fits(block: Block, level: str, holds: str) -> bool:
    """Whether a block that is on one level may be on another."""
    if not holds:
        return False
    kind = kinds.ELEMENTS.get(block.kind)
    return holds in kind.levels if kind else holds in _ROOMS.get(level, {level})


def may_have(kind: str, names: Mapping[str, str | None]) -> bool:
    """Whether an element has these attributes."""
    if kind.startswith("mj-"):
        return not any(attribute_table.unknown(kind, name) or not is_name(name) for name in names)
    return kind in kinds.ELEMENTS and names.keys() <= _HTML_ATTRIBUTES


def _is_in(path: str, other: str) -> bool:
    """Whether a path names a block or one in it."""
    return not other or path == other or path.startswith(f"{other}.")


def _is_closed_at_once(block: Block) -> bool:
    return block.kind in kinds.ELEMENTS and block.inner_start == block.end


def _locked(document: Block) -> int:
    return sum(block.kind == "locked" for _, block in document.walk())


def _without(path: str, removed: str) -> str:
    """Returns a path after another block is removed."""
    steps, gone = path.split("."), removed.split(".")
    depth = len(gone) - 1
    if steps[:depth] == gone[:depth] and len(steps) > depth and int(steps[depth]) > int(gone[depth]):
        steps[depth] = str(int(steps[depth]) - 1)
    return ".".join(steps)


def _refused(field: str, message: str, code: str = "INVALID_VALUE") -> Rejected:
    return Rejected([FieldError(field, message, code)])
