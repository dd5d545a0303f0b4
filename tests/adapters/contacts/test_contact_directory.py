"""ports.ContactDirectory and ports.PropertyDefinitions: the fake and the adapter keep the same laws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from msgspec import Struct

from functions import wiring
from functions.core.contacts.property_definitions import FieldType, PropertyDefinition, PropertyOption, PropertyType
from functions.core.errors import Conflict
from functions.ports.contacts import ContactDirectory, Contacts, PropertyDefinitions
from tests.fakes.contacts import MemoryContacts, MemoryPropertyDefinitions
from tests.support.aws.cloud import worker
from tests.support.examples import NOON_TEXT

DRINK = PropertyDefinition(
    name="drink",
    label="Drink",
    type=PropertyType.ENUMERATION,
    field_type=FieldType.SELECT,
    options=(PropertyOption(label="Tea", value="tea", display_order=1),),
    default="tea",
)


class Stores(Struct, frozen=True):
    contacts: Contacts
    directory: ContactDirectory
    definitions: PropertyDefinitions


@pytest.fixture(params=["memory", "dynamo"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "memory":
        memory = MemoryContacts()
        yield Stores(memory, memory, MemoryPropertyDefinitions())
        return
    with worker() as aws:
        names = (
            wiring.adapters.contacts.contacts,
            wiring.adapters.contacts.contact_directory,
            wiring.adapters.contacts.property_definitions,
        )
        contacts, directory, definitions = names
        yield Stores(aws.get(contacts), aws.get(directory), aws.get(definitions))


def test_a_contact_is_found_by_its_number(stores: Stores) -> None:
    stores.contacts.upsert("Ada@example.net", {"firstname": "Ada"}, NOON_TEXT)
    contact = stores.contacts.edit("ada@example.net", NOON_TEXT, lambda one: one)
    assert stores.directory.by_number(contact.id) == [contact]
    assert stores.directory.by_number(contact.id + 1) == []


def test_an_erased_contact_has_no_number(stores: Stores) -> None:
    contact = stores.contacts.edit("ada@example.net", NOON_TEXT, lambda one: one)
    stores.contacts.erase("ada@example.net", NOON_TEXT)
    assert stores.directory.by_number(contact.id) == []
    assert stores.directory.page("", 10).contacts == []


def test_a_send_writes_nothing_to_the_index(stores: Stores) -> None:
    contact = stores.contacts.upsert("ada@example.net", {"firstname": "Ada"}, NOON_TEXT)
    assert stores.directory.by_number(contact.id) == []


def test_segments_have_each_contact_once(stores: Stores) -> None:
    emails = {f"p{number}@example.net" for number in range(20)}
    for email in emails:
        stores.contacts.edit(email, NOON_TEXT, lambda one: one)
    listed: list[str] = []
    for number in range(4):
        after = ""
        while True:
            page = stores.directory.segment(number, 4, after, 3)
            listed += [one.email for one in page.contacts]
            after = page.after or ""
            if not after:
                break
    assert sorted(listed) == sorted(emails)


def test_pages_have_each_contact_once(stores: Stores) -> None:
    emails = {f"p{number}@example.net" for number in range(5)}
    for email in emails:
        stores.contacts.upsert(email, {}, NOON_TEXT)
    stores.definitions.edit(lambda _: {"drink": DRINK})
    listed, after = [], ""
    while True:
        page = stores.directory.page(after, 2)
        listed += [one.email for one in page.contacts]
        assert page.read_units > 0
        if page.after is None:
            break
        after = page.after
    assert sorted(listed) == sorted(emails)


def test_definitions_are_stored_whole(stores: Stores) -> None:
    assert stores.definitions.all() == []
    stores.definitions.edit(lambda stored: {**stored, "drink": DRINK})
    assert stores.definitions.all() == [DRINK]

    def refused(stored: Mapping[str, PropertyDefinition]) -> Mapping[str, PropertyDefinition]:
        raise Conflict(str(len(stored)))

    with pytest.raises(Conflict):
        stores.definitions.edit(refused)
    assert stores.definitions.all() == [DRINK]
