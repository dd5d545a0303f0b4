"""Sets attributes of a tag. Every other octet of the tag stays."""

from __future__ import annotations

import re

from functions.core.errors import Rejected
from functions.core.templates.blocks.tree import BlockReader, UnreadableError, masked, tag_attributes
from functions.core.templates.html.edits import Edits
from functions.core.templates.markup import MarkupSpan, attribute_list, unescaped_value

_NAME = re.compile(r"[a-z][a-z0-9-]*")
TAG_END = re.compile(r"(?<![ \t\n\f\r])[ \t\n\f\r]*+/?>\Z")


def is_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name))


def with_attribute(tag: str, name: str, value: str | None) -> str:
    """Returns a tag with an attribute, or without it if the value is None. The same value changes nothing."""
    reader, span = _read(tag)
    if not is_name(name):
        raise UnreadableError
    edits = Edits()
    _set(reader, span, name, value, edits)
    return edits.applied(tag)


def with_address(tag: str, address: str) -> str:
    """Returns the tag of a link with an address, which is as HTML reads it. The same address changes nothing."""
    reader, span = _read(tag)
    own = tag_attributes(reader, span).get("href")
    is_same = own is not None and unescaped_value(own) == address
    return tag if is_same else with_attribute(tag, "href", address)


def _read(tag: str) -> tuple[BlockReader, MarkupSpan]:
    """Raises UnreadableError if the text does not begin with an opening tag."""
    reader = BlockReader(tag, masked(tag))
    span = reader.spans[0] if reader.spans else None
    if span is None or span.kind not in {"open", "empty"}:
        raise UnreadableError
    return reader, span


def _set(reader: BlockReader, tag: MarkupSpan, name: str, value: str | None, edits: Edits) -> None:
    source = reader.source
    own = next((one for one in attribute_list(reader.masked.mask, tag) if one.name == name), None)
    if own is None:
        end = TAG_END.search(source, tag.start, tag.end)
        if value is not None and end:
            edits.insert(end.start(), f' {name}="{_quoted(value, chr(34))}"')
    elif value is None:
        start = len(source[: own.start].rstrip(" \t\n\f\r"))
        edits.replace(start, own.end)
    elif source[own.value_start : own.value_start + len(own.value or "")] not in {
        value,
        _quoted(value, own.quote or '"'),
    }:
        if own.quote:
            edits.replace(own.value_start, own.value_start + len(own.value or ""), _quoted(value, own.quote))
        else:
            edits.replace(own.start, own.end, f'{name}="{_quoted(value, chr(34))}"')


def _quoted(value: str, quote: str) -> str:
    """Returns a value for an attribute. Jinja2 in it stays as it is: the lexer reads it before HTML does."""
    reference = {'"': "&quot;", "'": "&#39;"}[quote]
    text = value.replace("\n", " ").replace("\r", " ")
    try:
        return masked(text).outside(0, len(text), lambda part: _escaped(part).replace(quote, reference))
    except Rejected as error:
        raise UnreadableError from error


def _escaped(text: str) -> str:
    return re.sub(r"&(?!#?\w+;)", "&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
