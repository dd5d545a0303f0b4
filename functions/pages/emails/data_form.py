"""The form of a mail's data: a field for each property, and JSON for what no field can hold.

A form names its own fields, so what was entered has its place also if the email changes meanwhile. A list has empty rows at its end; a
script adds more (static/console.js).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from functions import wiring
from functions.core.emails.email import Email
from functions.core.errors import FieldError, Rejected
from functions.core.models import json_text
from functions.core.templates import data_fields
from functions.core.templates.data_fields import FIELDS_MAX, ROWS_MAX, DataColumn, DataField, FilledField, Path
from functions.pages import fields
from functions.pages.visit import PageVisit

CONTACT, CUSTOM = "contactProperties", "customProperties"  # of a contract
EMPTY_ROWS = 2
_FIELD = msgspec.json.Decoder(DataField)
_OBJECT = msgspec.json.Decoder(dict[str, object])


class DataCell(Struct, frozen=True):
    name: str  # of the input
    column: DataColumn
    label: str
    text: str


class DataFieldView(Struct, frozen=True, kw_only=True):
    name: str
    field: DataField
    label: str
    rows: Sequence[Sequence[DataCell]]

    @property
    def definition(self) -> str:
        return msgspec.json.encode(self.field).decode()

    @property
    def code(self) -> str:
        """The name that a template has for it."""
        return ".".join(self.field.path)


def contract_of(email: Email) -> Mapping[str, Any]:
    """Returns the contract of what is published: empty without it."""
    if email.published_revision is None:
        return {}
    return wiring.get(wiring.adapters.emails.emails).revision(email.id, email.published_revision).contract


def data_fields_of(
    visit: PageVisit, group: str, contract: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[list[DataFieldView], dict[str, Any]]:
    """Returns the fields of a group's data, as they were entered or else with the values, and the values that stay JSON."""
    filled, rest = data_fields.fields_of(contract.get("properties", {}).get(group, {}), values)
    filled = _entered(visit, group) or filled
    return [_view(group, number, one) for number, one in enumerate(filled)], rest


def entered_data(visit: PageVisit, group: str, rest: Mapping[str, Any], json_field: str) -> dict[str, Any]:
    """Returns the entered values, together with what was entered as JSON. Raises Rejected with every error."""
    errors: list[FieldError] = []
    values: list[tuple[Path, Any]] = []
    for number, one in enumerate(_entered(visit, group)):
        value, wrong = data_fields.read(one.field, one.rows)
        errors += [FieldError(_cell_name(group, number, row, column), message) for row, column, message in wrong]
        values += [(one.field.path, value)] if value is not None else []
    data, contradictions = data_fields.merged(values, rest, json_field)
    if errors or contradictions:
        raise Rejected([*errors, *contradictions])
    return data


def entered_json(visit: PageVisit, name: str) -> dict[str, Any]:
    """Raises Rejected."""
    return json_text.read(visit.text(name) or "{}", name, _OBJECT.decode, "must be a JSON object")


def indented(rest: Mapping[str, Any]) -> str:
    return json_text.indented(rest) if rest else ""


def _entered(visit: PageVisit, group: str) -> list[FilledField]:
    """Returns the fields that a form had, with what was entered. Raises Rejected for the form of another page."""
    definitions = visit.values(group)
    if len(definitions) > FIELDS_MAX:
        raise Rejected([FieldError(group, f"has {len(definitions):,} entries; it must have at most {FIELDS_MAX:,}")])
    filled = []
    for number, text in enumerate(definitions):
        field = json_text.read(text, group, _FIELD.decode)
        count = min(fields.number(visit.value(f"{group}-{number}-rows")) or 0, ROWS_MAX + EMPTY_ROWS)
        rows = [
            tuple(visit.text(_cell_name(group, number, row, column)).strip() for column in range(len(field.columns)))
            for row in range(count if field.is_list else 1)
        ]
        filled.append(FilledField(field, tuple(rows)))
    return filled


def _view(group: str, number: int, one: FilledField) -> DataFieldView:
    filled = [row for row in one.rows if any(row) or not one.field.is_list]
    empty = [("",) * len(one.field.columns)] * EMPTY_ROWS if one.field.is_list else []
    rows = [
        [
            DataCell(_cell_name(group, number, row, place), column, _words(column.name), text)
            for place, (column, text) in enumerate(zip(one.field.columns, cells, strict=True))
        ]
        for row, cells in enumerate([*filled, *empty])
    ]
    label = ": ".join(_words(name) for name in one.field.path)
    return DataFieldView(name=f"{group}-{number}", field=one.field, label=label, rows=rows)


def _cell_name(group: str, number: int, row: int, column: int) -> str:
    return f"{group}-{number}-{row}-{column}"


def _words(name: str) -> str:
    """'order_number' → 'Order number'."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
