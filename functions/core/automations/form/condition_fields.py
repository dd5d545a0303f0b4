"""A condition as rows of a form: each about a property of the contact, one of the event, or a mail of the run.

Conditions inside conditions are more than rows can show. They are kept as they are, until rows replace them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from functions.core.automations.definition import Engagement
from functions.core.automations.form.fields import FieldKind, Fields, count_of, line_of, scalar_of
from functions.core.contacts.filters import Operator

JOINERS = ("all", "any", "none")
PROPERTY, EVENT, MAIL = "property:", "event", "mail:"  # what a row is about
WAS = "was:"  # before what happened to a mail, in the field of the comparison
NO_VALUE = (Operator.HAS_PROPERTY, Operator.NOT_HAS_PROPERTY)
SEVERAL = (Operator.IN, Operator.NOT_IN)
ROW_FIELDS = ("subject", "name", "comparison", "value")


def _show(name: str, value: Any) -> dict[str, str]:
    joiner, rows = _rows(value)
    texts = {f"{name}-joiner": joiner, f"{name}-rows": str(len(rows))}
    for number, row in enumerate(rows):
        texts |= {f"{name}-{number}-{field}": text for field, text in zip(ROW_FIELDS, row, strict=True)}
    return texts


def _read(fields: Fields, name: str) -> dict[str, Any] | None:
    joined = [_condition(row) for row in rows_of(fields, name) if any(row[:2]) or row[3]]
    joiner = fields.get(f"{name}-joiner", "")
    if len(joined) == 1 and joiner != "none":
        return joined[0]
    return {joiner if joiner in JOINERS else "all": joined} if joined else None


CONDITION = FieldKind(_show, _read)


def rows_of(fields: Fields, name: str) -> list[tuple[str, str, str, str]]:
    return [_row_of(fields, f"{name}-{number}") for number in range(count_of(fields, f"{name}-rows"))]


def places_of(fields: Fields, name: str, where: str) -> dict[str, str]:
    """Returns the row of each part of a condition, by its path in the definition."""
    rows = [number for number, row in enumerate(rows_of(fields, name)) if any(row[:2]) or row[3]]
    joiner = fields.get(f"{name}-joiner", "")
    inner = {f"{where}.{joiner or 'all'}[{at}]": f"{name}-{number}" for at, number in enumerate(rows)}
    single = {where: f"{name}-{rows[0]}"} if len(rows) == 1 else {}
    return {where: name, **inner, **single}


def _row_of(fields: Fields, name: str) -> tuple[str, str, str, str]:
    subject, about, comparison, value = (fields.get(f"{name}-{field}", "") for field in ROW_FIELDS)
    return subject, about if subject == EVENT else "", comparison, value


def _rows(value: Any) -> tuple[str, list[tuple[str, str, str, str]]]:
    """Returns how the rows are joined, and the rows: none of a condition that they cannot show."""
    if not isinstance(value, Mapping):
        return "all", []
    joiner = next((one for one in JOINERS if isinstance(value.get(one), list)), "")
    conditions: Sequence[Any] = value[joiner] if joiner else [value]
    rows = [_row(one) for one in conditions]
    texts = [row for row in rows if row is not None]
    return joiner or "all", texts if len(texts) == len(rows) else []


def _row(value: Any) -> tuple[str, str, str, str] | None:
    if not isinstance(value, Mapping) or any(one in value for one in JOINERS):
        return None
    if "step" in value:
        return f"{MAIL}{value['step']}", "", f"{WAS}{value.get('was', '')}", ""
    subject = EVENT if "event" in value else f"{PROPERTY}{value.get('property', '')}"
    several = value.get("values")
    values = [value.get("value"), value.get("high_value"), *(several if isinstance(several, list) else ())]
    texts = "; ".join(line_of(one) for one in values if one is not None)
    return subject, line_of(value.get("event")), str(value.get("operator", "")), texts


def _condition(row: tuple[str, str, str, str]) -> dict[str, Any]:
    subject, name, comparison, value = row
    if subject.startswith(MAIL):
        was = comparison.removeprefix(WAS)
        return {"step": subject.removeprefix(MAIL), **({"was": was} if was in set(Engagement) else {})}
    about = {"event": name} if subject == EVENT else {"property": subject.removeprefix(PROPERTY)}
    if comparison not in set(Operator):
        return about
    return {**about, "operator": comparison, **_values(Operator(comparison), value)}


def _values(operator: Operator, text: str) -> dict[str, Any]:
    if operator in NO_VALUE:
        return {}
    several = [scalar_of(one.strip()) for one in text.split(";") if one.strip()]
    if operator in SEVERAL:
        return {"values": several}
    if operator is Operator.BETWEEN:
        return dict(zip(("value", "high_value"), several, strict=False))
    return {} if text == "" else {"value": scalar_of(text)}
