"""Lists of contacts in a browser."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console import audience_examples
from tests.support.console.audience_examples import LIST, MEMBER
from tests.support.console.people import signed_in
from tests.support.examples import NOON_TEXT


@pytest.fixture
def stored(aws: Container) -> Container:
    audience_examples.prepare(aws)
    return aws


def members(container: Container) -> list[str]:
    return [one.email for one in container.get(wiring.adapters.list_members).page(1, "", 100)[0]]


def test_a_list_is_created_renamed_and_deleted(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "No list yet" in browser.get("/console/lists").text
    created = browser.submit("/console/lists", name="Guests")
    assert "Guests" in created.text
    assert browser.submit(f"{created.path}/name", page=created.path, name="Friends").status == 200
    assert "Friends" in browser.get("/console/lists").text
    deleted = browser.submit(f"{created.path}/delete")
    assert "The list “Friends” is deleted." in deleted.text
    assert browser.get(created.path).status == 404
    actions = [str(entry.action) for entry in aws.get(wiring.adapters.audit_entries).latest(3)]
    assert actions == ["contact_list.deleted", "contact_list.renamed", "contact_list.created"]


def test_people_are_added_by_address_and_removed(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    stored.get(wiring.adapters.contacts).upsert("bob@example.net", {}, NOON_TEXT)
    page = browser.submit(f"{LIST}/members", page=LIST, emails=f"Bob@example.net\n{MEMBER}")
    assert "Added: 1." in page.text
    assert sorted(members(stored)) == ["bob@example.net", MEMBER]
    assert "bob@example.net" in page.text
    browser.submit(f"{LIST}/members/remove", page=LIST, email=MEMBER)
    assert members(stored) == ["bob@example.net"]


def test_an_address_without_a_contact_is_reported(stored: Container) -> None:
    page = signed_in(Role.EDITOR).submit(f"{LIST}/members", page=LIST, emails="no@example.net, not-an-address")
    assert page.status == 400
    assert "there is no contact no@example.net" in page.text
    assert "there is no contact not-an-address" in page.text
    assert members(stored) == [MEMBER]


def test_a_taken_name_is_refused(stored: Container) -> None:
    refused = signed_in(Role.EDITOR).submit("/console/lists", name="SHOP <b>")
    assert (refused.status, "has the name" in refused.text) == (400, True)


def test_a_dynamic_list_shows_its_filters(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = browser.get("/console/lists/2")
    assert "Filters choose the people" in page.text
    assert '"<Rome>"' in page.text
    assert "Add people" not in page.text
    assert "are evaluated" in browser.submit("/console/lists/2/evaluate", page="/console/lists/2").text
    assert browser.submit(f"{LIST}/evaluate", page=LIST).status == 400
