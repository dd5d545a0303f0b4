"""The required properties of an email."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def lacking(required: Iterable[str], custom: Mapping[str, Any]) -> list[str]:
    """Returns the required custom properties (`order`, `order.number`) that a request lacks, in their order.

    JSON's null means the same as a missing property. A value that should be an object and is not is accepted here: the template
    reports the error.
    """
    return [path for path in required if _lacks(path, custom)]


def _lacks(path: str, custom: Mapping[str, Any]) -> bool:
    value: Any = custom
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return False
        value = value.get(name)
        if value is None:
            return True
    return False
