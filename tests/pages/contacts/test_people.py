"""A person's page in the console: what is stored of them, their release from quarantine, and their erasure."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.contacts.contact import Decision, SubscriptionStatus
from functions.pages.contacts import people
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
    assert browser.get("/console/contacts?text=Page%40Example.net").path == PERSON
    assert browser.get("/console/contacts?text=no%40example.net").status == 404


def test_a_person_has_properties_consent_and_mails(stored: Container) -> None:
    stored.get(wiring.adapters.contacts.subscription_types).put(a_subscription_type(name="Weekly news"))
    left = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="unsubscribe link")
    stored.get(wiring.adapters.contacts.contacts).set_subscription(EMAIL, "news", left)
    page = signed_in(Role.EDITOR).get(PERSON)
    for text in (
        "Ada <b> L",
        "First name",
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
    contact = stored.get(wiring.adapters.contacts.contacts).get(EMAIL)
    assert contact
    assert contact.quarantine is None
    assert stored.get(wiring.adapters.access.audit_entries).latest(1)[0].action == "contact.quarantine_lifted"


def test_an_erasure_is_confirmed_and_begins(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "This cannot be undone" in browser.get(f"{PERSON}/erase").text
    page = browser.submit(f"{PERSON}/erase")
    assert "The erasure of this person is under way" in page.text
    request = stored.get(wiring.adapters.contacts.erasure_requests).get(EMAIL)
    assert request
    assert request.by == "administrator@example.com"


def test_an_editor_may_not_erase(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "Erase this person" not in browser.get(PERSON).text
    assert browser.get(f"{PERSON}/erase").status == 403


def test_words_and_conditions_find_people(stored: Container) -> None:
    records = stored.get(wiring.contacts.contact_records)
    for name, city in (("rhea", "Rome"), ("remus", "Rome"), ("priam", "Troy")):
        records.create({"email": f"{name}@find.example.net", "city": city}, unrestricted("editor@example.com"))
    browser = signed_in(Role.EDITOR)
    romans = "groups=1&rows-0=1&property-0-0=city&comparison-0-0=is&value-0-0=rome"
    page = browser.get(f"/console/contacts?text=find.example&{romans}")
    assert ("rhea@find" in page.text, "remus@find" in page.text, "priam@find" in page.text) == (True, True, False)
    assert "Found: 2, of " in page.text
    assert "No contact matches" in browser.get(f"/console/contacts?text=priam&{romans}").text


def test_a_wrong_condition_is_named_at_its_row(stored: Container) -> None:
    page = signed_in(Role.EDITOR).get("/console/contacts?groups=1&rows-0=1&property-0-0=createdate&value-0-0=soon")
    assert page.status == 400
    assert "No contact yet" not in page.text


def test_a_button_adds_a_row_without_a_search(stored: Container) -> None:
    page = signed_in(Role.EDITOR).get("/console/contacts?groups=1&rows-0=1&property-0-0=city&value-0-0=Rome&more=0")
    assert 'name="value-0-1"' in page.html
    assert "Found" not in page.text


def test_the_next_page_keeps_the_search(stored: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "PAGE", 1)
    contacts = stored.get(wiring.adapters.contacts.contacts)
    for name in ("one", "two"):
        contacts.edit(f"{name}@next.example.net", NOON_TEXT, lambda one: one.with_values({}, NOON_TEXT))
    browser = signed_in(Role.EDITOR)
    first = browser.get("/console/contacts?text=next.example")
    (link,) = re.findall(r'href="(\?[^"]*after=[^"]*)"', first.html)
    second = browser.get("/console/contacts" + html.unescape(link))
    emails = re.findall(r"(\w+)@next\.example\.net</a>", first.html + second.html)
    assert sorted(emails) == ["one", "two"]


def test_a_person_shows_the_lists_they_are_in(stored: Container) -> None:
    lists = stored.get(wiring.contacts.list_editor)
    guests = lists.create("Guests <b>", unrestricted("editor@example.com"))
    stored.get(wiring.adapters.contacts.list_members).add(guests.id, [EMAIL], NOON_TEXT)
    page = signed_in(Role.EDITOR).get(PERSON)
    assert "Guests <b>" in page.text
    assert f'href="/console/lists/{guests.id}"' in page.html


@pytest.mark.parametrize(
    "address",
    [
        "a/b@example.net",
        "/a//b/@example.net",
        "a/edit@example.net",
        "new/consent/news/subscribe@example.net",
        "a?b@example.net",
        "a?b/c#d&e=f+g%2fh@example.net",
    ],
)
def test_every_address_has_its_pages(stored: Container, address: str) -> None:
    stored.get(wiring.adapters.contacts.subscription_types).put(a_subscription_type())
    stored.get(wiring.adapters.contacts.contacts).upsert(address, {"firstname": "Slash"}, NOON_TEXT)
    stored.get(wiring.contacts.list_editor).create("Slashes", unrestricted("editor@example.com"))
    stored.get(wiring.adapters.contacts.list_members).add(1, [address], NOON_TEXT)
    browser = signed_in(Role.ADMINISTRATOR)
    path = f"/console/contacts/{quote(address, safe='')}"
    for page in ("/console/contacts", "/console/lists/1"):
        assert f'href="{path}"' in browser.get(page).html
    assert browser.get(f"/console/contacts?text={quote(address, safe='')}").path == path
    person = browser.get(path)
    assert (person.status, address in person.text) == (200, True)
    assert "is saved" in browser.submit(f"{path}/edit", **{"properties.email": address, "properties.city": "Rome"}).text
    consent = browser.submit(f"{path}/consent/news/unsubscribe")
    assert (consent.path, "Unsubscribed" in consent.text) == (path, True)
    form = browser.get(f"{path}/erase").html
    action = html.unescape(re.findall(r'<form method="post" action="([^"]*/erase)"', form)[0])
    assert "The erasure has begun" in browser.submit(action).text
    assert stored.get(wiring.adapters.contacts.erasure_requests).get(address)
