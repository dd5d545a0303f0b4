"""Who may change contacts, their properties and their subscriptions: an actor without the scope changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTACT_DATA, MARKETING_EMAIL, REPORTS
from functions.core.contacts.property_definitions import PropertyDefinition
from functions.core.contacts.subscriptions.status import StatusState
from functions.core.errors import Forbidden
from functions.steps.contacts.legacy_statuses import LegacyStatuses, TypeDecision
from functions.steps.contacts.properties import ContactProperties
from functions.steps.contacts.records import ContactRecords, ContactReference, IdProperty
from functions.steps.contacts.statuses import Statuses, SubscriptionDecision
from functions.steps.contacts.subscriptions import Subscriptions
from tests.fakes import Clock
from tests.fakes.contacts import (
    MemoryContactLists,
    MemoryContacts,
    MemoryPropertyDefinitions,
    MemorySubscriptionTypes,
)
from tests.support.examples import NOON_TEXT, a_subscription_type

VIEWER = Actor("viewer@example.com", (REPORTS,))
EMAIL = "ada@example.net"
ADA, BOB = ContactReference(EMAIL, IdProperty.EMAIL), ContactReference("bob@example.net", IdProperty.EMAIL)
NEWS = SubscriptionDecision(email=EMAIL, subscription="news")
SIZE = PropertyDefinition(name="shoe_size", label="Shoe size")


class Steps(Struct, frozen=True):
    contacts: MemoryContacts
    records: ContactRecords
    properties: ContactProperties
    statuses: Statuses
    subscriptions: Subscriptions


@pytest.fixture
def steps() -> Steps:
    """Two contacts, a property, and a subscription type."""
    contacts, lists, types, clock = MemoryContacts(), MemoryContactLists(), MemorySubscriptionTypes(), Clock()
    types.put(a_subscription_type())
    for email in (EMAIL, "bob@example.net"):
        contacts.upsert(email, {"firstname": "A"}, NOON_TEXT)
    properties = ContactProperties(definitions=MemoryPropertyDefinitions(), lists=lists, clock=clock)
    properties.create(SIZE, Actor("editor@example.com", (CONTACT_DATA,)))
    subscriptions = Subscriptions(types=types, clock=clock, new_id=lambda: "other")
    return Steps(
        contacts,
        ContactRecords(contacts=contacts, directory=contacts, members=lists, properties=properties, clock=clock),
        properties,
        Statuses(contacts=contacts, subscriptions=subscriptions, clock=clock),
        subscriptions,
    )


CHANGES: dict[str, Callable[[Steps], object]] = {
    "create": lambda steps: steps.records.create({"email": "eve@example.net"}, VIEWER),
    "update": lambda steps: steps.records.update(ADA, {"firstname": "Eve"}, VIEWER),
    "upsert": lambda steps: steps.records.upsert(EMAIL, {"firstname": "Eve"}, VIEWER),
    "archive": lambda steps: steps.records.archive(ADA, VIEWER),
    "merge": lambda steps: steps.records.merge(ADA, BOB, VIEWER),
    "create property": lambda steps: steps.properties.create(PropertyDefinition(name="size", label="Size"), VIEWER),
    "update property": lambda steps: steps.properties.update("shoe_size", {"label": "Size"}, VIEWER),
    "delete property": lambda steps: steps.properties.delete("shoe_size", VIEWER),
    "subscribe": lambda steps: steps.statuses.subscribe(NEWS, VIEWER),
    "unsubscribe": lambda steps: steps.statuses.unsubscribe(NEWS, VIEWER),
    "set": lambda steps: steps.statuses.set(NEWS, StatusState.UNSUBSCRIBED, VIEWER),
    "unsubscribe all": lambda steps: steps.statuses.unsubscribe_all(EMAIL, VIEWER),
    "create type": lambda steps: steps.subscriptions.create_type({"name": "Offers"}, VIEWER),
    "update type": lambda steps: steps.subscriptions.update_type("news", {"name": "Offers"}, VIEWER),
    "v1": lambda steps: LegacyStatuses(contacts=steps.contacts, statuses=steps.statuses).update(
        EMAIL, [TypeDecision(NEWS, subscribed=False)], VIEWER
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_actor_who_only_reads_changes_nothing(steps: Steps, change: str) -> None:
    before = stored(steps)
    with pytest.raises(Forbidden):
        CHANGES[change](steps)
    assert stored(steps) == before


def stored(steps: Steps) -> tuple[object, ...]:
    people = [steps.contacts.get(email) for email in (EMAIL, "bob@example.net", "eve@example.net")]
    return people, steps.properties.list(), steps.subscriptions.list_types()


def test_a_decision_has_its_actor_as_source(steps: Steps) -> None:
    steps.statuses.unsubscribe(NEWS, Actor("ada@example.com", (MARKETING_EMAIL,)))
    contact = steps.contacts.get(EMAIL)
    assert contact
    assert contact.decisions["news"].source == "ada@example.com"
