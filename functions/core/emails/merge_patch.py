"""JSON objects and changes of them (RFC 7396), in bounded depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JSON = Mapping[str, Any]

DEPTH_MAX = 50  # nested objects and lists


def merged(document: JSON, changes: JSON) -> dict[str, Any]:
    """Merges objects. A null removes its field, and any other value replaces the old one."""
    result = dict(document)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            current = result.get(name)
            result[name] = merged(current if isinstance(current, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def too_deep(value: Any) -> bool:
    """Returns whether JSON is nested too deeply for recursive readers."""
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
