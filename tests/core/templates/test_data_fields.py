"""The data of a mail as fields: what a field cannot hold stays JSON, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.templates import contract
from functions.core.templates.contract import Variable
from functions.core.templates.data_fields import DataColumn, DataField, DataKind, fields_of, merged, read

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
OBJECTS = st.dictionaries(st.text(), VALUES)


def is_lossless(schema: dict[str, Any], values: dict[str, Any]) -> bool:
    filled, rest = fields_of(schema, values)
    entered = []
    for one in filled:
        value, wrong = read(one.field, one.rows)
        assert wrong == []
        entered += [(one.field.path, value)] if value is not None else []
    result, errors = merged(entered, rest, "custom")
    return (without_nulls(result), errors) == (without_nulls(values), [])


def without_nulls(value: Any) -> Any:
    """JSON's null means the same as a missing property."""
    if isinstance(value, dict):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@given(OBJECTS)
def test_fields_and_the_rest_are_the_same_data(values: dict[str, Any]) -> None:
    assert is_lossless({}, values)


def used(**kinds: str) -> dict[str, Any]:
    """Returns the contract of properties with these uses."""
    custom = Variable(parts={name: Variable(kinds={kind}) for name, kind in kinds.items()})
    return contract.schema([{"contact": Variable(), "custom": custom}])["properties"]["customProperties"]  # type: ignore[no-any-return]  # JSON


@given(OBJECTS)
def test_data_of_another_kind_than_its_use_is_kept(values: dict[str, Any]) -> None:
    kinds = ["list", "object", "date", "number", "text", "boolean"]
    assert is_lossless(used(**{name: kinds[number % 6] for number, name in enumerate(values)}), values)


def test_a_field_has_the_kind_of_its_use() -> None:
    filled, rest = fields_of(
        used(day="date", due="date", total="number", paid="boolean", note="text", tags="list"), {"due": "soon"}
    )
    kinds = {one.field.path[0]: (str(one.field.columns[0].kind), one.field.is_list) for one in filled}
    assert kinds == {
        "due": ("text", False),
        "day": ("date", False),
        "total": ("number", False),
        "paid": ("boolean", False),
        "note": ("text", False),
        "tags": ("text", True),
    }
    assert rest == {}


def test_the_items_of_a_list_are_rows() -> None:
    values = {"changes": [{"title": "Refunds", "days": 14}, {"title": "Deletion"}]}
    (one,), rest = fields_of({}, values)
    assert one.field.columns == (DataColumn("title", DataKind.TEXT), DataColumn("days", DataKind.NUMBER))
    assert (one.rows, rest) == ((("Refunds", "14"), ("Deletion", "")), {})
    assert read(one.field, (*one.rows, ("", "")))[0] == values["changes"]


@pytest.mark.parametrize(
    "value",
    [[[1]], [{"a": {"b": 1}}], ["x", 1], [{"a": 1}, "x"], [{}], [""], ["two\nlines"], " spaces ", ["x"] * 51, {}],
)
def test_a_value_without_a_field_stays_json(value: Any) -> None:
    assert fields_of({}, {"value": value}) == ([], {"value": value})


@pytest.mark.parametrize(("had_items", "value"), [(True, []), (False, None)])
def test_a_list_without_rows_is_empty_or_missing(had_items: bool, value: Any) -> None:
    field = DataField(path=("a",), columns=(DataColumn("", DataKind.TEXT),), is_list=True, had_items=had_items)
    assert read(field, (("",), ("",))) == (value, [])


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (DataKind.NUMBER, "4.90", 4.9),
        (DataKind.NUMBER, "4,90", "must be a number"),
        (DataKind.NUMBER, "NaN", "must be a number"),
        (DataKind.DATE, "2026-12-31", "2026-12-31"),
        (DataKind.DATE, "31.12.2026", "must be a day"),
        (DataKind.BOOLEAN, "false", False),
        (DataKind.BOOLEAN, "maybe", "must be yes or no"),
        (DataKind.TEXT, "7", "7"),
    ],
)
def test_a_cell_has_its_kind(kind: DataKind, text: str, value: Any) -> None:
    entered, wrong = read(DataField(path=("a",), columns=(DataColumn("", kind),)), ((text,),))
    if wrong:
        assert [(row, column) for row, column, _ in wrong] == [(0, 0)]
        assert wrong[0][2].startswith(value)
    else:
        assert (entered, type(entered)) == (value, type(value))


@pytest.mark.parametrize("rest", [{"order": {"number": "8"}}, {"order": 7}])
def test_json_and_a_field_do_not_contradict(rest: dict[str, Any]) -> None:
    _, errors = merged([(("order", "number"), "7")], rest, "custom")
    assert [(error.field, error.message.partition(",")[0]) for error in errors] == [("custom", "has order.number")]


def test_json_may_repeat_a_field() -> None:
    values = [(("order", "number"), "7")]
    for rest in ({}, {"order": {"number": ""}}, {"order": {"number": None}}, {"order": {"number": "7"}}):
        assert merged(values, rest, "custom") == ({"order": {"number": "7"}}, [])
