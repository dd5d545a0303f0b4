"""A person's page in the console: what is stored of them, their release from quarantine, and their erasure."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.core.contacts.contact import Decision, SubscriptionStatus
from functions.wiring import Container
from tests.support.console import room_examples
from tests.support.console.people import signed_in
from tests.support.console.room_examples import PERSON
from tests.support.examples import NOON_TEXT, a_subscription_type

EMAIL = "page@example.net"


@pytest.fixture
def stored(aws: Container) -> Container:
    room_examples.prepare(aws)
    return aws


def test_an_empty_stage_shows_how_contacts_come(aws: Container) -> None:
    assert "No contact yet" in signed_in(Role.EDITOR).get("/console/contacts").text


def test_an_address_leads_to_its_person(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert f'href="{PERSON}"' in browser.get("/console/contacts").html
    assert browser.get("/console/contacts?address=Page%40Example.net").path == PERSON
    assert browser.get("/console/contacts?address=nobody").status == 400
    assert browser.get("/console/contacts?address=no%40example.net").status == 404


def test_a_person_has_properties_consent_and_mails(stored: Container) -> None:
    stored.get(wiring.adapters.subscription_types).put(a_subscription_type(name="Weekly news"))
    left = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="unsubscribe link")
    stored.get(wiring.adapters.contacts).set_subscription(EMAIL, "news", left)
    page = signed_in(Role.EDITOR).get(PERSON)
    for text in (
        "Ada <b> L",
        "firstname",
        "Weekly news",
        "Unsubscribed",
        "unsubscribe link",
        "550 no such user",
        "Order <42> & more",
    ):
        assert text in page.text
    assert "<b> L" not in page.html


def test_a_release_ends_the_quarantine(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = browser.submit(f"{PERSON}/release")
    assert "The address gets mail again" in page.text
    contact = stored.get(wiring.adapters.contacts).get(EMAIL)
    assert contact
    assert contact.quarantine is None
    assert stored.get(wiring.adapters.audit_entries).latest(1)[0].action == "contact.quarantine_lifted"


def test_an_erasure_is_confirmed_and_begins(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "This cannot be undone" in browser.get(f"{PERSON}/erase").text
    page = browser.submit(f"{PERSON}/erase")
    assert "The erasure of this person is under way" in page.text
    request = stored.get(wiring.adapters.erasure_requests).get(EMAIL)
    assert request
    assert request.by == "administrator@example.com"


def test_an_editor_may_not_erase(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "Erase this person" not in browser.get(PERSON).text
    assert browser.get(f"{PERSON}/erase").status == 403
