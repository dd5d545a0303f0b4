"""The fields of values in the form of an automation: by the kind of the property, without scripts."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.contacts.property_definitions import FieldType, PropertyDefinition, PropertyOption, PropertyType
from functions.pages.automations import value_fields
from functions.wiring import Container
from tests.pages.automations.test_edit import NEW, FormOnPage, create, draft
from tests.support.console.form_fields import FormFields
from tests.support.console.people import signed_in

BY = unrestricted("editor@example.com")
OPTIONS = (PropertyOption(label="Free of charge", value="free"), PropertyOption(label="Professional", value="pro"))
KINDS = {
    "plan": (PropertyType.ENUMERATION, FieldType.SELECT),
    "likes": (PropertyType.ENUMERATION, FieldType.CHECKBOX),
    "vip": (PropertyType.BOOL, FieldType.BOOLEANCHECKBOX),
    "seats": (PropertyType.NUMBER, FieldType.NUMBER),
    "renewal": (PropertyType.DATE, FieldType.DATE),
    "seen": (PropertyType.DATETIME, FieldType.DATE),
}


@pytest.fixture
def stored(aws: Container) -> Container:
    for name, (type_, field_type) in KINDS.items():
        options = OPTIONS if type_ is PropertyType.ENUMERATION else ()
        definition = PropertyDefinition(
            name=name, label=name.title(), type=type_, field_type=field_type, options=options
        )
        aws.get(wiring.contacts.contact_properties).create(definition, BY)
    return aws


def text_of(value: str, property_: str = "plan") -> str:
    return f"name: A\ntrigger: {{type: contact_created}}\nsteps:\n  - {{id: a, type: set_property, property: {property_}, value: {value}}}\n"


def condition_of(condition: str) -> str:
    return (
        f"name: A\ntrigger: {{type: contact_created}}\nwhen: {condition}\nsteps:\n  - {{id: a, type: wait, time: 1d}}\n"
    )


@pytest.mark.parametrize(
    ("property_", "value", "markup"),
    [
        ("plan", "pro", '<option value="pro" selected>Professional</option>'),
        ("plan", "gone", '<option value="gone" selected>gone (not found)</option>'),
        ("likes", "pro;free", 'value="pro" checked><span>Professional</span>'),
        ("likes", "pro; gone", 'value="gone" checked><span>gone (not found)</span>'),
        ("vip", "true", '<option value="true" selected>Yes</option>'),
        ("seats", "12.5", 'type="number" step="any" value="12.5"'),
        ("seats", "many", 'type="text" value="many"'),
        ("renewal", "2026-01-31", 'type="date" value="2026-01-31"'),
        ("renewal", '"20260131"', 'type="text" value="20260131"'),
        ("seen", "2026-01-31T09:00", 'type="datetime-local" value="2026-01-31T09:00"'),
        ("seen", "2026-01-31T09:00:00Z", 'type="text" value="2026-01-31T09:00:00Z"'),
        ("city", "Rome", 'type="text" value="Rome"'),
    ],
)
def test_a_value_has_the_field_of_its_kind(stored: Container, property_: str, value: str, markup: str) -> None:
    number = create(stored, text_of(value, property_))
    form = FormOnPage(signed_in(Role.EDITOR), f"/console/automations/{number}/edit")
    assert markup in form.answer.html
    form.press()
    assert draft(stored, number) == text_of(value, property_), "nothing changes that nobody changed"


@pytest.mark.parametrize(
    ("condition", "markup"),
    [
        ("{property: plan, operator: IN, values: [pro, free]}", 'value="free" checked'),
        ('{property: plan, operator: NOT_IN, values: ["7"]}', "7 (not found)"),
        ("{property: vip, operator: EQ, value: false}", '<option value="false" selected>No</option>'),
        ("{property: seats, operator: BETWEEN, value: 1, high_value: 5}", 'type="number" step="any" value="5"'),
        ("{property: renewal, operator: BETWEEN, value: 2026-01-01, high_value: 2026-12-31}", 'aria-label="To"'),
        ("{property: plan, operator: CONTAINS_TOKEN, value: pro}", 'type="text" value="pro"'),
        ("{property: city, operator: IN, values: [Rome, Oslo]}", 'value="Rome; Oslo"'),
    ],
)
def test_a_condition_has_fields_of_its_kind(stored: Container, condition: str, markup: str) -> None:
    number = create(stored, condition_of(condition))
    form = FormOnPage(signed_in(Role.EDITOR), f"/console/automations/{number}/edit")
    assert markup in form.answer.html
    form.press()
    assert draft(stored, number) == condition_of(condition)


def test_another_property_shows_its_values_without_scripts(stored: Container) -> None:
    form = FormOnPage(signed_in(Role.EDITOR), NEW)
    form.press("add set_property top 0", name="A", trigger="property_changed")
    page = form.press("show", s1__property="plan", trigger__property_changed__property="vip")
    assert '<option value="pro">Professional</option>' in page.html
    page = form.press(s1__value="pro", trigger__property_changed__value="true")
    assert "The draft is stored" in page.text
    assert draft(stored, 1).splitlines()[1:] == [
        "trigger: {type: property_changed, property: vip, value: true}",
        "steps:",
        "  - {id: property_1, type: set_property, property: plan, value: pro}",
    ]


def test_several_boxes_are_several_values(stored: Container) -> None:
    number = create(stored, condition_of("{property: plan, operator: IN, values: [pro]}"))
    form = FormOnPage(signed_in(Role.EDITOR), f"/console/automations/{number}/edit")
    fields = FormFields(form.answer.html, "automation").fields
    form.browser.send("POST", form.path, urlencode([*fields, ("when-0-value", "free")]))
    assert draft(stored, number) == condition_of("{property: plan, operator: IN, values: [pro, free]}")


def test_values_join_by_a_joint_of_ours() -> None:
    assert value_fields.joined([" a ", "", "b"], "options") == "a;b"
    assert value_fields.joined(["a", "b"], "<script>") == "a; b"
