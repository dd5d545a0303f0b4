"""JSON that a person or a caller wrote, and JSON for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from functions.core.errors import FieldError, Rejected

Value = TypeVar("Value")

# Objects and lists in each other. What reads a value after its decoder calls itself, and Python stops it at a thousand calls. Decoders
# do not stop there: Python 3.13 lets msgspec decode ten thousand levels, Python 3.11 a thousand.
LEVELS_MAX = 100
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{\]}]', re.DOTALL)  # a text, or a bracket


def read(text: str | bytes, field: str, decode: Callable[[str | bytes], Value], must: str = "is not JSON") -> Value:
    """Raises Rejected at the field, also for a value in too many levels."""
    if _too_deep(text.encode("utf-8", "replace") if isinstance(text, str) else text):
        reason = f"{must}: it is nested too deep, in more than {LEVELS_MAX} levels"
        raise Rejected([FieldError(field, reason, "INVALID_JSON")])
    try:
        return decode(text)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Rejected([FieldError(field, f"{must}: {error}", "INVALID_JSON")]) from error


def _too_deep(text: bytes) -> bool:
    """A text with few brackets, as most requests, is not read."""
    if text.count(b"{") + text.count(b"[") <= LEVELS_MAX:
        return False
    level = 0
    for token in _TOKEN.findall(text):
        level += (token in {b"{", b"["}) - (token in {b"}", b"]"})
        if level > LEVELS_MAX:
            return True
    return False


def indented(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def compact(value: object) -> str:
    return msgspec.json.encode(value).decode()


def read_any(text: str | bytes, field: str) -> Any:
    return read(text, field, msgspec.json.decode)
