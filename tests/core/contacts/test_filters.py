"""HubSpot's filters over the values of a contact."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contacts import filters
from functions.core.contacts.filters import Operator, PropertyFilter
from functions.core.contacts.property_definitions import (
    BUILT_IN,
    FieldType,
    PropertyDefinition,
    PropertyOption,
    PropertyType,
)

DEFINITIONS = {
    **BUILT_IN,
    "age": PropertyDefinition(name="age", label="Age", type=PropertyType.NUMBER, field_type=FieldType.NUMBER),
    "since": PropertyDefinition(name="since", label="Since", type=PropertyType.DATE, field_type=FieldType.DATE),
    "likes": PropertyDefinition(
        name="likes",
        label="Likes",
        type=PropertyType.ENUMERATION,
        field_type=FieldType.CHECKBOX,
        options=(PropertyOption(label="Tea", value="tea"), PropertyOption(label="Rum", value="rum")),
    ),
}
ADA = {
    "email": "ada@mail.example.net",
    "firstname": "Ada",
    "lastname": "King Lovelace",
    "age": "36",
    "since": "2026-01-31",
    "likes": "Tea; Rum",  # as a send may have stored it
}


def passes(name: str, operator: str, *values: str) -> bool:
    return filters.matches([(PropertyFilter(name=name, operator=Operator(operator), values=values),)], ADA, DEFINITIONS)


@pytest.mark.parametrize(
    ("name", "operator", "values"),
    [
        ("firstname", "EQ", ["ADA"]),
        ("firstname", "NEQ", ["Bob"]),
        ("age", "EQ", ["36.0"]),
        ("age", "LT", ["100"]),  # as texts "36" > "100"
        ("age", "LTE", ["36"]),
        ("age", "GT", ["4"]),
        ("age", "GTE", ["36"]),
        ("age", "BETWEEN", ["4", "100"]),
        ("since", "EQ", ["1769817600000"]),  # HubSpot's midnight UTC
        ("since", "BETWEEN", ["2026-01-01", "2026-02-01"]),
        ("firstname", "IN", ["bob", "ada"]),
        ("firstname", "NOT_IN", ["bob"]),
        ("likes", "IN", ["tea"]),
        ("likes", "IN", [" rum "]),
        ("firstname", "HAS_PROPERTY", []),
        ("phone", "NOT_HAS_PROPERTY", []),
        ("lastname", "CONTAINS_TOKEN", ["lovelace"]),
        ("lastname", "CONTAINS_TOKEN", ["love*"]),
        ("email", "CONTAINS_TOKEN", ["*@mail.example.net"]),
        ("email", "CONTAINS_TOKEN", ["example.net"]),
        ("lastname", "NOT_CONTAINS_TOKEN", ["love"]),
    ],
)
def test_a_filter_matches(name: str, operator: str, values: list[str]) -> None:
    assert passes(name, operator, *values)


@pytest.mark.parametrize(
    ("name", "operator", "values"),
    [
        ("firstname", "EQ", ["Adam"]),
        ("age", "GT", ["100"]),
        ("age", "BETWEEN", ["37", "100"]),
        ("likes", "NOT_IN", ["rum"]),
        ("phone", "NEQ", ["1"]),  # without a value, no comparison matches
        ("phone", "NOT_IN", ["1"]),
        ("phone", "NOT_CONTAINS_TOKEN", ["1"]),
        ("email", "CONTAINS_TOKEN", ["xample"]),
        ("email", "CONTAINS_TOKEN", ["*@example.net"]),
    ],
)
def test_a_filter_does_not_match(name: str, operator: str, values: list[str]) -> None:
    assert not passes(name, operator, *values)


def test_a_group_needs_all_filters_and_one_group_is_enough() -> None:
    ada = PropertyFilter(name="firstname", operator=Operator.EQ, values=("Ada",))
    bob = PropertyFilter(name="firstname", operator=Operator.EQ, values=("Bob",))
    assert not filters.matches([(ada, bob)], ADA, DEFINITIONS)
    assert filters.matches([(bob,), (ada,)], ADA, DEFINITIONS)
    assert filters.matches([], ADA, DEFINITIONS)


def test_a_stored_value_of_another_type_matches_no_number() -> None:
    groups = [(PropertyFilter(name="age", operator=Operator.LT, values=("100",)),)]
    assert not filters.matches(groups, {"age": "young"}, DEFINITIONS)


@pytest.mark.parametrize(
    ("filter_", "code"),
    [
        (PropertyFilter(name="firstnam", operator=Operator.EQ, values=("x",)), "PROPERTY_DOESNT_EXIST"),
        (PropertyFilter(name="age", operator=Operator.GT, values=("young",)), "INVALID_INTEGER"),
        (PropertyFilter(name="since", operator=Operator.GT, values=("soon",)), "INVALID_DATE"),
        (PropertyFilter(name="age", operator=Operator.BETWEEN, values=("1",)), "INVALID_VALUE"),
        (PropertyFilter(name="age", operator=Operator.EQ), "INVALID_VALUE"),
        (PropertyFilter(name="age", operator=Operator.IN, values=("1",) * 101), "INVALID_VALUE"),
    ],
)
def test_an_error_names_its_filter(filter_: PropertyFilter, code: str) -> None:
    (error,) = filters.errors_of([(filter_,)], DEFINITIONS)
    assert (error.field.startswith("filterGroups[0].filters[0]"), error.code) == (True, code)


def test_an_unknown_property_names_the_nearest_one() -> None:
    (error,) = filters.errors_of([(PropertyFilter(name="first_name", operator=Operator.HAS_PROPERTY),)], DEFINITIONS)
    assert "did you mean firstname?" in error.message


@given(st.text("ab*", max_size=8).map(lambda text: text + "*"), st.text("ab", max_size=12))
def test_a_star_is_any_text(pattern: str, text: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None
    groups = [(PropertyFilter(name="firstname", operator=Operator.CONTAINS_TOKEN, values=(pattern,)),)]
    assert filters.matches(groups, {"firstname": text}, DEFINITIONS) is (expected and bool(text))


def test_a_query_finds_each_word_in_any_property() -> None:
    assert filters.has_text("love ada", ADA)
    assert not filters.has_text("ada bob", ADA)


def test_contacts_named_by_address_need_no_scan() -> None:
    by_email = PropertyFilter(name="email", operator=Operator.EQ, values=("ada@example.net",))
    by_name = PropertyFilter(name="firstname", operator=Operator.EQ, values=("Ada",))
    assert filters.addresses_of([(by_name, by_email)]) == [by_email]
    assert filters.addresses_of([(by_email,), (by_name,)]) is None
    assert filters.addresses_of([]) is None
