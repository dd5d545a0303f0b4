"""The readers of single types, of which `reader` builds the reader of a model.

Plain classes, not Structs: a Struct takes longer to define, and a cold start waits for it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from functions.core import unknown_names
from functions.core.models.field_errors import FieldErrors
from functions.core.models.format import INT64_MAX, integer

_EXCERPT_MAX = 100  # characters of a wrong value
UNLIMITED = 2**63


class Node:
    """Reads one type."""

    def __init__(self, expected: str) -> None:
        self.expected = expected  # completes "must be ..."

    def read(self, value: Any, where: str, errors: FieldErrors) -> Any:
        """Returns the value, or None after it reported an error at the path `where`."""
        raise NotImplementedError


class ScalarNode(Node):
    """`convert` raises if the value is wrong. `reads_empty`: an empty text in a query is a value, not an absent field."""

    def __init__(
        self,
        expected: str,
        convert: Callable[[Any], Any],
        code: str = "INVALID_VALUE",
        *,
        reads_empty: bool = False,
    ) -> None:
        super().__init__(expected)
        self.convert = convert
        self.code = code
        self.reads_empty = reads_empty

    def read(self, value: Any, where: str, errors: FieldErrors) -> Any:
        try:
            return self.convert(value)
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError, OSError):
            return _report(self, value, where, errors, self.code)


class TextNode(Node):
    """`printable`: a name for people, read without the space around it. `lenient`: a whole number above 0 is the text of its digits."""

    def __init__(
        self, expected: str, minimum: int, maximum: int, pattern: str, *, printable: bool, lenient: bool
    ) -> None:
        super().__init__(expected)
        self.minimum = minimum
        self.maximum = maximum
        self.pattern = pattern
        self.printable = printable
        self.lenient = lenient

    def read(self, value: Any, where: str, errors: FieldErrors) -> Any:
        if self.lenient and isinstance(value, int | float):
            value = _digits(value)
        if not isinstance(value, str):
            return _report(self, value, where, errors)
        text = value.strip() if self.printable else value
        if len(text) > self.maximum:
            return errors.add(where, f"has {len(text):,} characters; at most {self.maximum:,} are allowed")
        if self.minimum and not text.strip():
            return _report(self, value, where, errors)
        if (self.printable and not text.isprintable()) or (self.pattern and not re.fullmatch(self.pattern, text)):
            return _report(self, value, where, errors)
        return text


def _digits(number: float) -> str | float:
    """Returns the digits of a whole number above 0, and any other value as it is: the 0 of an unset variable is no name."""
    try:
        return str(integer(number, 1, INT64_MAX))
    except ValueError:
        return number


class ListNode(Node):
    """`lenient`: a single text is a list of one."""

    def __init__(
        self,
        expected: str,
        item: Node,
        minimum: int,
        maximum: int,
        *,
        text: bool,
        lenient: bool,
        collect: Callable[[Iterable[Any]], Any] = list,
    ) -> None:
        super().__init__(expected)
        self.collect = collect
        self.item = item
        self.minimum = minimum
        self.maximum = maximum
        self.text = text
        self.lenient = lenient

    def read(self, value: Any, where: str, errors: FieldErrors) -> Any:
        if self.text:
            value = [word for part in value.split(",") if (word := part.strip())]
        elif self.lenient and isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            return _report(self, value, where, errors)
        if not self.minimum <= len(value) <= self.maximum:
            return errors.add(where, f"has {len(value):,} entries; it must have {limits(self.minimum, self.maximum)}")
        return self.collect(
            self.item.read(entry, where if self.text else f"{where}[{number}]", errors)
            for number, entry in enumerate(value)
        )


class DictNode(Node):
    """`omits_null`: a null is an absent entry."""

    def __init__(self, expected: str, value: Node, maximum: int, *, omits_null: bool = False) -> None:
        super().__init__(expected)
        self.omits_null = omits_null
        self.value = value
        self.maximum = maximum

    def read(self, value: Any, where: str, errors: FieldErrors) -> Any:
        if not isinstance(value, dict):
            return _report(self, value, where, errors)
        if len(value) > self.maximum:
            return errors.add(where, f"has {len(value):,} entries; it must have at most {self.maximum:,}")
        return {
            name: self.value.read(entry, f"{where}.{name}", errors)
            for name, entry in value.items()
            if not (entry is None and self.omits_null)
        }


class DictOrListNode(Node):
    """Reads an object, or a list in its place."""

    def __init__(self, mapping: DictNode, items: ListNode) -> None:
        super().__init__(f"{mapping.expected}, or {items.expected}")
        self.mapping = mapping
        self.items = items

    def read(self, value: Any, where: str, errors: FieldErrors) -> Any:
        if not isinstance(value, dict | list):
            return _report(self, value, where, errors)
        return (self.items if isinstance(value, list) else self.mapping).read(value, where, errors)


class ObjectField:
    def __init__(self, name: str, wire_name: str, node: Node, *, required: bool) -> None:
        self.name = name
        self.wire_name = wire_name
        self.node = node
        self.required = required


class ObjectNode(Node):
    """`closed`: unknown fields are errors. `spelled`: only those are that are its own fields in another spelling."""

    fields: Sequence[ObjectField]
    tag_field = ""  # names the model, among others in its place

    def __init__(self, model: Callable[..., Any], *, text: bool, closed: bool, spelled: bool) -> None:
        super().__init__("an object")
        self.model = model
        self.text = text
        self.closed = closed
        self.spelled = spelled

    def read(self, value: Any, where: str, errors: FieldErrors) -> Any:
        if not isinstance(value, dict):
            return _report(self, value, where, errors)
        prefix = f"{where}." if where else ""
        read: dict[str, Any] = {}
        for field in self.fields:
            entry = value.get(field.wire_name)
            if self.text and entry is not None:
                entry = entry.strip() or ("" if _reads_empty(field.node) else None)
            if entry is not None:
                read[field.name] = field.node.read(entry, prefix + field.wire_name, errors)
            if field.required and read.get(field.name) is None:
                read[field.name] = self._lacking(field, prefix + field.wire_name, entry, errors)
        if (self.closed or self.spelled) and (unknown := value.keys() - self._own_names):
            self._report_unknown(unknown, prefix, errors)
        return self.model(**read)

    @staticmethod
    def _lacking(field: ObjectField, where: str, entry: Any, errors: FieldErrors) -> Any:
        """Returns what a required field without a value has: nothing, or an object without its fields. A wrong `entry` is reported already."""
        if entry is None:
            errors.add(where, f"is required: {field.node.expected}", "REQUIRED_FIELD")
        if not isinstance(field.node, ObjectNode):
            return None
        return field.node.blank(where, errors if entry is None else FieldErrors())

    @functools.cached_property
    def _own_names(self) -> frozenset[str]:
        return frozenset([self.tag_field, *(field.wire_name for field in self.fields)])

    def _report_unknown(self, unknown: Iterable[str], prefix: str, errors: FieldErrors) -> None:
        own = [field.wire_name for field in self.fields]
        if not self.closed:
            plain = set(map(unknown_names.plain, own))
            unknown = [name for name in unknown if unknown_names.plain(name) in plain]
        report_unknown(unknown, own, prefix, errors, text=self.text)

    def blank(self, where: str, errors: FieldErrors) -> Any:
        """Returns the object without its fields, and reports its required fields."""
        return self.read({}, where, errors)


class TaggedNode(Node):
    """Reads one of several objects. The field `tag_field` names which."""

    def __init__(self, tag_field: str, objects: Mapping[str, ObjectNode]) -> None:
        super().__init__("an object")
        self.tag_field = tag_field
        self.objects = objects

    def read(self, value: Any, where: str, errors: FieldErrors) -> Any:
        if not isinstance(value, dict):
            return _report(self, value, where, errors)
        tag = value.get(self.tag_field)
        if isinstance(tag, str) and tag in self.objects:
            return self.objects[tag].read(value, where, errors)
        close = unknown_names.nearest(tag, self.objects) if isinstance(tag, str) else ""
        hint = f"; did you mean {close}?" if close else ""
        actual = "" if tag is None else f", not {excerpt(tag)}{hint}"
        return errors.add(f"{where}.{self.tag_field}", f"must be one of {', '.join(self.objects)}{actual}")


def report_unknown(
    names: Iterable[str], existing: Sequence[str], prefix: str, errors: FieldErrors, *, text: bool
) -> None:
    """`text`: the names are those of a query."""
    kind = "query parameter" if text else "field"
    for name in sorted(set(names) - set(existing)):
        listed = unknown_names.existing(name, existing)
        errors.add(prefix + name, f"is not a {kind} of this {errors.subject}: {listed}", "UNKNOWN_FIELD")


def _reads_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.reads_empty


def _report(node: Node, value: Any, where: str, errors: FieldErrors, code: str = "INVALID_VALUE") -> None:
    errors.add(where, f"must be {node.expected}, not {excerpt(value)}", code)


def excerpt(value: Any) -> str:
    """Returns a value as its JSON names it, for a message."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else repr(value)[:_EXCERPT_MAX]


def limits(least: int, most: int) -> str:
    if most == UNLIMITED:
        return f"at least {least:,}"
    return f"{least:,} to {most:,}" if least else f"at most {most:,}"


def whole(least: int, most: int, text: bool, value: Any) -> int:
    return integer(_int_of_text(value) if text else value, least, most)


def _int_of_text(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(INT64_MAX))):
        raise ValueError(text)
    return int(text)


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def flag_of_text(text: str) -> bool:
    """HubSpot's Python client writes True."""
    return {"true": True, "false": False}[text.lower()]


def choice(choices: tuple[Any, ...], text: bool, value: Any) -> Any:
    """A query may write its choice in any case."""
    by_text = {str(one).upper(): one for one in choices}
    return by_text[value.upper()] if text else choices[choices.index(value)]
