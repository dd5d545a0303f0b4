"""The form of a contact: create one, and change what is stored."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.contacts import property_definitions
from functions.core.contacts.property_definitions import FieldType, PropertyDefinition, PropertyOption, PropertyType
from functions.pages.contacts import property_words
from functions.wiring import Container
from tests.support.console.browser import Browser
from tests.support.console.people import signed_in
from tests.support.examples import NOON_TEXT

NEW = "/console/contacts/new"
EMAIL = "form@example.net"
PERSON = f"/console/contacts/{quote(EMAIL, safe='')}"
EDIT = f"{PERSON}/edit"
COLORS = tuple(PropertyOption(label=name.title(), value=name) for name in ("red", "green", "blue"))


@pytest.fixture
def editor(aws: Container) -> Browser:
    """Properties of each kind of control, and a contact."""
    properties = aws.get(wiring.contacts.contact_properties)
    for definition in (
        PropertyDefinition(
            name="colors",
            label="Colors",
            type=PropertyType.ENUMERATION,
            field_type=FieldType.CHECKBOX,
            options=COLORS,
        ),
        PropertyDefinition(
            name="plan", label="Plan", type=PropertyType.ENUMERATION, field_type=FieldType.SELECT, options=COLORS
        ),
        PropertyDefinition(name="vip", label="VIP", type=PropertyType.BOOL, field_type=FieldType.BOOLEANCHECKBOX),
        PropertyDefinition(name="born", label="Born", type=PropertyType.DATE, field_type=FieldType.DATE),
        PropertyDefinition(name="note", label="Note", field_type=FieldType.TEXTAREA),
        PropertyDefinition(name="age", label="Age", type=PropertyType.NUMBER, field_type=FieldType.NUMBER),
    ):
        properties.create(definition, unrestricted("ada@example.com"))
    stored = {"firstname": "Ada", "plan": "gone <b>", "city": " Rome\nItaly "}
    aws.get(wiring.adapters.contacts.contacts).edit(EMAIL, NOON_TEXT, lambda one: one.with_values(stored, NOON_TEXT))
    return signed_in(Role.EDITOR)


def values(aws: Container, email: str = EMAIL) -> dict[str, str]:
    contact = aws.get(wiring.adapters.contacts.contacts).get(email)
    assert contact
    return {name: value for name, value in contact.values.items() if value}


def as_sent(**changes: str) -> dict[str, Any]:
    """The fields of the contact as a browser sends them back."""
    fields = {"email": EMAIL, "firstname": "Ada", "plan": "gone <b>", "city": " Rome\r\nItaly ", **changes}
    return {f"properties.{name}": value for name, value in fields.items()}


def test_a_contact_is_created_with_its_properties(aws: Container, editor: Browser) -> None:
    colors: dict[str, Any] = {"properties.colors": ["red", "blue"]}
    typed = {"email": "New@Form.example.net", "plan": "red", "vip": "true", "born": "2000-02-29", "age": "7"}
    page = editor.submit(NEW, **{f"properties.{name}": value for name, value in typed.items()}, **colors)
    assert "The contact is created." in page.text
    stored = values(aws, "new@form.example.net")
    assert stored == {"plan": "red", "vip": "true", "born": "2000-02-29", "age": "7", "colors": "red;blue"}
    entry = aws.get(wiring.adapters.access.audit_entries).latest(1)[0]
    assert (entry.action, entry.by) == ("contact.created", "editor@example.com")


def test_every_error_is_at_its_field_and_nothing_is_lost(aws: Container, editor: Browser) -> None:
    page = editor.submit(NEW, **{"properties.email": "nobody", "properties.age": "many", "properties.city": "Oslo"})
    assert page.status == 400
    assert 'id="properties.email-error"' in page.html
    assert 'id="properties.age-error"' in page.html
    assert 'value="Oslo"' in page.html


def test_an_address_is_created_once(editor: Browser) -> None:
    page = editor.submit(NEW, **{"properties.email": EMAIL.upper()})
    assert (page.status, "Contact already exists" in page.text) == (400, True)


def test_only_a_changed_property_is_written(aws: Container, editor: Browser) -> None:
    """The plan that is no option any more, and the text of two lines, stay as they are."""
    before = values(aws)
    page = editor.submit(EDIT, **as_sent(firstname="Grace"))
    assert "The contact is saved." in page.text
    assert values(aws) == {**before, "firstname": "Grace"}
    assert aws.get(wiring.adapters.access.audit_entries).latest(1)[0].detail == {"fields": "firstname"}


def test_a_form_as_it_was_shown_changes_nothing(aws: Container, editor: Browser) -> None:
    contact = aws.get(wiring.adapters.contacts.contacts).get(EMAIL)
    assert "Nothing was changed." in editor.submit(EDIT, **as_sent()).text
    assert aws.get(wiring.adapters.contacts.contacts).get(EMAIL) == contact


def test_boxes_are_checked_whatever_spaces_a_send_stored(aws: Container, editor: Browser) -> None:
    aws.get(wiring.adapters.contacts.contacts).upsert(EMAIL, {"colors": "red; blue"}, NOON_TEXT)
    assert editor.get(EDIT).html.count("checked") == 2
    colors: dict[str, Any] = {"properties.colors": ["red", "blue"]}
    assert "Nothing was changed." in editor.submit(EDIT, **as_sent(), **colors).text


def test_an_emptied_field_is_cleared(aws: Container, editor: Browser) -> None:
    editor.submit(EDIT, **as_sent(city="", plan=""))
    assert values(aws) == {"firstname": "Ada"}


def test_another_address_moves_the_person(aws: Container, editor: Browser) -> None:
    page = editor.submit(EDIT, **as_sent(email="moved@form.example.net"))
    assert page.path == f"/console/contacts/{quote('moved@form.example.net', safe='')}"
    assert values(aws, "moved@form.example.net")["firstname"] == "Ada"


def test_an_unknown_person_has_no_form(editor: Browser) -> None:
    assert editor.get("/console/contacts/no%40form.example.net/edit").status == 404


def test_labels_of_properties_are_in_the_persons_language(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    browser.submit("/console/you", language="it", zone="")
    for path in ("/console/contacts/new", "/console/contacts", "/console/contacts/export"):
        page = browser.get(path).text
        assert ("Nome di battesimo" in page, "First name" in page) == (True, False), path


def test_every_built_in_property_has_a_translated_label() -> None:
    assert {one.label for one in property_definitions.BUILT_IN.values()} == set(property_words.BUILT_IN)
