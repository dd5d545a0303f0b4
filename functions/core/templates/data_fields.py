"""The data of a mail as fields of a form, for people who write no JSON.

A value is a field only if the field returns the same value. What no field can hold stays JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, TypeGuard

import msgspec
from msgspec import Meta, Struct

from functions.core.errors import FieldError
from functions.core.templates import contract

FIELDS_MAX, ROWS_MAX, COLUMNS_MAX = 100, 50, 8
DEPTH_MAX = 8  # of objects in objects
Path = tuple[str, ...]
Rows = tuple[tuple[str, ...], ...]  # what the cells of a field have
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BOOLEANS = {"true": True, "false": False}
_NUMBER = msgspec.json.Decoder(int | float)


class DataKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"


class DataColumn(Struct, frozen=True):
    name: str  # of a part of an object; empty for a value that is no object
    kind: DataKind


class DataField(Struct, frozen=True, kw_only=True):
    """A value, or a list with a row for each item."""

    path: Annotated[Path, Meta(min_length=1, max_length=DEPTH_MAX + 1)]
    columns: Annotated[tuple[DataColumn, ...], Meta(min_length=1, max_length=COLUMNS_MAX)]
    is_list: bool = False
    had_items: bool = False  # a list without rows is then an empty one, and not a missing one


class FilledField(Struct, frozen=True):
    field: DataField
    rows: Rows


def fields_of(schema: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[list[FilledField], dict[str, Any]]:
    """Returns the fields of what a contract's object names, and of other values, and the values that stay JSON."""
    filled: list[FilledField] = []
    rest = _add_fields(schema, values, (), filled)
    return filled, rest


def read(field: DataField, rows: Rows) -> tuple[Any, list[tuple[int, int, str]]]:
    """Returns the value of the cells, or None without one, and the wrong cells: row, column and message."""
    items, wrong = [], []
    for number, row in enumerate(rows):
        item, wrong_cells = _item(field, row)
        wrong += [(number, column, message) for column, message in wrong_cells]
        items += [item] if item is not None else []
    if field.is_list:
        return (items if items or field.had_items else None), wrong
    return (items[0] if items else None), wrong


def merged(
    values: Iterable[tuple[Path, Any]], rest: Mapping[str, Any], where: str
) -> tuple[dict[str, Any], list[FieldError]]:
    """Returns the values of fields, together with what was entered as JSON. `where`: the field of the JSON."""
    result: dict[str, Any] = deepcopy(dict(rest))
    errors = []
    for path, value in values:
        parent: Any = result
        for name in path[:-1]:
            parent = parent.setdefault(name, {}) if isinstance(parent, dict) else None
        if not isinstance(parent, dict) or parent.get(path[-1]) not in (None, "", value):
            name = ".".join(path)
            errors.append(FieldError(where, f"has {name}, and its field has another value: clear one of them"))
        else:
            parent[path[-1]] = value
    return result, errors


def _add_fields(
    schema: Mapping[str, Any], values: Mapping[str, Any], path: Path, filled: list[FilledField]
) -> dict[str, Any]:
    """Adds the fields of an object, and returns its values that stay JSON. The order is that of the values, which a person chose."""
    rest: dict[str, Any] = {}
    parts = schema.get("properties", {})
    for name in dict.fromkeys([*values, *parts]):
        part, value = parts.get(name, {}), values.get(name)
        if _is_object(part, value) and len(path) < DEPTH_MAX:
            inner = _add_fields(part, value or {}, (*path, name), filled)
            if inner or (value is not None and all(one is None for one in value.values())):
                rest[name] = inner  # no field of it shows that there is one
            continue
        one = _field((*path, name), part, value)
        if one and len(filled) < FIELDS_MAX:
            filled.append(one)
        if value is not None and (value == "" or not one or one is not filled[-1]):
            rest[name] = value
    return rest


def _is_object(part: Mapping[str, Any], value: Any) -> bool:
    return isinstance(value, Mapping) if value is not None else part.get("type") == "object"


def _field(path: Path, part: Mapping[str, Any], value: Any) -> FilledField | None:
    if isinstance(value, list) or (value is None and part.get("type") == "array"):
        return _list_field(path, part.get("items", {}), value)
    columns = _columns([""], part, [value])
    cell = _text(columns[0], value) if columns else None
    return FilledField(DataField(path=path, columns=columns), ((cell,),)) if columns and cell is not None else None


def _list_field(path: Path, part: Mapping[str, Any], value: list[Any] | None) -> FilledField | None:
    items = value or []
    has_objects = part.get("type") == "object" or any(isinstance(item, Mapping) for item in items)
    if not has_objects:
        rows = [{"": item} for item in items]
        names = [""]
    elif all(isinstance(item, Mapping) and item and "" not in item for item in items):
        rows = items
        names = list(dict.fromkeys([*(name for item in items for name in item), *part.get("properties", {})]))
    else:
        return None
    columns = _columns(names, part, rows) if 0 < len(names) <= COLUMNS_MAX and len(rows) <= ROWS_MAX else ()
    cells = [[_text(column, row.get(column.name)) for column in columns] for row in rows]
    if not columns or not all(_is_complete(row) for row in cells):
        return None
    field = DataField(path=path, columns=columns, is_list=True, had_items=value is not None)
    return FilledField(field, tuple(tuple(row) for row in cells if _is_complete(row)))


def _is_complete(row: Sequence[str | None]) -> TypeGuard[Sequence[str]]:
    """Whether every cell can be shown, on one line, and the row is not taken for one without an item."""
    return any(row) and all(cell is not None and "\n" not in cell for cell in row)


def _columns(names: Sequence[str], part: Mapping[str, Any], rows: Sequence[Any]) -> tuple[DataColumn, ...]:
    """Returns the columns with their kinds: that of their values, or else of the contract. Returns none if a column has several kinds."""
    columns = []
    for name in names:
        own = part.get("properties", {}).get(name, {}) if name else part
        values = [row.get(name) if isinstance(row, Mapping) else row for row in rows]
        kinds = {_kind(own, value) for value in values if value is not None} or {contract.kind_of(own)}
        kind = kinds.pop()
        if kinds or kind not in set(DataKind):
            return ()
        columns.append(DataColumn(name, DataKind(kind)))
    return tuple(columns)


def _kind(part: Mapping[str, Any], value: Any) -> str:
    if isinstance(value, bool):
        return DataKind.BOOLEAN
    if isinstance(value, int | float):
        return DataKind.NUMBER
    if isinstance(value, str):
        is_day = contract.kind_of(part) == DataKind.DATE and _DAY.fullmatch(value)
        return DataKind.DATE if is_day else DataKind.TEXT
    return "object"


def _text(column: DataColumn, value: Any) -> str | None:
    """Returns the value as a cell has it, or None if the cell would not return the same."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if text == "":
        return None if column.name else ""
    try:
        same = _value(column.kind, text)
    except ValueError:
        return None
    is_whole = text == text.strip() and "\r" not in text
    return text if is_whole and type(same) is type(value) and same == value else None


def _item(field: DataField, row: Sequence[str]) -> tuple[Any, list[tuple[int, str]]]:
    values, wrong = {}, []
    for number, (column, text) in enumerate(zip(field.columns, row, strict=True)):
        try:
            if text:
                values[column.name] = _value(column.kind, text)
        except ValueError as error:
            wrong.append((number, str(error)))
    return (values.get("") if "" in values else values or None), wrong


def _value(kind: DataKind, text: str) -> Any:
    """Raises ValueError."""
    if kind is DataKind.NUMBER:
        try:
            return _NUMBER.decode(text)
        except msgspec.MsgspecError:
            raise ValueError("must be a number: digits, with a point before the decimals") from None
    if kind is DataKind.DATE:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError("must be a day: the year, the month and the day, with hyphens between them") from None
    if kind is DataKind.BOOLEAN:
        if text not in _BOOLEANS:
            raise ValueError("must be yes or no")
        return _BOOLEANS[text]
    return text
