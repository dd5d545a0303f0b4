"""JSON objects and changes of them (RFC 7396), in bounded depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JSON = Mapping[str, Any]

DEPTH_MAX = 50  # objects and lists in one another


def merged(document: JSON, changes: JSON) -> dict[str, Any]:
    """Objects are merged, null takes a field out, anything else replaces what was there."""
    result = dict(document)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            kept = result.get(name)
            result[name] = merged(kept if isinstance(kept, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def too_deep(value: Any) -> bool:
    """Whether JSON is nested deeper than is good for whoever walks it."""
    level = [value]
    for _ in range(DEPTH_MAX):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []
