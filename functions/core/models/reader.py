"""Builds the reader of a msgspec model. The model states names, types and limits for the published schema, and the same statements
decide here, so each limit is written once.

Unknown fields pass unless the model forbids them. A null is an absent field.

The returned model has None for a field with an error, also if its type has no None: check the errors before you use the model. Only a
required object is always there, for rules that compare its fields.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, inspect

from functions.core.models.format import INT64_MAX, Format
from functions.core.models.nodes import (
    UNLIMITED,
    DictNode,
    DictOrListNode,
    ListNode,
    Node,
    ObjectField,
    ObjectNode,
    ScalarNode,
    TaggedNode,
    TextNode,
    choice,
    flag,
    flag_of_text,
    limits,
    whole,
)


@functools.cache
def reader_of(model: type[Struct], *, text: bool = False) -> Node:
    """`text`: the model is read from texts only, as a query is."""
    return _node(inspect.type_info(model), {}, text=text)


def _node(type_: inspect.Type, extra: Mapping[str, Any], *, text: bool) -> Node:
    """`extra`: what the fields' annotations state beyond JSON Schema: `format`, `expected`, `lenient`, `printable`."""
    match type_:
        case inspect.Metadata():
            return _node(type_.type, {**(type_.extra or {}), **extra}, text=text)
        case inspect.UnionType() if "format" not in extra:
            return _union([one for one in type_.types if not isinstance(one, inspect.NoneType)], extra, text=text)
        case inspect.StructType():
            return _object(type_, text=text)
        case inspect.ListType() | inspect.VarTupleType() if "format" not in extra:
            item = _node(type_.item_type, {}, text=text)
            least, most = type_.min_length or 0, UNLIMITED if type_.max_length is None else type_.max_length
            counted = f" of {limits(least, most)} entries" if least or most < UNLIMITED else ""
            expected = f"a list{counted}, each {item.expected}"
            return ListNode(
                extra.get("expected", expected),
                item,
                least,
                most,
                text=text,
                lenient=extra.get("lenient", False),
                collect=tuple if isinstance(type_, inspect.VarTupleType) else list,
            )
        case inspect.DictType():
            values = _node(type_.value_type, {}, text=text)
            return DictNode(
                f"an object, each value {values.expected}",
                values,
                type_.max_length or UNLIMITED,
                omits_null=_allows_null(type_.value_type),
            )
        case _:
            return _scalar(type_, extra, text=text)


def _union(types: Sequence[inspect.Type], extra: Mapping[str, Any], *, text: bool) -> Node:
    if len(types) == 1:
        return _node(types[0], extra, text=text)
    tagged = [one for one in types if isinstance(one, inspect.StructType) and one.tag_field]
    if len(tagged) == len(types):
        return TaggedNode(str(tagged[0].tag_field), {str(one.tag): _object(one, text=text) for one in tagged})
    return _dict_or_list([_node(one, extra, text=text) for one in types])


def _dict_or_list(nodes: Sequence[Node]) -> Node:
    match nodes:
        case [DictNode() as mapping, ListNode() as items] | [ListNode() as items, DictNode() as mapping]:
            return DictOrListNode(mapping, items)
    raise TypeError("a request may have an object or a list in one field, and no other two types")


def _allows_null(type_: inspect.Type) -> bool:
    if isinstance(type_, inspect.Metadata):
        return _allows_null(type_.type)
    return isinstance(type_, inspect.UnionType) and type_.includes_none


_OBJECTS: dict[tuple[Any, bool], ObjectNode] = {}  # a model may contain itself


def _object(type_: inspect.StructType, *, text: bool) -> ObjectNode:
    key = (type_.cls, text)
    if key not in _OBJECTS:
        spelled = getattr(type_.cls, "SPELLED", False)
        node = _OBJECTS[key] = ObjectNode(type_.cls, text=text, closed=type_.forbid_unknown_fields, spelled=spelled)
        node.tag_field = type_.tag_field or ""
        node.fields = tuple(
            ObjectField(field.name, field.encode_name, _node(field.type, {}, text=text), required=field.required)
            for field in type_.fields
        )
    return _OBJECTS[key]


def _scalar(type_: inspect.Type, extra: Mapping[str, Any], *, text: bool) -> Node:
    format_: Format | None = extra.get("format")
    if format_:
        return ScalarNode(format_.expected, format_.read, format_.code)
    expected = extra.get("expected", "")
    match type_:
        case inspect.StrType():
            least, most = type_.min_length or 0, type_.max_length or UNLIMITED
            printable = extra.get("printable", False)
            kind = "printable characters" if printable else "characters"
            counted = f" of {limits(least, most)} {kind}" if least or most < UNLIMITED else ""
            return TextNode(
                expected or f"a text{counted}",
                least,
                most,
                type_.pattern or "",
                printable=printable,
                lenient=extra.get("lenient", False),
            )
        case inspect.IntType():
            least, most = _bounds(type_)
            return ScalarNode(expected or _number(least, most), functools.partial(whole, least, most, text))
        case inspect.BoolType():
            # An empty `dryRun=` must not send: only true and false are values.
            return ScalarNode(expected or "true or false", flag_of_text if text else flag, reads_empty=True)
        case inspect.LiteralType() | inspect.EnumType():
            choices = type_.values if isinstance(type_, inspect.LiteralType) else tuple(type_.cls)
            names = ", ".join(map(str, choices))
            expected = expected or (f"one of {names}" if len(choices) > 1 else names)
            return ScalarNode(expected, functools.partial(choice, choices, text))
        case inspect.AnyType():
            return ScalarNode("any value", lambda value: value)
    raise TypeError(f"no request is read by the type {type_}")


def _bounds(type_: inspect.IntType) -> tuple[int, int]:
    least = type_.ge if type_.ge is not None else type_.gt + 1 if type_.gt is not None else -INT64_MAX
    most = type_.le if type_.le is not None else type_.lt - 1 if type_.lt is not None else INT64_MAX
    return least, most


def _number(least: int, most: int) -> str:
    if most < INT64_MAX:
        return f"a whole number from {least} to {most}"
    return {1: "a positive whole number"}.get(least, "a whole number")
