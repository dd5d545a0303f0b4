"""Writes a changed definition into the text of its author: what is unchanged stays letter for letter, with its comments.

A comment belongs to the entry or item below it, or to the one on its own line. New and changed values are written on one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import yaml
from msgspec import Struct
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

_PLAIN = re.compile(r"[0-9]+[mhdw]|[A-Za-z_][A-Za-z0-9_]*(?:[ ./+-][A-Za-z0-9_]+)*")
_COMMENT = re.compile(r"[ \t]+#[^\n]*")
_WORDS = {"null", "true", "false"}  # that are no text without quotes
_IN_A_ROW = "steps"  # the list that has a line for each item


def written(document: Mapping[str, Any]) -> str:
    """Returns a document as YAML: a line for each entry, and one for each step."""
    lines = []
    for key, value in document.items():
        if key == _IN_A_ROW and value:
            lines += [f"{key}:", *(f"  - {inline(item)}" for item in value)]
        else:
            lines.append(f"{key}: {inline(value)}")
    return "\n".join([*lines, ""])


def inline(value: Any) -> str:
    """Returns a value as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inline(key)}: {inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(inline, value))}]"
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())


def rewritten(text: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Returns a text that means `after`, from one that means `before`. An entry that is in neither, such as a stated default, stays."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None:  # an empty text
        return written(after)
    rewriter = _Rewriter(text)
    return rewriter.value(root, before, after, text[: root.start_mark.index]) + text[rewriter.end(root) :]


class _Span(Struct, frozen=True):
    """An entry of a map or an item of a list. `lead` is the text before it, from the end of a line on; `tail` the rest of its last line."""

    start: int
    end: int
    lead: str
    tail: str


_Part: TypeAlias = tuple[str, str, str]  # lead, entry, tail


class _Rewriter:
    def __init__(self, text: str) -> None:
        self.text = text

    def value(self, node: Node, before: Any, after: Any, lead: str) -> str:
        """Returns a value, after the text between it and its key or the item above it."""
        if _same(before, after):
            return lead + self.text[node.start_mark.index : self.end(node)]
        if isinstance(node, CollectionNode) and node.value and after:
            if isinstance(node, MappingNode) and isinstance(before, Mapping) and isinstance(after, Mapping):
                return lead + self._map(node, before, after)
            if isinstance(node, SequenceNode) and _is_list(before) and _is_list(after):
                return self._list(node, before, after, lead)
        return _replaced(lead, inline(after))

    def _map(self, node: MappingNode, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
        spans = self._spans(node, [(key, value) for key, value in node.value])
        parts: list[_Part] = []
        for (key, value), span in zip(node.value, spans, strict=True):
            name = key.value
            if name not in after and name in before:
                continue
            gap = self.text[key.end_mark.index : value.start_mark.index]
            rest = self.value(value, before.get(name), after.get(name), gap)
            parts.append((span.lead, self.text[span.start : key.end_mark.index] + rest, span.tail))
        names = {key.value for key, _ in node.value}
        new = [("", f"{inline(name)}: {inline(value)}", "") for name, value in after.items() if name not in names]
        return self._joined(node, [*parts, *new], "\n" + " " * node.start_mark.column)

    def _list(self, node: SequenceNode, before: Sequence[Any], after: Sequence[Any], lead: str) -> str:
        spans = self._spans(node, [(item, item) for item in node.value])
        parts: list[_Part] = []
        for item, at in zip(after, _origins(before, after), strict=True):
            if at is None:
                parts.append(("", inline(item), ""))
            else:
                span = spans[at]
                parts.append((span.lead, self.value(node.value[at], before[at], item, ""), span.tail))
        if node.flow_style:
            return lead + self._joined(node, parts, "")
        # What is above the first item is its own comment. A list in a list begins on the line of its item: there only the first can be.
        line, newline, above = lead.partition("\n")
        first = newline + above + self.text[node.start_mark.index : spans[0].start]
        fresh = "\n" + " " * node.start_mark.column + "- "
        leads = [
            first if at == 0 and (newline or number == 0) else part[0] or fresh
            for number, (at, part) in enumerate(zip(_origins(before, after), parts, strict=True))
        ]
        return line + "".join(lead + item + tail for lead, (_, item, tail) in zip(leads, parts, strict=True))

    def _joined(self, node: CollectionNode, parts: Sequence[_Part], fresh: str) -> str:
        """Joins the parts of a map, or of a list in brackets. The first one needs no lead, and a new one has `fresh` or a comma."""
        between = ", " if node.flow_style else fresh
        texts = [
            ((lead or between) if number else "") + entry + tail for number, (lead, entry, tail) in enumerate(parts)
        ]
        if not node.flow_style:
            return "".join(texts)
        return self.text[node.start_mark.index] + "".join(texts) + self.text[self.end(node) - 1]

    def end(self, node: Node) -> int:
        """Returns where a value ends. A block has the comment on its last line, and none below it. A text of several lines ends in its last."""
        if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
            return len(self.text[: node.end_mark.index].rstrip())
        if not isinstance(node, CollectionNode) or node.flow_style:
            return int(node.end_mark.index)
        last = node.value[-1]
        return self._after_comment(self.end(last[1] if isinstance(node, MappingNode) else last))

    def _after_comment(self, end: int) -> int:
        comment = _COMMENT.match(self.text, end)
        return comment.end() if comment else end

    def _spans(self, node: CollectionNode, entries: Sequence[tuple[Node, Node]]) -> list[_Span]:
        places = [(first.start_mark.index, self.end(last)) for first, last in entries]
        between = [self.text[end:start] for (_, end), (start, _) in pairwise(places)]
        cut = [("", gap) if node.flow_style else _cut(gap) for gap in between]
        last = places[-1][1]
        tails = [*(tail for tail, _ in cut), "" if node.flow_style else self.text[last : self._after_comment(last)]]
        leads = ["", *(lead for _, lead in cut)]
        return [_Span(*place, lead, tail) for place, lead, tail in zip(places, leads, tails, strict=True)]


def _replaced(lead: str, value: str) -> str:
    """Returns a value on the line of its key, before a comment that is there. An item has no lead."""
    key, colon, rest = lead.partition(":")
    comment = f"  {rest.strip()}" if "#" in rest else ""
    return key + colon + (" " if colon else "") + value + comment


def _cut(gap: str) -> tuple[str, str]:
    """Returns the rest of the line, and what is below it."""
    line, newline, below = gap.partition("\n")
    return line, newline + below


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _same(one: Any, other: Any) -> bool:
    """As JSON: 1 is not true."""
    return bool(json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


def _origins(before: Sequence[Any], after: Sequence[Any]) -> list[int | None]:
    """Returns for each item which one it was: that of the same id, an equal one, or else that of the same place."""
    free = dict(enumerate(before))
    origins: list[int | None] = []
    for item in after:
        at = next((at for at, one in free.items() if _is_one(one, item)), None)
        origins.append(at)
        if at is not None:
            del free[at]
    for number, (item, at) in enumerate(zip(after, origins, strict=True)):
        if at is None and number in free and not (isinstance(item, Mapping) and "id" in item):
            origins[number] = number
            del free[number]
    return origins


def _is_one(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping) and "id" in one:
        return bool(one["id"] == other.get("id"))
    return _same(one, other)
