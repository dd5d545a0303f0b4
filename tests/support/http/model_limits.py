"""The limits that the models of all requests state, each with a value at the limit and one just over it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from functions.routes.http.models import ApiModel
from functions.routes.openapi import OPERATION_DOCS

REQUESTS = {name: doc.request for name, doc in OPERATION_DOCS.items() if doc.request}
QUERIES = {name: doc.query for name, doc in OPERATION_DOCS.items() if doc.query}


def _limits_of(model: type[ApiModel]) -> Iterator[tuple[str, Any, Any]]:
    """Yields each limited field of a model by its path, with a value at the limit and one just over it."""
    type_ = inspect.type_info(model)
    assert isinstance(type_, inspect.StructType)
    for field in type_.fields:
        yield from _limits(field.encode_name, field.type)


def _limits(path: str, type_: inspect.Type) -> Iterator[tuple[str, Any, Any]]:
    match type_:
        case inspect.Metadata():
            yield from _limits(path, type_.type)
        case inspect.UnionType():
            for member in type_.types:
                yield from _limits(path, member)
        case inspect.StructType():
            for field in type_.fields:
                yield from _limits(f"{path}.{field.encode_name}", field.type)
        case inspect.StrType() | inspect.ListType() | inspect.DictType():
            yield from _length_limits(path, type_)
        case inspect.IntType() if type_.le is not None:
            assert type_.ge is not None, f"{path} has no lower limit"
            yield from ((path, type_.le, type_.le + 1), (path, type_.ge, type_.ge - 1))


def _length_limits(
    path: str, type_: inspect.StrType | inspect.ListType | inspect.DictType
) -> Iterator[tuple[str, Any, Any]]:
    if type_.max_length:
        yield path, _of_length(type_, type_.max_length), _of_length(type_, type_.max_length + 1)
    if type_.min_length:
        yield path, _of_length(type_, type_.min_length), _of_length(type_, type_.min_length - 1)


def _of_length(type_: inspect.StrType | inspect.ListType | inspect.DictType, length: int) -> Any:
    match type_:
        case inspect.StrType():
            return "x" * length
        case inspect.ListType():
            return [_sample(type_.item_type)] * length
        case inspect.DictType():
            return {f"k{number}": "x" for number in range(length)}


def _sample(type_: inspect.Type) -> Any:
    match type_:
        case inspect.Metadata():
            format_ = (type_.extra or {}).get("format")
            examples = (type_.extra_json_schema or {}).get("examples")
            return format_.example if format_ else examples[0] if examples else _sample(type_.type)
        case inspect.StructType():
            return {field.encode_name: _sample(field.type) for field in type_.fields if field.required}
        case inspect.LiteralType():
            return type_.values[0]
        case inspect.IntType():
            return 7
        case _:
            return "x"


def nested(path: str, value: Any) -> dict[str, Any]:
    name, _, rest = path.partition(".")
    return {name: nested(rest, value) if rest else value}


def query_text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


BODY_LIMITS = [(name, path, at, over) for name, model in REQUESTS.items() for path, at, over in _limits_of(model)]
QUERY_LIMITS = [(name, path, at, over) for name, model in QUERIES.items() for path, at, over in _limits_of(model)]
