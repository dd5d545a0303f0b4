"""Conditions of a form: what they mean as filters, and which filters no row can express."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contacts.filters import Operator, PropertyFilter
from functions.core.contacts.lists.conditions import (
    Comparison,
    ConditionError,
    ContactCondition,
    conditions_of,
    to_branch,
    to_filter,
    to_search_filter,
)
from functions.core.contacts.lists.list_filters import AnyBranch, FilterBranch
from functions.core.contacts.property_definitions import PropertyDefinition, PropertyType
from tests.support.list_filters import branch, city, in_list, property_filter

DEFINITIONS = {
    name: PropertyDefinition(name=name, label=name.title(), type=type_)
    for name, type_ in (
        ("city", PropertyType.STRING),
        ("age", PropertyType.NUMBER),
        ("plan", PropertyType.ENUMERATION),
        ("vip", PropertyType.BOOL),
        ("born", PropertyType.DATE),
        ("seen", PropertyType.DATETIME),
    )
}
WRITTEN = [
    (ContactCondition("city", Comparison.IS, "Rome"), city("Rome")),
    (ContactCondition("city", Comparison.HAS_NO_VALUE), property_filter("city", "ALL_PROPERTY", "IS_UNKNOWN")),
    (
        ContactCondition("age", Comparison.AT_LEAST, "18"),
        property_filter("age", "NUMBER", "IS_GREATER_THAN_OR_EQUAL_TO", value=18),
    ),
    (
        ContactCondition("plan", Comparison.IS_NOT, "pro;free"),
        property_filter("plan", "ENUMERATION", "IS_NONE_OF", values=["pro", "free"]),
    ),
    (ContactCondition("vip", Comparison.IS, "true"), property_filter("vip", "BOOL", "IS_EQUAL_TO", value=True)),
    (
        ContactCondition("born", Comparison.BELOW, "2000-02-29"),
        property_filter(
            "born",
            "TIME_POINT",
            "IS_BEFORE",
            timePoint={"timeType": "DATE", "year": 2000, "month": 2, "day": 29},
            endpointBehavior="EXCLUSIVE",
        ),
    ),
    (ContactCondition("", Comparison.IN_LIST, "7"), in_list(7)),
    (ContactCondition("", Comparison.NOT_IN_LIST, "7"), in_list(7, "NOT_IN_LIST")),
]


def read(written: dict[str, Any]) -> FilterBranch:
    return msgspec.convert(written, AnyBranch)


@pytest.mark.parametrize(("condition", "written"), WRITTEN)
def test_a_condition_and_its_filter_mean_the_same(condition: ContactCondition, written: dict[str, Any]) -> None:
    expected = read(branch([written]))
    assert to_branch([[to_filter(condition, DEFINITIONS)]]) == expected
    assert conditions_of(expected, DEFINITIONS) == [[condition]]


def test_groups_stay_groups() -> None:
    filters = read(branch([city("Rome"), in_list(7)], [city("Paris")]))
    assert conditions_of(filters, DEFINITIONS) == [
        [ContactCondition("city", Comparison.IS, "Rome"), ContactCondition("", Comparison.IN_LIST, "7")],
        [ContactCondition("city", Comparison.IS, "Paris")],
    ]


@pytest.mark.parametrize(
    "written",
    [
        branch([property_filter("city", "MULTISTRING", "IS_EQUAL_TO", values=["Rome", "Paris"])]),
        branch([property_filter("city", "MULTISTRING", "STARTS_WITH", values=["Ro"])]),
        branch([property_filter("city", "MULTISTRING", "IS_EQUAL_TO", values=[" Rome"])]),
        branch([property_filter("city", "MULTISTRING", "IS_EQUAL_TO", values=["Ro\nme"])]),
        branch([property_filter("city", "MULTISTRING", "CONTAINS", values=["Ro"], includeObjectsWithNoValueSet=True)]),
        branch([property_filter("plan", "ENUMERATION", "IS_ANY_OF", values=["a;b"])]),
        branch([property_filter("age", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=1, upperBound=2)]),
        branch([property_filter("gone", "ALL_PROPERTY", "IS_KNOWN")]),
        branch([property_filter("age", "MULTISTRING", "IS_EQUAL_TO", values=["1"])]),
        {"filterBranchType": "OR", "filters": [city("Rome")], "filterBranches": []},
        {"filterBranchType": "OR", "filterBranches": [{"filterBranchType": "NOT_ALL", "filters": [city("Rome")]}]},
        {
            "filterBranchType": "OR",
            "filterBranches": [branch([city("Rome")])["filterBranches"][0] | branch([city("Paris")])],
        },
    ],
)
def test_what_no_row_can_express_has_no_conditions(written: dict[str, Any]) -> None:
    assert conditions_of(read(written), DEFINITIONS) is None


@pytest.mark.parametrize(
    "condition",
    [
        ContactCondition("gone", Comparison.IS, "x"),
        ContactCondition("city", Comparison.IS, ""),
        ContactCondition("city", Comparison.IS, "x" * 1001),
        ContactCondition("city", Comparison.ABOVE, "x"),
        ContactCondition("age", Comparison.IS, "many"),
        ContactCondition("age", Comparison.IS, "1e400"),
        ContactCondition("age", Comparison.CONTAINS, "1"),
        ContactCondition("plan", Comparison.IS, " ; "),
        ContactCondition("vip", Comparison.IS, "yes"),
        ContactCondition("born", Comparison.ABOVE, "2001-02-29"),
        ContactCondition("born", Comparison.ABOVE, "2026-W01-1"),
        ContactCondition("seen", Comparison.IS, "2026-01-01"),
        ContactCondition("", Comparison.IS, "7"),
        ContactCondition("", Comparison.IN_LIST, "seven"),
        ContactCondition("", Comparison.IN_LIST, "0"),
    ],
)
def test_a_condition_that_does_not_fit_is_refused(condition: ContactCondition) -> None:
    with pytest.raises(ConditionError):
        to_filter(condition, DEFINITIONS)


@given(st.sampled_from(["", *DEFINITIONS]), st.sampled_from(Comparison), st.text(max_size=20))
def test_any_condition_is_read_back_as_the_same_filters(name: str, comparison: Comparison, value: str) -> None:
    try:
        filters = to_branch([[to_filter(ContactCondition(name, comparison, value), DEFINITIONS)]])
    except ConditionError:
        return
    groups = conditions_of(filters, DEFINITIONS)
    if groups is not None:
        assert to_branch([[to_filter(one, DEFINITIONS) for one in group] for group in groups]) == filters
    else:
        assert value != value.strip() or not value.isprintable()


def test_a_search_has_the_same_conditions() -> None:
    assert to_search_filter(ContactCondition("age", Comparison.AT_LEAST, "18")) == PropertyFilter(
        name="age", operator=Operator.GTE, values=("18",)
    )
    assert to_search_filter(ContactCondition("city", Comparison.HAS_VALUE)) == PropertyFilter(
        name="city", operator=Operator.HAS_PROPERTY
    )


def test_a_search_looks_into_no_list() -> None:
    with pytest.raises(ConditionError):
        to_search_filter(ContactCondition("", Comparison.IN_LIST, "7"))
