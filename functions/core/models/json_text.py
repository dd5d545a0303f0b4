"""JSON that a person or a caller wrote, and JSON for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from functions.core.errors import FieldError, Rejected

Value = TypeVar("Value")


def read(text: str | bytes, field: str, decode: Callable[[str | bytes], Value], must: str = "is not JSON") -> Value:
    """Raises Rejected at the field, also for a value that is nested too deep for `decode`."""
    try:
        return decode(text)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Rejected([FieldError(field, f"{must}: {error}", "INVALID_JSON")]) from error
    except RecursionError as error:
        raise Rejected([FieldError(field, f"{must}: it is nested too deep", "INVALID_JSON")]) from error


def indented(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def compact(value: object) -> str:
    return msgspec.json.encode(value).decode()


def read_any(text: str | bytes, field: str) -> Any:
    return read(text, field, msgspec.json.decode)
