"""Contact properties in a browser."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.contacts.property_definitions import (
    FIELD_TYPES,
    FieldType,
    PropertyDefinition,
    PropertyOption,
    PropertyType,
)
from functions.pages.contacts import properties
from functions.wiring import Container
from tests.support.console import audience_examples
from tests.support.console.audience_examples import PROPERTIES
from tests.support.console.people import signed_in

NEW = f"{PROPERTIES}/new-property"
TIER = f"{PROPERTIES}/tier"
GROUP = {"groupName": "contactinformation"}


@pytest.fixture
def stored(aws: Container) -> Container:
    audience_examples.prepare(aws)
    return aws


def definition(container: Container, name: str) -> PropertyDefinition:
    return container.get(wiring.contacts.contact_properties).get(name)


def options(container: Container) -> list[tuple[str, str]]:
    return [(one.value, one.label) for one in definition(container, "tier").options]


def rows(container: Container) -> dict[str, str]:
    """Returns the fields of the form as the page has them."""
    fields = {"label": definition(container, "tier").label, **GROUP}
    for number, (value, label) in enumerate(options(container)):
        fields |= {f"value-{number}": value, f"label-{number}": label}
    return fields


def actions(container: Container, most: int = 1) -> list[str]:
    return [str(entry.action) for entry in container.get(wiring.adapters.access.audit_entries).latest(most)]


def test_every_kind_of_property_has_words() -> None:
    kinds = {(type_, field_type) for type_, allowed in FIELD_TYPES.items() for field_type in allowed}
    assert kinds == properties.KINDS.keys()


def test_the_list_has_what_a_property_is(stored: Container) -> None:
    page = signed_in(Role.EDITOR).get(PROPERTIES)
    assert "Tier <b> tier One of several options, in a menu contactinformation 2" in page.text
    assert "Loyalty" not in page.text
    assert "Postal code zip Text on one line contactinformation" in page.text


def test_the_first_page_explains_itself(aws: Container) -> None:
    page = signed_in(Role.EDITOR).get(PROPERTIES)
    assert "No property of your own yet" in page.text
    assert "{{ contact.loyalty_points }}" in page.text


def test_contacts_lead_to_their_properties(aws: Container) -> None:
    assert f'class="button" href="{PROPERTIES}"' in signed_in(Role.EDITOR).get("/console/contacts").html


def test_a_property_is_created_from_its_label(aws: Container) -> None:
    fields = {"label": "Punti fedeltà", "kind": "number.number", "description": "As of the shop.", **GROUP}
    page = signed_in(Role.EDITOR).submit(NEW, **fields)
    assert "The property “Punti fedeltà” is created." in page.text
    created = definition(aws, "punti_fedelta")
    assert (created.type, created.field_type, created.description) == (
        PropertyType.NUMBER,
        FieldType.NUMBER,
        "As of the shop.",
    )
    assert actions(aws) == ["contact_property.created"]


def test_each_line_is_an_option(aws: Container) -> None:
    fields = {"label": "Color", "name": "color", "kind": "enumeration.checkbox", **GROUP}
    signed_in(Role.EDITOR).submit(NEW, **fields, options="Red\r\n\r\n Dark blue \r\n")
    assert definition(aws, "color").options == (
        PropertyOption(label="Red", value="Red"),
        PropertyOption(label="Dark blue", value="Dark blue"),
    )
    assert 'value="Dark blue"' in signed_in(Role.EDITOR).get("/console/contacts/new").html


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"label": ""}, "must be one line of at most 500 characters"),
        ({"label": "x" * 501}, "must be one line of at most 500 characters"),
        ({"label": "愛"}, "lower-case letters, digits and underscores"),
        ({"name": "Points"}, "lower-case letters, digits and underscores"),
        ({"name": "email"}, "there is a contact property 'email' already"),
        ({"name": "tier"}, "there is a contact property 'tier' already"),
        ({"kind": "string.number"}, "must be one of the choices"),
        ({"kind": "enumeration.select"}, "an enumeration needs at least one option"),
        ({"kind": "enumeration.select", "options": "a;b"}, "must not contain a semicolon"),
        ({"kind": "enumeration.select", "options": "a\na"}, "the value 'a' is there twice"),
        ({"kind": "enumeration.select", "options": "\n".join(map(str, range(201)))}, "must be at most 200 options"),
        ({"options": "a"}, "has no options"),
        ({"kind": "number.number", "defaultValue": "many"}, "must be a number"),
        ({"description": "x" * 501}, "must have at most 500 characters"),
    ],
)
def test_a_wrong_property_is_refused_and_kept(stored: Container, fields: dict[str, str], message: str) -> None:
    entered = {"label": "Shoe size", "kind": "string.text", **GROUP, **fields}
    before = len(stored.get(wiring.contacts.contact_properties).list())
    page = signed_in(Role.EDITOR).submit(NEW, **entered)
    assert (page.status, message in page.text) == (400, True)
    assert f'name="label" type="text" value="{entered["label"]}"' in page.html
    assert len(stored.get(wiring.contacts.contact_properties).list()) == before


def test_labels_change_and_values_stay(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    fields = {**rows(stored), "label": "Level", "label-0": "Golden", "options": "Bronze"}
    assert "The property is saved." in browser.submit(TIER, **fields).text
    assert definition(stored, "tier").label == "Level"
    assert options(stored) == [("gold", "Golden"), ("silver", "Silver"), ("Bronze", "Bronze")]
    assert definition(stored, "tier").options[1].hidden, "what the page does not show stays"
    (entry,) = stored.get(wiring.adapters.access.audit_entries).latest(1)
    assert (str(entry.action), entry.subject, entry.detail["fields"]) == (
        "contact_property.changed",
        "tier",
        "label options",
    )


def test_an_option_is_removed(stored: Container) -> None:
    signed_in(Role.EDITOR).submit(TIER, **rows(stored), **{"remove-0": "on"})
    assert options(stored) == [("silver", "Silver")]


def test_an_option_of_another_person_stays(stored: Container) -> None:
    fields = rows(stored)
    added = (*definition(stored, "tier").options, PropertyOption(label="Iron", value="iron"))
    stored.get(wiring.contacts.contact_properties).update("tier", {"options": added}, unrestricted("api@example.com"))
    signed_in(Role.EDITOR).submit(TIER, **fields, **{"remove-0": "on"})
    assert options(stored) == [("silver", "Silver"), ("iron", "Iron")]


def test_the_last_option_cannot_be_removed(stored: Container) -> None:
    page = signed_in(Role.EDITOR).submit(TIER, **rows(stored), **{"remove-0": "on", "remove-1": "on"})
    assert (page.status, "needs at least one option" in page.text) == (400, True)
    assert 'name="remove-1" value="on" aria-label="Remove silver" checked' in page.html


def test_an_option_needs_a_label(stored: Container) -> None:
    page = signed_in(Role.EDITOR).submit(TIER, **{**rows(stored), "label-0": ""})
    assert (page.status, "must be one line of at most 500 characters" in page.text) == (400, True)


def test_an_unchanged_form_writes_nothing(stored: Container) -> None:
    before = definition(stored, "tier")
    assert "Nothing was changed." in signed_in(Role.EDITOR).submit(TIER, **rows(stored)).text
    assert definition(stored, "tier") == before


def test_a_built_in_property_cannot_be_changed(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "This property is built in" in browser.get(f"{PROPERTIES}/zip").text
    page = browser.submit(f"{PROPERTIES}/zip", page=PROPERTIES, label="Postcode", **GROUP)
    assert (page.status, "zip is built in: it cannot be changed" in page.text) == (400, True)


def test_a_property_is_archived_after_a_confirmation(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "The values that contacts have stay" in browser.get(f"{TIER}/archive").text
    assert "is archived" in browser.submit(f"{TIER}/archive").text
    assert "tier" not in stored.get(wiring.contacts.contact_properties).list()
    assert actions(stored) == ["contact_property.deleted"]
    assert browser.get(TIER).status == 404


def test_the_lists_that_use_a_property_are_named(stored: Container) -> None:
    browser, path = signed_in(Role.EDITOR), f"{PROPERTIES}/points/archive"
    page = browser.get(path)
    assert "The filters of these lists use it" in page.text
    assert '<a href="/console/lists/3/filters">Ten &lt;points&gt;</a>' in page.html
    assert "Archive the property</button>" not in page.html
    refused = browser.submit(path, page=PROPERTIES + "/tier")
    assert (refused.status, "the filters of the list 3 use points" in refused.text) == (400, True)


def test_a_viewer_sees_no_properties(aws: Container) -> None:
    assert signed_in(Role.VIEWER).get(PROPERTIES).status == 403


def test_an_italian_page_is_italian(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    browser.submit("/console/you", language="it", zone="")
    page = browser.get(PROPERTIES)
    assert "Proprietà dei contatti" in page.text
    assert "Una fra più opzioni, in un menu" in page.text
    refused = browser.submit(NEW, label="Color", kind="enumeration.select", **GROUP)
    assert "un elenco di opzioni ha bisogno di almeno un'opzione" in refused.text


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Loyalty points", "loyalty_points"),
        ("  2nd — Größe! ", "nd_groe"),
        ("x" * 120, "x" * 100),
        ("9", ""),
        ("愛", ""),
    ],
)
def test_a_label_suggests_a_name(label: str, name: str) -> None:
    assert properties.name_from(label) == name
