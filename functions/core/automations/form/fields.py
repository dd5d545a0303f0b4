"""Values of a definition as fields of a form: each kind of value shows itself as texts, and reads them back.

A value whose fields would read back as another value is kept next to them, as JSON: an unchanged field returns what it was made
from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from functions.core.automations.conditions import text_of
from functions.core.automations.definition import Weekday
from functions.core.errors import Rejected
from functions.core.models import json_text

Fields: TypeAlias = Mapping[str, str]
ORIGINAL = "-original"  # after a field's name
ROWS_MAX = 20  # that buttons add; a definition may have more
_READ_MAX = 999
UNITS = ("m", "h", "d", "w")
_LENGTH = re.compile(r"(-?)([0-9]{1,9})([mhdw])")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?")


class FieldKind(Struct, frozen=True):
    """`show` returns the fields of a value, and `read` the value of fields: None without one."""

    show: Callable[[str, Any], dict[str, str]]
    read: Callable[[Fields, str], Any]


def put(name: str, value: Any, kind: FieldKind) -> dict[str, str]:
    texts = kind.show(name, value)
    if value is not None and not is_same(kind.read(texts, name), value):
        texts[name + ORIGINAL] = msgspec.json.encode(value).decode()
    return texts


def take(fields: Fields, name: str, kind: FieldKind) -> Any:
    original = original_value(fields, name)
    if original is not None and all(
        fields.get(one, "") == text.strip() for one, text in kind.show(name, original).items()
    ):
        return original
    return kind.read(fields, name)


def original_value(fields: Fields, name: str) -> Any:
    """Returns the value that is kept next to a field, or None. A hidden field that was changed by hand has none."""
    try:
        return json_text.read_any(fields.get(name + ORIGINAL) or "null", name)
    except Rejected:
        return None


def count_of(fields: Fields, name: str, most: int = _READ_MAX) -> int:
    """Returns a number that the form itself states, such as how many rows it has."""
    return min(number_of(fields.get(name, "")) or 0, most)


def number_of(text: str) -> int | None:
    """Returns a number of at most three digits, or None: a form of ours has no larger one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(_READ_MAX)) else None


def is_same(one: Any, other: Any) -> bool:
    """As JSON: 1 is not true."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def line_of(value: Any) -> str:
    """Returns a value as a text field can hold it: in one line, without space around it."""
    return " ".join("".join(one if one.isprintable() else " " for one in text_of(value)).split())


def scalar_of(text: str) -> Any:
    """'7' → 7, 'true' → True, '007' and 'pro' → themselves. Nothing entered is no value."""
    if text in {"true", "false"}:
        return text == "true"
    if _NUMBER.fullmatch(text) and json.dumps(json.loads(text)) == text:
        return json.loads(text)
    return text or None


def _number_of(text: str) -> Any:
    return scalar_of(text) if text.isdecimal() else text or None


def _show_line(name: str, value: Any) -> dict[str, str]:
    return {name: line_of(value)}


def _show_length(name: str, value: Any) -> dict[str, str]:
    match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    sign, count, unit = match.groups() if match else ("", "", "d")
    side = "on" if value is None else "before" if sign else "after"
    return {f"{name}-count": count, f"{name}-unit": unit, f"{name}-side": side}


def _read_length(fields: Fields, name: str) -> str | None:
    count = fields.get(f"{name}-count", "")
    return f"{count}{fields.get(f'{name}-unit', '')}" if count else None


def _show_duration(name: str, value: Any) -> dict[str, str]:
    texts = _show_length(name, value)
    del texts[f"{name}-side"]
    return texts


def _read_offset(fields: Fields, name: str) -> str | None:
    side, length = fields.get(f"{name}-side", ""), _read_length(fields, name)
    if side not in {"before", "after"}:
        return None
    return f"{'-' if side == 'before' else ''}{length or ''}"


def _show_flag(name: str, value: Any) -> dict[str, str]:
    return {name: "on" if value is True else ""}


def _show_days(name: str, value: Any) -> dict[str, str]:
    chosen = value if isinstance(value, list) else []
    return {f"{name}-{day}": "on" if day in chosen else "" for day in Weekday}


def _read_days(fields: Fields, name: str) -> list[str] | None:
    return [str(day) for day in Weekday if fields.get(f"{name}-{day}")] or None


def _show_pairs(name: str, value: Any) -> dict[str, str]:
    pairs = list(value.items()) if isinstance(value, Mapping) else []
    texts = {f"{name}-rows": str(len(pairs))}
    for number, (key, inner) in enumerate(pairs):
        texts |= {f"{name}-{number}-name": line_of(key), f"{name}-{number}-value": line_of(inner)}
    return texts


def _read_pairs(fields: Fields, name: str) -> dict[str, Any] | None:
    rows = range(count_of(fields, f"{name}-rows"))
    pairs = [(fields.get(f"{name}-{row}-name", ""), fields.get(f"{name}-{row}-value", "")) for row in rows]
    return {key: scalar_of(value) for key, value in pairs if key} or None


TEXT = FieldKind(_show_line, lambda fields, name: fields.get(name) or None)
NUMBER = FieldKind(_show_line, lambda fields, name: _number_of(fields.get(name, "")))
SCALAR = FieldKind(_show_line, lambda fields, name: scalar_of(fields.get(name, "")))
FLAG = FieldKind(_show_flag, lambda fields, name: True if fields.get(name) else None)
DURATION = FieldKind(_show_duration, _read_length)
OFFSET = FieldKind(_show_length, _read_offset)
DAYS = FieldKind(_show_days, _read_days)
PAIRS = FieldKind(_show_pairs, _read_pairs)
