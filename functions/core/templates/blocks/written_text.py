"""Writes the text of a block back. A paragraph or a list that did not change keeps its octets."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core.errors import Rejected
from functions.core.templates import reading
from functions.core.templates.blocks import chips
from functions.core.templates.blocks.attributes import with_address
from functions.core.templates.blocks.kinds import TextForm
from functions.core.templates.blocks.rich_text import (
    MarkAttributes,
    NodeAttributes,
    PlacedNode,
    RichMark,
    RichNode,
    normal,
)
from functions.core.templates.source_map import MappedText

_TAGS = {"strong": "strong", "em": "em", "underline": "u", "strike": "s", "link": "a", "style": "span"}
_LISTS = {"bullet_list": "<ul>", "ordered_list": "<ol>"}
_NAME = re.compile(r"<([A-Za-z][^\s/>]*)")
_VALUE = re.compile(r"\{\{[^{}]*\}\}")
_OPENS_JINJA = re.compile(r"\{(?=[{%#])")
_TWO_SPACES = re.compile(r" (?= )")
_BREAK = "<br />"


class Splice(Struct, frozen=True):
    """A part of the source, and what replaces it."""

    start: int
    end: int
    text: str


def spliced(
    old: Sequence[PlacedNode], new: Sequence[RichNode], inner: tuple[int, int], form: TextForm, source: str
) -> Splice | None:
    """Returns the change that makes `old` to `new`, or None if they are the same. `inner` is the place of the whole text."""
    nodes = [canonical(node) for node in new]
    same = _equal(old, nodes)
    rest = min(len(old), len(nodes)) - same
    last = _equal(old[::-1], nodes[::-1]) if rest else 0
    last = min(last, rest)
    before, after = old[same : len(old) - last], nodes[same : len(nodes) - last]
    if not before and not after:
        return None
    text = _written_nodes(after, _Neighbours(nodes, same, len(nodes) - last), form, old)
    if not old:
        return Splice(*inner, text)
    gap = source[old[0].end : old[1].start] if len(old) > 1 else ""
    if before and after:
        return Splice(before[0].start, before[-1].end, text)
    if before:
        start = old[same - 1].end if same else before[0].start
        end = before[-1].end if same or same + len(before) == len(old) else old[len(before)].start
        return Splice(start, end, "")
    if same:
        return Splice(old[same - 1].end, old[same - 1].end, gap + text)
    return Splice(old[0].start, old[0].start, text + gap)


def _equal(old: Sequence[PlacedNode], new: Sequence[RichNode]) -> int:
    """Returns how many nodes at the beginning are the same."""
    count = 0
    while count < min(len(old), len(new)) and old[count].node == new[count]:
        count += 1
    return count


def canonical(node: RichNode) -> RichNode:
    """Returns a node of a browser as a reader returns it."""
    if node.type in {"text", "hard_break", "chip", "code"}:
        return _canonical_inline(node)
    content = tuple(canonical(child) for child in node.content)
    if node.type in {"paragraph", "heading"}:
        content = normal(content)
    return replace(node, content=content)


def _canonical_inline(node: RichNode) -> RichNode:
    if node.type == "chip":
        code = node.attrs.code or chips.written(node.attrs.path, node.attrs.default)
        return replace(node, attrs=NodeAttributes(code=code))
    if node.type == "hard_break":
        return replace(node, attrs=NodeAttributes(code=node.attrs.code or _BREAK))
    return node


class _Neighbours(Struct, frozen=True):
    nodes: Sequence[RichNode]
    start: int
    end: int

    def bare(self, number: int) -> bool:
        """Whether a changed paragraph needs no element: no text without an element is next to it."""
        at = self.start + number
        others = [self.nodes[other] for other in (at - 1, at + 1) if 0 <= other < len(self.nodes)]
        return not any(_is_bare(node) for node in others)


def _is_bare(node: RichNode) -> bool:
    return node.type == "paragraph" and not node.attrs.open


def _written_nodes(nodes: Sequence[RichNode], around: _Neighbours, form: TextForm, old: Sequence[PlacedNode]) -> str:
    if form == "line":
        return _BREAK.join(written_inline(node.content) if node.content else written(node) for node in nodes)
    was_bare = not old or any(_is_bare(placed.node) for placed in old)
    return "".join(written(node, bare=was_bare and around.bare(number)) for number, node in enumerate(nodes))


def written(node: RichNode, *, bare: bool = False) -> str:
    """Returns a node as HTML. `bare`: a new paragraph gets no element."""
    if node.type == "locked":
        return node.attrs.code
    if node.type in {"paragraph", "heading"}:
        text = written_inline(node.content)
        if _is_bare(node) and bare:
            return text
        return _within(_open_tag(node), text)
    if node.type == "list_item":
        inner = [
            written(child, bare=not number or child.type != "paragraph") for number, child in enumerate(node.content)
        ]
        return _within(node.attrs.open or "<li>", "".join(inner))
    return _within(node.attrs.open or _LISTS.get(node.type, "<ul>"), "".join(map(written, node.content)))


def _open_tag(node: RichNode) -> str:
    level = node.attrs.level
    name = f"h{level}" if node.type == "heading" else "p"
    match = _NAME.match(node.attrs.open)
    return node.attrs.open if match and match[1].lower() == name else f"<{name}>"


def _within(open_tag: str, text: str) -> str:
    match = _NAME.match(open_tag)
    return f"{open_tag}{text}</{match[1] if match else 'span'}>"


def written_inline(nodes: Sequence[RichNode]) -> str:
    """Returns inline nodes as HTML. A mark stays open as long as the nodes have it."""
    parts, opened = list[str](), list[RichMark]()
    for node in normal(nodes):
        shared = 0
        while shared < min(len(opened), len(node.marks)) and opened[shared] == node.marks[shared]:
            shared += 1
        parts += [_closing(mark) for mark in reversed(opened[shared:])]
        parts += [opening(mark) for mark in node.marks[shared:]]
        opened = [*node.marks]
        parts.append(escaped(node.text) if node.type == "text" else node.attrs.code)
    return "".join([*parts, *(_closing(mark) for mark in reversed(opened))])


def opening(mark: RichMark) -> str:
    """Returns the opening tag of a mark: as written, with its new address."""
    attrs: MarkAttributes = mark.attrs
    name = _TAGS[mark.type]
    if mark.type == "link":
        return with_address(attrs.open or f"<{name}>", attrs.href)
    if mark.type == "style" and not attrs.open:
        color = re.sub(r"[^#\w(),.% -]", "", attrs.color)
        return f'<{name} style="color: {color}">'
    return attrs.open or f"<{name}>"


def _closing(mark: RichMark) -> str:
    match = _NAME.match(mark.attrs.open)
    return f"</{match[1] if match else _TAGS[mark.type]}>"


def escaped(text: str) -> str:
    """Returns a text as HTML. A complete value of Jinja2 stays one; other characters that would begin one are escaped."""
    parts, at = list[str](), 0
    for match in _VALUE.finditer(text):
        if _is_value(match[0]):
            parts += [_escaped(text[at : match.start()]), match[0]]
            at = match.end()
    return "".join([*parts, _escaped(text[at:])])


def _escaped(text: str) -> str:
    spaced = _TWO_SPACES.sub("\xa0", text)
    markup = html.escape(spaced, quote=False).replace("\xa0", "&nbsp;")
    return _OPENS_JINJA.sub("&#123;", markup)


def _is_value(code: str) -> bool:
    try:
        return not reading.read(MappedText.of("", code)).errors
    except Rejected:
        return False
