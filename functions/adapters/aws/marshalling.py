"""DynamoDB's typed items ↔ plain values. Most values are texts, so these have a path of their own."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

Item = dict[str, Any]  # {"name": {"S": "..."}}


def to_item(values: Mapping[str, Any]) -> Item:
    """Plain values → item. A None is omitted: absent and None are the same here."""
    return {
        name: {"S": value} if type(value) is str else _typed(value)
        for name, value in values.items()
        if value is not None
    }


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Item → plain values. Every number of ours is an int."""
    return {name: typed["S"] if "S" in typed else _plain(typed) for name, typed in item.items()}


def _typed(value: Any) -> dict[str, Any]:
    write = _WRITERS.get(type(value))
    if write is None:
        write = next((writer for kind, writer in _WRITERS.items() if isinstance(value, kind)), _unstorable)
    return write(value)


def _unstorable(value: Any) -> dict[str, Any]:
    raise TypeError(
        f"{value!r} cannot be stored: {type(value).__name__} is not one of {', '.join(k.__name__ for k in _WRITERS)}"
    )


def _set(value: set[Any] | frozenset[Any]) -> dict[str, Any]:
    """Writes a set of texts or of whole numbers. DynamoDB has no empty set."""
    if all(isinstance(one, str) for one in value) and value:
        return {"SS": sorted(value)}
    if all(type(one) is int for one in value) and value:
        return {"NS": [str(one) for one in sorted(value)]}
    raise TypeError(f"{value!r} cannot be stored: a set holds texts, or whole numbers, and at least one")


def _map(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"M": {name: {"S": part} if type(part) is str else _typed(part) for name, part in value.items()}}


# By type. A subclass (an enumeration's text) is written as its base, so bool comes before int.
_WRITERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    str: lambda value: {"S": str(value)},
    bool: lambda value: {"BOOL": value},
    int: lambda value: {"N": str(int(value))},
    bytes: lambda value: {"B": value},
    type(None): lambda _: {"NULL": True},
    dict: _map,
    Mapping: _map,
    list: lambda value: {"L": [_typed(part) for part in value]},
    tuple: lambda value: {"L": [_typed(part) for part in value]},
    set: _set,
    frozenset: _set,
}

_READERS: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": int,
    "BOOL": bool,
    "B": lambda value: value if isinstance(value, bytes) else base64.b64decode(value),  # the SDK decodes it itself
    "NULL": lambda _: None,
    "M": from_item,
    "L": lambda parts: [_plain(part) for part in parts],
    "SS": set,
    "NS": lambda parts: {int(part) for part in parts},
}


def _plain(typed: Mapping[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    return _READERS[kind](value)
