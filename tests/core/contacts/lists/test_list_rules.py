"""Who passes the filters of a list, and which filters are wrong."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.core.contacts.lists import list_rules
from functions.core.contacts.lists.list_filters import FilterBranch, lists_in, properties_in
from functions.core.contacts.property_definitions import (
    BUILT_IN,
    FieldType,
    PropertyDefinition,
    PropertyOption,
    PropertyType,
)
from functions.core.models.field_errors import FieldErrors
from functions.core.models.reader import reader_of
from tests.support.examples import NOON
from tests.support.list_filters import branch, city, in_list, property_filter

OPTIONS = tuple(PropertyOption(label=value, value=value) for value in ("Free", "Pro", "Max"))
DEFINITIONS = {
    **BUILT_IN,
    "age": PropertyDefinition(name="age", label="Age", type=PropertyType.NUMBER, field_type=FieldType.NUMBER),
    "plan": PropertyDefinition(
        name="plan", label="Plan", type=PropertyType.ENUMERATION, field_type=FieldType.CHECKBOX, options=OPTIONS
    ),
    "vip": PropertyDefinition(name="vip", label="VIP", type=PropertyType.BOOL, field_type=FieldType.BOOLEANCHECKBOX),
    "born": PropertyDefinition(name="born", label="Born", type=PropertyType.DATE, field_type=FieldType.DATE),
    "seen": PropertyDefinition(name="seen", label="Seen", type=PropertyType.DATETIME, field_type=FieldType.DATE),
}
CONTEXT = list_rules.FilterContext(DEFINITIONS, NOON)  # Monday 2026-11-23, 12:00 UTC
ROME = {"zoneId": "Europe/Rome"}


class Body(msgspec.Struct, rename="camel"):
    filter_branch: FilterBranch


def read(filters: dict[str, Any]) -> tuple[Any, list[str]]:
    """Returns the tree, and each error of its form."""
    errors = FieldErrors()
    body = reader_of(Body).read({"filterBranch": filters}, "", errors)
    return body.filter_branch, [f"{one.field} {one.message}" for one in errors.errors]


def wrong(*filters: dict[str, Any], lists: tuple[int, ...] = ()) -> list[str]:
    tree, errors = read(branch(list(filters)))
    return errors or [f"{one.field} {one.message}" for one in list_rules.errors_of(tree, DEFINITIONS, lists)]


def passes(filters: dict[str, Any], *lists: int, **values: str) -> bool:
    tree, errors = read(filters)
    assert errors == []
    return list_rules.passes(tree, values, lists, CONTEXT)


def one(name: str, kind: str, operator: str, text: str, **compared: Any) -> bool:
    return passes(branch([property_filter(name, kind, operator, **compared)]), **{name: text})


@pytest.mark.parametrize(
    ("operator", "values", "is_in"),
    [
        ("IS_EQUAL_TO", ["paris", "ROME"], True),
        ("IS_EQUAL_TO", ["rom"], False),
        ("IS_NOT_EQUAL_TO", ["Rome"], False),
        ("IS_NOT_EQUAL_TO", ["Paris", "Oslo"], True),
        ("CONTAINS", ["om"], True),
        ("DOES_NOT_CONTAIN", ["om"], False),
        ("CONTAINS_EXACTLY", ["om"], False),
        ("CONTAINS_EXACTLY", ["rome"], True),
        ("DOES_NOT_CONTAIN_EXACTLY", ["om"], True),
        ("STARTS_WITH", ["ro"], True),
        ("ENDS_WITH", ["ro"], False),
    ],
)
def test_texts(operator: str, values: list[str], is_in: bool) -> None:
    assert one("city", "MULTISTRING", operator, "Rome", values=values) is is_in
    if operator not in {"CONTAINS_EXACTLY", "DOES_NOT_CONTAIN_EXACTLY"}:
        assert one("city", "STRING", operator, "Rome", value=values[-1]) is is_in


@pytest.mark.parametrize(
    ("operator", "values", "is_in"),
    [
        ("IS_ANY_OF", ["pro", "Free"], True),
        ("IS_ANY_OF", ["Free"], False),
        ("IS_NONE_OF", ["Free"], True),
        ("IS_NONE_OF", ["Max"], False),
        ("IS_EXACTLY", ["Max", "Pro"], True),
        ("IS_EXACTLY", ["Pro"], False),
        ("IS_NOT_EXACTLY", ["Pro"], True),
        ("CONTAINS_ALL", ["Pro"], True),
        ("CONTAINS_ALL", ["Pro", "Free"], False),
        ("DOES_NOT_CONTAIN_ALL", ["Pro", "Free"], True),
    ],
)
def test_options(operator: str, values: list[str], is_in: bool) -> None:
    assert one("plan", "ENUMERATION", operator, "Pro; Max;", values=values) is is_in


@pytest.mark.parametrize(
    ("operator", "value", "is_in"),
    [
        ("IS_EQUAL_TO", 30, True),
        ("IS_EQUAL_TO", "30.0", True),
        ("IS_NOT_EQUAL_TO", 30, False),
        ("IS_GREATER_THAN", 29.5, True),
        ("IS_GREATER_THAN_OR_EQUAL_TO", 30, True),
        ("IS_LESS_THAN", 30, False),
        ("IS_LESS_THAN_OR_EQUAL_TO", 30, True),
    ],
)
def test_numbers(operator: str, value: object, is_in: bool) -> None:
    assert one("age", "NUMBER", operator, "30", value=value) is is_in
    assert not one("age", "NUMBER", operator, "thirty", value=value)


@pytest.mark.parametrize("value", [12345678901234567, "12345678901234567"])
def test_a_long_number_is_exact(value: object) -> None:
    assert one("age", "NUMBER", "IS_EQUAL_TO", "12345678901234567", value=value)
    assert not one("age", "NUMBER", "IS_EQUAL_TO", "12345678901234568", value=value)


@pytest.mark.parametrize("value", ["1_000", "nan", "inf", "1e999", ""])
def test_a_number_is_written_as_a_value_is(value: str) -> None:
    assert "must be a number" in "".join(wrong(property_filter("age", "NUMBER", "IS_EQUAL_TO", value=value)))


def test_ranges_of_numbers_have_both_ends() -> None:
    assert one("age", "NUMBER_RANGED", "IS_BETWEEN", "30", lowerBound=30, upperBound=30)
    assert not one("age", "NUMBER_RANGED", "IS_NOT_BETWEEN", "30", lowerBound=20, upperBound=40)
    assert one("age", "NUMBER_RANGED", "IS_NOT_BETWEEN", "41", lowerBound=20, upperBound=40)


def test_booleans() -> None:
    assert one("vip", "BOOL", "IS_EQUAL_TO", "true", value=True)
    assert not one("vip", "BOOL", "IS_NOT_EQUAL_TO", "true", value=True)
    assert one("vip", "BOOL", "IS_NOT_EQUAL_TO", "false", value=True)


def test_contacts_with_and_without_a_value() -> None:
    present, absent = (branch([property_filter("city", "ALL_PROPERTY", f"IS_{word}")]) for word in ("KNOWN", "UNKNOWN"))
    assert (passes(present, city="Rome"), passes(present)) == (True, False)
    assert (passes(absent, city="Rome"), passes(absent)) == (False, True)


@pytest.mark.parametrize("operator", ["IS_EQUAL_TO", "IS_NOT_EQUAL_TO"])
def test_a_contact_without_a_value_passes_if_included(operator: str) -> None:
    included = property_filter("city", "STRING", operator, value="Rome", includeObjectsWithNoValueSet=True)
    assert passes(branch([included]))
    assert not passes(branch([property_filter("city", "STRING", operator, value="Rome")]))


def date_point(year: int, month: int, day: int, **time: int) -> dict[str, Any]:
    return {"timeType": "DATE", "year": year, "month": month, "day": day, **ROME, **time}


def indexed(reference: str, **offset: int) -> dict[str, Any]:
    return {"timeType": "INDEXED", "indexReference": {"referenceType": reference}, "offset": offset, **ROME}


@pytest.mark.parametrize(
    ("point", "operator", "stored", "is_in"),
    [
        (date_point(2026, 11, 23), "IS_AFTER", "2026-11-22T23:00:00.001Z", True),  # midnight in Rome is 23:00 UTC
        (date_point(2026, 11, 23), "IS_AFTER", "2026-11-22T23:00:00.000Z", False),
        (date_point(2026, 11, 23), "IS_BEFORE", "2026-11-22T22:59:59.999Z", True),
        (date_point(2026, 11, 23, hour=13), "IS_AFTER", "2026-11-23T12:00:01.000Z", True),
        (indexed("NOW"), "IS_BEFORE", "2026-11-23T11:59:59.999Z", True),
        (indexed("NOW", hours=-2), "IS_AFTER", "2026-11-23T10:30:00.000Z", True),
        (indexed("TODAY"), "IS_AFTER", "2026-11-22T23:30:00.000Z", True),
        (indexed("TODAY", days=-1), "IS_AFTER", "2026-11-21T23:30:00.000Z", True),
        (indexed("TODAY", months=-1, weeks=-1), "IS_BEFORE", "2026-10-15T20:00:00.000Z", True),
        (indexed("TODAY", years=-30_000), "IS_AFTER", "2026-10-15T20:00:00.000Z", True),
        (indexed("TODAY", years=30_000), "IS_BEFORE", "2026-10-15T20:00:00.000Z", True),
    ],
)
def test_points_in_time(point: dict[str, Any], operator: str, stored: str, is_in: bool) -> None:
    assert one("seen", "TIME_POINT", operator, stored, timePoint=point) is is_in


def test_an_offset_of_months_ends_at_the_last_day() -> None:
    """Three months before 30 May is the last day of February."""
    context = list_rules.FilterContext(DEFINITIONS, 1_780_142_400.0)  # 2026-05-30T12:00:00Z
    lower, upper = indexed("TODAY", months=-3), indexed("TODAY", months=-3, days=1)
    bounds = {"lowerBoundTimePoint": lower, "upperBoundTimePoint": upper, "upperBoundEndpointBehavior": "EXCLUSIVE"}
    tree, _ = read(branch([property_filter("born", "TIME_RANGED", "IS_BETWEEN", **bounds)]))
    assert [list_rules.passes(tree, {"born": f"2026-{day}"}, (), context) for day in ("02-27", "02-28", "03-01")] == [
        False,
        True,
        False,
    ]


def test_a_day_is_a_range_of_two_points() -> None:
    """HubSpot's guide writes 'is equal to date' so."""
    bounds = {
        "lowerBoundTimePoint": date_point(2026, 3, 1),
        "upperBoundTimePoint": date_point(2026, 3, 1, hour=23, minute=59, second=59, millisecond=999),
    }
    assert one("born", "TIME_RANGED", "IS_BETWEEN", "2026-03-01", **bounds)
    assert not one("born", "TIME_RANGED", "IS_BETWEEN", "2026-03-02", **bounds)
    assert one("born", "TIME_RANGED", "IS_NOT_BETWEEN", "2026-03-02", **bounds)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("born", "2026-11-20"),
        ("born", "20261120"),
        ("born", "1795132800000"),
        ("born", "2026-11-20T00:00:00.000Z"),
        ("seen", "2026-11-20T01:00:00+01:00"),
        ("seen", "1795132800000"),
    ],
)
def test_a_time_has_every_form_that_a_send_may_store(name: str, stored: str) -> None:
    """HubSpot's callers write dates in milliseconds."""
    day = {"timeType": "DATE", "year": 2026, "month": 11, "day": 20, "zoneId": "UTC"}
    for operator in ("IS_AFTER", "IS_BEFORE"):
        assert one(name, "TIME_POINT", operator, stored, timePoint=day, endpointBehavior="INCLUSIVE")
        assert not one(name, "TIME_POINT", operator, stored, timePoint=day)


@pytest.mark.parametrize(
    ("operator", "stored", "is_in"),
    [
        ("IS_LESS_THAN_X_DAYS_AGO", "2026-11-20T00:00:00.000Z", True),
        ("IS_LESS_THAN_X_DAYS_AGO", "2026-11-24T00:00:00.000Z", False),
        ("IS_MORE_THAN_X_DAYS_AGO", "2026-11-01T00:00:00.000Z", True),
        ("IS_LESS_THAN_X_DAYS_FROM_NOW", "2026-11-24T00:00:00.000Z", True),
        ("IS_MORE_THAN_X_DAYS_FROM_NOW", "2026-12-24T00:00:00.000Z", True),
        ("IS_MORE_THAN_X_DAYS_FROM_NOW", "some day", False),
    ],
)
def test_rolling_days(operator: str, stored: str, is_in: bool) -> None:
    assert one("seen", "ROLLING_DATE_RANGE", operator, stored, numberOfDays=7) is is_in


def test_instants_in_milliseconds() -> None:
    at = int(NOON * 1000)
    assert one("seen", "DATETIME", "IS_BEFORE", "2026-11-23T11:00:00.000Z", timestamp=at)
    assert one("seen", "RANGED_DATE", "IS_BETWEEN", "2026-11-23T12:00:00.000Z", lowerBound=at, upperBound=at)
    assert not one("seen", "RANGED_DATE", "IS_BETWEEN", "2026-11-23T13:00:00.000Z", lowerBound=at, upperBound=at)


def test_branches_join_filters() -> None:
    rome, lucky = city("Rome"), property_filter("vip", "BOOL", "IS_EQUAL_TO", value=True)
    both, either = branch([rome, lucky]), branch([rome], [lucky])
    assert [passes(both, city="Rome"), passes(both, city="Rome", vip="true")] == [False, True]
    assert [passes(either, city="Rome"), passes(either, vip="true"), passes(either)] == [True, True, False]
    inside = {"filterBranchType": "OR", "filterBranches": [{"filterBranchType": "NOT_ANY", "filters": [rome, lucky]}]}
    assert [passes(inside, city="Oslo"), passes(inside, city="Rome")] == [True, False]
    inside["filterBranches"] = [{"filterBranchType": "NOT_ALL", "filters": [rome, lucky]}]
    assert [passes(inside, city="Rome"), passes(inside, city="Rome", vip="true")] == [True, False]


def test_membership_of_another_list() -> None:
    inside, outside = branch([in_list(7)]), branch([in_list(7, "NOT_IN_LIST")])
    assert [passes(inside, 7, 8), passes(inside, 8), passes(outside, 8)] == [True, False, True]
    tree, _ = read(branch([in_list(7), city("Rome")], [in_list(9)]))
    assert (sorted(lists_in(tree)), sorted(properties_in(tree))) == ([7, 9], ["city"])


def test_an_unknown_property_is_named() -> None:
    assert wrong(property_filter("citty", "STRING", "CONTAINS", value="x")) == [
        "filterBranch.filterBranches[0].filters[0].property there is no contact property 'citty'; did you mean city?"
    ]


def test_every_error_is_reported_at_its_place() -> None:
    filters = (
        property_filter("age", "MULTISTRING", "IS_EQUAL_TO", values=["x"]),
        property_filter("born", "TIME_POINT", "IS_AFTER", timePoint=date_point(2026, 2, 30)),
        property_filter("age", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=3, upperBound=2),
        in_list(12),
    )
    errors = wrong(*filters, lists=(7,))
    assert [error.partition(" ")[0].removeprefix("filterBranch.filterBranches[0].") for error in errors] == [
        "filters[0].operation.operationType",
        "filters[1].operation",
        "filters[2].operation.lowerBound",
        "filters[3].listId",
    ]
    assert "age, which is of the type number: use ALL_PROPERTY, NUMBER, NUMBER_RANGED" in errors[0]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"filterBranchType": "AND", "filters": [city("Rome")]}, "must be OR"),
        ({"filterBranchType": "OR", "filterBranches": [], "filters": []}, "needs at least one filter"),
        (branch([city("Rome")] * 101), "has 101 filters; at most 100 are allowed"),
        (branch([{"filterType": "FORM_SUBMISSION"}]), "must be one of PROPERTY, IN_LIST, not 'FORM_SUBMISSION'"),
        ({"filterBranchType": "UNIFIED_EVENTS"}, "must be one of OR, AND, NOT_ALL, NOT_ANY"),
        (branch([property_filter("city", "STRING", "HAS_EVER_CONTAINED", value="x")]), "not 'HAS_EVER_CONTAINED'"),
        (branch([property_filter("born", "CALENDAR_DATE", "IN_THIS_TIME_UNIT")]), "not 'CALENDAR_DATE'"),
        (branch([property_filter("age", "NUMBER", "IS_EQUAL_TO", value="many")]), "must be a number"),
        (branch([property_filter("age", "NUMBER", "IS_EQUAL_TO", value=True)]), "must be a number"),
        (branch([property_filter("city", "MULTISTRING", "CONTAINS", values=[])]), "has 0 entries"),
        (
            branch(
                [
                    property_filter(
                        "seen", "TIME_POINT", "IS_AFTER", timePoint=indexed("NOW"), propertyParser="UPDATED_AT"
                    )
                ]
            ),
            "the time of a change is not stored",
        ),
        (
            branch([property_filter("seen", "TIME_POINT", "IS_AFTER", timePoint={**indexed("NOW"), "zoneId": "Rome"})]),
            "a time zone like Europe/Rome",
        ),
    ],
)
def test_wrong_filters_have_their_reason(filters: dict[str, Any], message: str) -> None:
    tree, errors = read(filters)
    errors = errors or [f"{one.field} {one.message}" for one in list_rules.errors_of(tree, DEFINITIONS, ())]
    assert message in "\n".join(errors)


def test_a_tree_has_a_greatest_depth() -> None:
    deep: dict[str, Any] = {"filterBranchType": "OR", "filters": [city("Rome")]}
    for _ in range(5):
        deep = {"filterBranchType": "OR", "filterBranches": [deep]}
    tree, errors = read(deep)
    assert errors == []
    assert "is more than 5 branches deep" in str(list(list_rules.errors_of(tree, DEFINITIONS, ())))


@given(some.text(max_size=20), some.sampled_from(sorted(DEFINITIONS)))
def test_any_stored_text_is_compared_without_an_error(text: str, name: str) -> None:
    """A send may have stored a value that does not fit its type."""
    for filters in (
        property_filter(name, "NUMBER", "IS_GREATER_THAN", value=3),
        property_filter(name, "TIME_POINT", "IS_AFTER", timePoint=indexed("NOW")),
        property_filter(name, "ENUMERATION", "IS_ANY_OF", values=["x"]),
        property_filter(name, "ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_AGO", numberOfDays=1),
    ):
        assert passes(branch([filters]), **{name: text}) in {True, False}
