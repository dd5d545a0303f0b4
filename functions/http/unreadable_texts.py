"""Finds the texts that make a body unreadable: those with half of a character, a lone surrogate. UTF-8 has no octets for one.

Our JSON reader reports only the octet where it stopped, so this reads the body again, and only after that error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from functions.core.errors import FieldError

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def unreadable_texts(body: bytes) -> list[FieldError]:
    """Returns an error for each text with a lone surrogate. A body that is wrong in another way, or no object, has none."""
    try:
        value = json.loads(body.decode("utf-8", "surrogatepass"))
        return list(_errors(value, "")) if isinstance(value, dict) else []
    except (ValueError, RecursionError):
        return []


def _errors(value: Any, where: str) -> Iterator[FieldError]:
    if isinstance(value, dict):
        for name, entry in value.items():
            path = f"{where}.{name}" if where else name
            yield from _error(name, path, "has a name with")
            yield from _errors(entry, path)
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _errors(entry, f"{where}[{number}]")
    elif isinstance(value, str):
        yield from _error(value, where, "has")


def _error(text: str, where: str, has: str) -> Iterator[FieldError]:
    if match := _LONE_SURROGATE.search(text):
        path = where.encode("utf-8", "backslashreplace").decode()
        yield FieldError(path, f"{has} half of a character, \\u{ord(match[0]):04x}, which no mail can hold")
