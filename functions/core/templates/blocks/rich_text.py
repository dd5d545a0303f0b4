"""The text of a block as a tree that ProseMirror reads: paragraphs, lists, marks, and chips for Jinja2's values.

An opening tag, and a part without an equal in the tree, stay as written: `open` and `code` are the author's octets.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from functions.core.templates.blocks.kinds import TextForm
from functions.core.templates.blocks.tree import BlockReader, UnreadableError, tag_attributes
from functions.core.templates.markup import MarkupSpan, unescaped_value

NodeType = Literal[
    "paragraph", "heading", "bullet_list", "ordered_list", "list_item", "locked", "text", "hard_break", "chip", "code"
]
MarkType = Literal["link", "style", "strong", "em", "underline", "strike"]

MARKS: dict[str, MarkType] = {
    "a": "link",
    **dict.fromkeys(["b", "strong"], "strong"),
    **dict.fromkeys(["i", "em"], "em"),
    "u": "underline",
    **dict.fromkeys(["s", "strike", "del"], "strike"),
    **dict.fromkeys(["span", "font", "small", "big", "sub", "sup"], "style"),
}
RANK: tuple[MarkType, ...] = ("link", "style", "strong", "em", "underline", "strike")  # from outside to inside
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS: dict[str, NodeType] = {"ul": "bullet_list", "ol": "ordered_list"}
_BLOCKS = frozenset(
    ["p", "li", "div", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "hr", "blockquote", "pre", "center", "dl"]
) | {*_HEADINGS, *_LISTS}
_SPACES = re.compile(r"[ \t\n\f\r]+")
_COLOR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;]+)")


class MarkAttributes(Struct, frozen=True, omit_defaults=True):
    open: str = ""  # the tag as written; empty: a new mark
    href: str = ""
    color: str = ""


class RichMark(Struct, frozen=True, omit_defaults=True):
    type: MarkType
    attrs: MarkAttributes = MarkAttributes()


class NodeAttributes(Struct, frozen=True, omit_defaults=True):
    open: str = ""  # the tag as written; empty: a text without an element, or a new one
    code: str = ""  # of a chip, a break, or a part that is not understood
    level: int = 0  # of a heading
    path: str = ""  # of a new chip: contact.firstname
    default: str = ""  # of a new chip


class RichNode(Struct, frozen=True, omit_defaults=True):
    """A node in ProseMirror's JSON."""

    type: NodeType
    attrs: NodeAttributes = NodeAttributes()
    content: tuple[RichNode, ...] = ()
    marks: tuple[RichMark, ...] = ()
    text: str = ""


class PlacedNode(Struct, frozen=True):
    """A paragraph, a list or the like, with its place in the source."""

    node: RichNode
    start: int
    end: int


def read_text(reader: BlockReader, start: int, end: int, form: TextForm) -> list[PlacedNode]:
    """Returns the text between two offsets. Raises UnreadableError if an element or a condition does not end there."""
    return list(_RichTextReader(reader, form).nodes(start, end))


class _RichTextReader(Struct):
    reader: BlockReader
    form: TextForm

    def nodes(self, start: int, end: int) -> Iterator[PlacedNode]:
        run, at = start, start
        while at < end:
            stop = self.item_end(at, end)
            if self.form == "rich" and self.is_block(at, stop):
                yield from self.bare(run, at)
                yield PlacedNode(self.element(at, stop), at, stop)
                run = stop
            at = stop
        yield from self.bare(run, end)

    def item_end(self, at: int, end: int) -> int:
        """Returns the end of the tag, the element, the condition or the text that begins at an offset."""
        reader = self.reader
        if at in reader.jinja:
            stop = self.statement_end(reader.jinja[at])
        elif at in reader.tags:
            number, tag = reader.tags[at]
            if tag.kind in {"close", "orphan"}:
                raise UnreadableError
            reader.check_balanced(tag.start, tag.end)
            stop = reader.element_end(number, end).end if tag.kind == "open" else tag.end
            reader.check_balanced(at, stop)
        else:
            stop = at + 1
            while stop < end and stop not in reader.jinja and stop not in reader.tags:
                stop += 1
        if stop > end:
            raise UnreadableError
        return stop

    def statement_end(self, number: int) -> int:
        pieces = self.reader.masked.pieces
        if pieces[number].kind == "raw_begin" and number + 1 < len(pieces):
            return pieces[number + 1].end
        if self.reader.is_whole(number):
            return pieces[number].end
        if number in self.reader.partners:
            closes = pieces[self.reader.partners[number][-1]]
            self.check_markup(pieces[number].end, closes.start)
            return closes.end
        raise UnreadableError

    def check_markup(self, start: int, end: int) -> None:
        """Raises UnreadableError if an element begins or ends outside of two offsets."""
        at = start
        while at < end:
            at = self.item_end(at, end) if at not in self.reader.jinja else self._piece_end(at)

    def _piece_end(self, at: int) -> int:
        return self.reader.masked.pieces[self.reader.jinja[at]].end

    def is_block(self, at: int, stop: int) -> bool:
        if at in self.reader.tags:
            return self.reader.tags[at][1].name in _BLOCKS
        return at in self.reader.jinja and self.has_blocks(at, stop)

    def has_blocks(self, start: int, end: int) -> bool:
        return any(span.name in _BLOCKS for span in self.reader.spans_between(start, end))

    def bare(self, start: int, end: int) -> Iterator[PlacedNode]:
        """Yields the text between two offsets as a paragraph without an element, unless it is white space."""
        text = self.reader.source[start:end]
        start, end = end - len(text.lstrip(" \t\n\f\r")), start + len(text.rstrip(" \t\n\f\r"))
        if start < end:
            yield PlacedNode(RichNode("paragraph", content=self.inline(start, end)), start, end)

    def element(self, start: int, end: int) -> RichNode:
        """Returns a paragraph, a heading or a list. Everything else is locked."""
        number, tag = self.reader.tags.get(start, (0, None))
        if tag is not None and tag.kind == "open":
            inner_end = self.reader.element_end(number, end).start
            if tag.name in _LISTS:
                items = self.items(tag.end, inner_end)
                if items:
                    return RichNode(_LISTS[tag.name], NodeAttributes(self.written(tag)), items)
            elif (tag.name == "p" or tag.name in _HEADINGS) and not self.has_blocks(tag.end, inner_end):
                level = _HEADINGS.get(tag.name, 0)
                attrs = NodeAttributes(self.written(tag), level=level)
                return RichNode("heading" if level else "paragraph", attrs, self.inline(tag.end, inner_end))
        return RichNode("locked", NodeAttributes(code=self.reader.source[start:end]))

    def written(self, tag: MarkupSpan) -> str:
        return self.reader.source[tag.start : tag.end]

    def items(self, start: int, end: int) -> tuple[RichNode, ...]:
        """Returns the items of a list, or none if it has anything else."""
        items, at = list[RichNode](), self.reader.skip_space(start, end)
        while at < end:
            number, tag = self.reader.tags.get(at, (0, None))
            if tag is None or tag.kind != "open" or tag.name != "li":
                return ()
            closes = self.reader.element_end(number, end)
            content = tuple(placed.node for placed in self.nodes(tag.end, closes.start))
            if not content or content[0].type != "paragraph" or any(node.type == "locked" for node in content):
                return ()
            items.append(RichNode("list_item", NodeAttributes(self.written(tag)), content))
            at = self.reader.skip_space(closes.end, end)
        return tuple(items)

    def inline(self, start: int, end: int) -> tuple[RichNode, ...]:
        return normal(self._inline(start, end, ()))

    def _inline(self, start: int, end: int, marks: tuple[RichMark, ...]) -> Iterator[RichNode]:
        at, source = start, self.reader.source
        while at < end:
            stop = self.item_end(at, end)
            code = source[at:stop]
            if at in self.reader.jinja:
                is_value = self.reader.masked.pieces[self.reader.jinja[at]].kind == "variable_begin"
                yield RichNode("chip" if is_value else "code", NodeAttributes(code=code), marks=marks)
            elif at in self.reader.tags:
                yield from self._element(at, stop, marks)
            else:
                yield RichNode("text", text=_SPACES.sub(" ", html.unescape(code)), marks=marks)
            at = stop

    def _element(self, start: int, end: int, marks: tuple[RichMark, ...]) -> Iterator[RichNode]:
        number, tag = self.reader.tags[start]
        code = self.reader.source[start:end]
        kind = MARKS.get(tag.name)
        if tag.name == "br":
            yield RichNode("hard_break", NodeAttributes(code=code), marks=marks)
        elif kind is None or tag.kind != "open" or any(mark.type == kind and kind != "style" for mark in marks):
            yield RichNode("code", NodeAttributes(code=code), marks=marks)
        else:
            inner = self._inline(tag.end, self.reader.element_end(number, end).start, (*marks, self.mark(kind, tag)))
            nodes = list(inner)
            yield from nodes or [RichNode("code", NodeAttributes(code=code), marks=marks)]

    def mark(self, kind: MarkType, tag: MarkupSpan) -> RichMark:
        values = tag_attributes(self.reader, tag)
        color = _COLOR.search(values.get("style", ""))
        return RichMark(
            kind,
            MarkAttributes(
                open=self.written(tag),
                href=unescaped_value(values.get("href", "")),
                color=color[1].strip() if color and kind == "style" else "",
            ),
        )


def normal(nodes: Iterable[RichNode]) -> tuple[RichNode, ...]:
    """Returns inline nodes as ProseMirror has them: texts with the same marks are one, and white space at the ends is left out."""
    merged = list[RichNode]()
    for node in nodes:
        ordered = replace(node, marks=tuple(sorted(node.marks, key=lambda mark: RANK.index(mark.type))))
        last = merged[-1] if merged else None
        if last and last.type == ordered.type == "text" and last.marks == ordered.marks:
            merged[-1] = replace(last, text=_SPACES.sub(" ", last.text + ordered.text))
        else:
            merged.append(ordered)
    trimmed = [_trimmed(merged, number) for number in range(len(merged))]
    return tuple(node for node in trimmed if node.type != "text" or node.text)


def _trimmed(nodes: Sequence[RichNode], number: int) -> RichNode:
    node = nodes[number]
    if node.type != "text":
        return node
    ends: list[tuple[int, Callable[[str, str], str]]] = [(number - 1, str.lstrip), (number + 1, str.rstrip)]
    text = node.text
    for other, strip in ends:
        if not 0 <= other < len(nodes) or nodes[other].type == "hard_break":
            text = strip(text, " \t\n\f\r")
    return replace(node, text=text)
