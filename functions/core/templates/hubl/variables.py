"""The variables of an email: what its templates ask a caller for, and what they cannot do without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def lacking(required: Iterable[str], custom: Mapping[str, Any]) -> list[str]:
    """Those of the required custom properties (`order`, `order.number`) that a request lacks, in the order given.

    JSON's null says as much as leaving a property out. Of a value that should be an object and is none, nothing is told here: what a
    template makes of it is for the template to say.
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
