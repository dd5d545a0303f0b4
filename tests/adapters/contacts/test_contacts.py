"""ports.Contacts and ports.SubscriptionTypes: the fake and the adapter keep the same laws."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions import wiring
from functions.adapters.contacts.contacts import DynamoContacts
from functions.core.contacts.contact import EVERYTHING, Contact, Decision, Property, SubscriptionStatus
from functions.core.contacts.subscriptions.subscription import SubscriptionType
from functions.core.errors import Conflict
from functions.ports.contacts import Contacts, SubscriptionTypes
from functions.wiring import Container
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.support.aws.cloud import aws_of
from tests.support.examples import NOON_TEXT

EARLIER, LATER = "2026-11-23T11:00:00.000Z", "2026-11-23T13:00:00.000Z"


@pytest.fixture(params=["memory", "dynamo"])
def contacts(request: pytest.FixtureRequest) -> Contacts:
    return MemoryContacts() if request.param == "memory" else aws_of(request).get(wiring.adapters.contacts.contacts)


@pytest.fixture(params=["memory", "dynamo"])
def types(request: pytest.FixtureRequest) -> SubscriptionTypes:
    return (
        MemorySubscriptionTypes()
        if request.param == "memory"
        else aws_of(request).get(wiring.adapters.contacts.subscription_types)
    )


@pytest.fixture
def email() -> str:
    return f"{uuid.uuid4()}@example.net"


def stored(contacts: Contacts, email: str) -> Contact:
    contact = contacts.get(email)
    assert contact
    return contact


def test_a_contact_is_made_when_it_is_first_noted(contacts: Contacts, email: str) -> None:
    assert contacts.get(email) is None
    noted = contacts.upsert(email.upper(), {"firstname": "Ada"}, NOON_TEXT)
    assert noted == stored(contacts, email) == stored(contacts, email.upper())
    assert (noted.email, noted.created_at, noted.values) == (email, NOON_TEXT, {"firstname": "Ada"})


def test_a_change_without_effect_is_not_written(contacts: Contacts, email: str) -> None:
    contacts.upsert(email, {"firstname": "Ada"}, NOON_TEXT)
    assert contacts.upsert(email, {"firstname": "Ada"}, LATER).version == 1
    assert contacts.upsert(email, {}, LATER).version == 1
    assert contacts.upsert(email, {"lastname": "L"}, LATER).version == 2


def test_a_contact_stores_every_change(contacts: Contacts, email: str) -> None:
    """Each change leaves the others in place."""
    decision = Decision(
        status=SubscriptionStatus.NOT_SUBSCRIBED,
        at=NOON_TEXT,
        source="ada@example.com",
        legal_basis="NON_GDPR",
        legal_basis_explanation="asked",
    )
    contacts.upsert(email, {"größe": "", "firstname": "Ada"}, NOON_TEXT)
    contacts.set_subscription(email, "news", decision)
    contacts.set_subscription(email, EVERYTHING, decision)
    contacts.quarantine(email, NOON_TEXT, "550 no such user")
    contacts.mark_complained(email, LATER)
    contact = stored(contacts, email)
    assert contact.values == {"größe": "", "firstname": "Ada"}
    assert contact.decisions == {"news": decision, EVERYTHING: decision}
    assert contact.quarantine
    assert (contact.quarantine.at, contact.quarantine.reason) == (NOON_TEXT, "550 no such user")
    assert contact.complained_at == LATER
    contacts.quarantine(email, NOON_TEXT, "again")
    contacts.mark_complained(email, LATER)
    assert stored(contacts, email) == contact
    contacts.reinstate(email, LATER)
    assert stored(contacts, email).quarantine is None
    assert stored(contacts, email).complained_at == LATER


@pytest.mark.parametrize(
    "first",
    [
        lambda contacts, email: contacts.quarantine(email, NOON_TEXT, "550"),
        lambda contacts, email: contacts.mark_complained(email, NOON_TEXT),
        lambda contacts, email: contacts.set_subscription(
            email, "news", Decision(status=SubscriptionStatus.SUBSCRIBED, at=NOON_TEXT, source="x")
        ),
    ],
)
def test_any_change_makes_the_contact(contacts: Contacts, email: str, first: Callable[[Contacts, str], None]) -> None:
    first(contacts, email)
    assert stored(contacts, email).created_at == NOON_TEXT


def test_writers_at_once_lose_nothing(aws: Container, email: str) -> None:
    names = [f"p{number}" for number in range(6)]
    contacts: DynamoContacts = aws.get(wiring.adapters.contacts.contacts)
    with ThreadPoolExecutor(len(names)) as workers:
        list(workers.map(lambda name: contacts.upsert(email, {name: name}, NOON_TEXT), names))
    assert stored(contacts, email).values == {name: name for name in names}


def a_type(type_id: str, name: str = "News", at: str = NOON_TEXT) -> SubscriptionType:
    return SubscriptionType(id=type_id, name=name, created_at=at, updated_at=at)


def test_subscription_types_are_kept(types: SubscriptionTypes) -> None:
    assert types.all() == []
    assert types.get("2") is None
    types.put(a_type("2", at=LATER))
    types.put(a_type("1"))
    types.put(a_type("2", "Other news", LATER))
    assert types.all() == [a_type("1"), a_type("2", "Other news", LATER)]
    assert types.get("2") == a_type("2", "Other news", LATER)


def no(at: str) -> Decision:
    return Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=at, source="it@acme.example")


def test_of_an_erased_contact_its_wish_is_left(contacts: Contacts, email: str) -> None:
    contacts.upsert(email, {"firstname": "Ada"}, EARLIER)
    contacts.set_subscription(email, EVERYTHING, no(EARLIER))
    for _ in range(2):
        contacts.erase(email.upper(), NOON_TEXT)
        rest = stored(contacts, email)
        assert (rest.email, rest.values, rest.version, rest.unsubscribed(EVERYTHING)) == (email, {}, 0, True)


def test_changes_from_before_an_erasure_create_no_contact(contacts: Contacts, email: str) -> None:
    contacts.erase(email, NOON_TEXT)
    assert contacts.upsert(email, {"firstname": "Ada"}, EARLIER).values == {"firstname": "Ada"}, "the mail has it"
    contacts.quarantine(email, EARLIER, "550")
    contact = stored(contacts, email)
    assert (contact.values, contact.version) == ({}, 0)


def test_who_comes_back_is_a_contact_with_their_old_wish(contacts: Contacts, email: str) -> None:
    contacts.set_subscription(email, "news", no(EARLIER))
    contacts.erase(email, NOON_TEXT)
    contacts.upsert(email, {}, LATER)
    contact = stored(contacts, email)
    assert (contact.created_at, contact.version, contact.unsubscribed("news")) == (LATER, 1, True)


def test_an_edit_is_a_change_of_the_stored_contact(contacts: Contacts, email: str) -> None:
    """What the change raises leaves the contact as it is."""
    edited = contacts.edit(email.title(), NOON_TEXT, lambda one: one.with_values({"city": "Rome"}, NOON_TEXT))
    assert (edited.values, edited.version, edited.number) == ({"city": "Rome"}, 1, edited.id)
    assert stored(contacts, email) == edited

    def refused(contact: Contact) -> Contact:
        raise Conflict(contact.email)

    with pytest.raises(Conflict):
        contacts.edit(email, LATER, refused)
    assert stored(contacts, email) == edited


def test_a_contact_is_stored_with_all_that_it_has(contacts: Contacts, email: str) -> None:
    contacts.upsert(email, {}, NOON_TEXT)
    other = Contact(email="other@example.net", created_at=NOON_TEXT, properties={"a": Property("b", NOON_TEXT)})
    contacts.edit(email, LATER, lambda one: one.absorbed(other).merged_with("x@example.net", LATER))
    contact = stored(contacts, email)
    assert (contact.merged_into, contact.archived_at, contact.values) == ("x@example.net", LATER, {"a": "b"})


def test_what_was_read_ahead_may_be_out_of_date(contacts: Contacts, email: str) -> None:
    """The write of a change finds out, and reads again."""
    read = contacts.read_all([email])
    contacts.upsert(email, {"firstname": "Ada"}, NOON_TEXT)
    assert contacts.upsert(email, {"lastname": "L"}, LATER, read).values == {"firstname": "Ada", "lastname": "L"}


def test_what_was_read_ahead_of_an_erased_contact_is_respected(contacts: Contacts, email: str) -> None:
    contacts.set_subscription(email, EVERYTHING, no(EARLIER))
    contacts.erase(email, NOON_TEXT)
    read = contacts.read_all([email])
    contacts.upsert(email, {"firstname": "Ada"}, EARLIER, read)
    assert stored(contacts, email).version == 0
    assert contacts.upsert(email, {"firstname": "Ada"}, LATER, read).unsubscribed(EVERYTHING)
    assert stored(contacts, email).version == 1
