"""What a property accepts, and what a definition may state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contacts import property_definitions
from functions.core.contacts.property_definitions import (
    BUILT_IN,
    FieldType,
    PropertyDefinition,
    PropertyOption,
    PropertyType,
    PropertyValueError,
)

OPTIONS = (PropertyOption(label="Tea", value="tea"), PropertyOption(label="Rum", value="rum"))

YES_AND_NO = (PropertyOption(label="Yes", value="true"), PropertyOption(label="No", value="false"))


def definition(
    type_: str, field_type: str, options: tuple[PropertyOption, ...] = (), default: str = ""
) -> PropertyDefinition:
    return PropertyDefinition(
        name="p",
        label="P",
        type=PropertyType(type_),
        field_type=FieldType(field_type),
        options=options,
        default=default,
    )


TEXT, NUMBER, DAY = definition("string", "text"), definition("number", "number"), definition("date", "date")
TIME, BOOL = definition("datetime", "date"), definition("bool", "booleancheckbox")
ONE, SEVERAL = definition("enumeration", "select", OPTIONS), definition("enumeration", "checkbox", OPTIONS)


@pytest.mark.parametrize(
    ("one", "text", "stored"),
    [
        (TEXT, " Ada ", "Ada"),
        (NUMBER, "-3.50", "-3.50"),
        (DAY, "2026-01-31", "2026-01-31"),
        (DAY, "1769817600000", "2026-01-31"),
        (TIME, "2026-01-31T09:00:00+01:00", "2026-01-31T08:00:00.000Z"),
        (TIME, "1769817600000", "2026-01-31T00:00:00.000Z"),
        (BOOL, "TRUE", "true"),
        (ONE, "tea", "tea"),
        (SEVERAL, "rum; tea;rum", "rum;tea"),
        (NUMBER, "", ""),
        (ONE, "", ""),
    ],
)
def test_a_value_is_stored_in_one_form(one: PropertyDefinition, text: str, stored: str) -> None:
    assert one.read(text) == stored


@pytest.mark.parametrize(
    ("one", "text", "code"),
    [
        (TEXT, "x" * 10_001, "INVALID_LENGTH"),
        (NUMBER, "twelve", "INVALID_INTEGER"),
        (NUMBER, "NaN", "INVALID_INTEGER"),
        (NUMBER, "1_000", "INVALID_INTEGER"),
        (DAY, "31/01/2026", "INVALID_DATE"),
        (TIME, "soon", "INVALID_DATE"),
        (TIME, "9999999999999999", "INVALID_DATE"),
        (BOOL, "yes", "INVALID_BOOLEAN"),
        (ONE, "beer", "INVALID_OPTION"),
        (SEVERAL, "tea;beer", "INVALID_OPTION"),
    ],
)
def test_a_value_of_another_type_is_refused(one: PropertyDefinition, text: str, code: str) -> None:
    with pytest.raises(PropertyValueError) as refused:
        one.read(text)
    assert refused.value.code == code


@given(st.sampled_from([TEXT, NUMBER, DAY, TIME, BOOL, ONE, SEVERAL]), st.text(max_size=20))
def test_a_stored_value_reads_as_itself(one: PropertyDefinition, text: str) -> None:
    try:
        stored = one.read(text)
    except PropertyValueError:
        return
    assert one.read(stored) == stored


def test_each_property_that_does_not_fit_is_one_error() -> None:
    values = {"firstname": "Ada", "nickname": "A", "createdate": "2026-01-01", "date_of_birth": "x", "age": "old"}
    read, errors = property_definitions.checked({**BUILT_IN, "age": NUMBER}, values)
    assert {error.field: error.code for error in errors} == {
        "properties.nickname": "PROPERTY_DOESNT_EXIST",
        "properties.createdate": "READ_ONLY_VALUE",
        "properties.age": "INVALID_INTEGER",
    }
    assert read == {"firstname": "Ada", "date_of_birth": "x"}


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (definition("number", "text"), "fieldType"),
        (definition("enumeration", "select"), "options"),
        (definition("string", "text", OPTIONS), "options"),
        (definition("enumeration", "select", (*OPTIONS, OPTIONS[0])), "options"),
        (definition("enumeration", "checkbox", (PropertyOption(label="x", value="a;b"),)), "options"),
        (definition("enumeration", "select", OPTIONS, default="beer"), "defaultValue"),
        (definition("bool", "booleancheckbox", OPTIONS), "options"),
        (definition("bool", "booleancheckbox", YES_AND_NO[:1]), "options"),
    ],
)
def test_a_definition_must_not_contradict_itself(one: PropertyDefinition, field: str) -> None:
    assert [error.field for error in property_definitions.errors_of(one)] == [field]


def test_a_boolean_may_have_its_two_options() -> None:
    assert not list(property_definitions.errors_of(definition("bool", "booleancheckbox", YES_AND_NO)))


def test_the_built_in_definitions_are_free_of_errors() -> None:
    assert not [error for one in BUILT_IN.values() for error in property_definitions.errors_of(one)]


def test_a_new_contact_gets_the_defaults_of_missing_values() -> None:
    definitions = {"drink": definition("enumeration", "select", OPTIONS, default="tea"), "p": TEXT}
    assert property_definitions.with_defaults(definitions, {}) == {"drink": "tea"}
    assert property_definitions.with_defaults(definitions, {"drink": "rum"}) == {"drink": "rum"}
