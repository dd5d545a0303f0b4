"""Lists of contacts in a browser."""

from __future__ import annotations

import msgspec
import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.contacts.lists.list_filters import AnyBranch
from functions.wiring import Container
from tests.support.console import audience_examples
from tests.support.console.audience_examples import IN_ROME, LIST, MEMBER
from tests.support.console.people import signed_in
from tests.support.examples import NOON_TEXT
from tests.support.list_filters import branch, city_is, in_list, property_filter

NEW = "/console/lists/filtered"
IN_SHOP_NOT_IN_ROME = {
    "groups": "2",
    "rows-0": "2",
    "property-0-0": "list:1",
    "comparison-0-0": "not_in_list",
    "property-0-1": "city",
    "comparison-0-1": "is_not",
    "value-0-1": "<Rome>",
    "rows-1": "1",
    "property-1-0": "firstname",
    "comparison-1-0": "has_value",
}


@pytest.fixture
def stored(aws: Container) -> Container:
    audience_examples.prepare(aws)
    return aws


def members(container: Container) -> list[str]:
    return [one.email for one in container.get(wiring.adapters.contacts.list_members).page(1, "", 100)[0]]


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
    actions = [str(entry.action) for entry in aws.get(wiring.adapters.access.audit_entries).latest(3)]
    assert actions == ["contact_list.deleted", "contact_list.renamed", "contact_list.created"]


def test_people_are_added_by_address_and_removed(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    stored.get(wiring.adapters.contacts.contacts).upsert("bob@example.net", {}, NOON_TEXT)
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
    assert "Dynamic: filters choose the people" in page.text
    assert '"<Rome>"' in page.text
    assert "Add people" not in page.text
    assert "are evaluated" in browser.submit("/console/lists/2/evaluate", page="/console/lists/2").text
    assert browser.submit(f"{LIST}/evaluate", page=LIST).status == 400


def test_filters_are_written_in_rows(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    created = browser.submit(NEW, name="Chosen", kind="DYNAMIC", **IN_SHOP_NOT_IN_ROME)
    assert "The list is created." in created.text
    one = next(one for one in stored.get(wiring.contacts.list_editor).all() if one.name == "Chosen")
    assert one.filter_branch == msgspec.convert(
        branch(
            [
                in_list(1, "NOT_IN_LIST"),
                property_filter("city", "MULTISTRING", "IS_NOT_EQUAL_TO", values=["<Rome>"]),
            ],
            [property_filter("firstname", "ALL_PROPERTY", "IS_KNOWN")],
        ),
        AnyBranch,
    )
    form = browser.get(f"{created.path}/filters").html
    assert '<option value="list:1" selected>' in form
    assert 'value="&lt;Rome&gt;"' in form


def test_filters_are_changed_in_rows(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    changed = browser.submit("/console/lists/2/filters", **IN_ROME)
    assert "The filters are saved" in changed.text
    assert stored.get(wiring.contacts.list_editor).get(2).filter_branch == city_is("Rome")
    entry = stored.get(wiring.adapters.access.audit_entries).latest(1)[0]
    assert (entry.action, entry.subject) == ("contact_list.filters_changed", "2")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "at least one condition"),
        ({**IN_ROME, "value-0-0": ""}, "needs a value"),
        ({**IN_ROME, "property-0-0": ""}, "has no property"),
        ({**IN_ROME, "comparison-0-0": "like"}, "needs a comparison"),
        ({**IN_ROME, "comparison-0-0": "in_list"}, "choose the list"),
        ({**IN_ROME, "property-0-0": "list:99", "comparison-0-0": "in_list", "value-0-0": ""}, "no list 99"),
        ({**IN_ROME, "property-0-0": "list:2", "comparison-0-0": "in_list", "value-0-0": ""}, "list 2 itself"),
    ],
)
def test_a_wrong_row_changes_no_filters(stored: Container, fields: dict[str, str], reason: str) -> None:
    refused = signed_in(Role.EDITOR).submit("/console/lists/2/filters", **fields)
    assert (refused.status, reason in refused.text) == (400, True)
    assert stored.get(wiring.contacts.list_editor).get(2).filter_branch == city_is("<Rome>")


def test_rows_and_groups_are_added_without_a_script(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    more = browser.submit("/console/lists/2/filters", **IN_ROME, more="0")
    assert (more.status, 'name="value-0-1"' in more.html, 'value="Rome"' in more.html) == (200, True, True)
    group = browser.submit(NEW, name="Chosen", **IN_ROME, more="group")
    assert (group.status, 'name="value-1-0"' in group.html, 'value="Chosen"' in group.html) == (200, True, True)
    assert stored.get(wiring.contacts.list_editor).get(2).filter_branch == city_is("<Rome>")


def test_filters_beyond_rows_stay_as_they_are(stored: Container) -> None:
    editor = stored.get(wiring.contacts.list_editor)
    filters = msgspec.convert(branch([property_filter("city", "MULTISTRING", "STARTS_WITH", values=["Ro"])]), AnyBranch)
    editor.refilter(2, filters, unrestricted("api@example.com"))
    browser = signed_in(Role.EDITOR)
    page = browser.get("/console/lists/2/filters")
    assert "more than rows can show" in page.text
    assert "STARTS_WITH" in page.text
    assert browser.submit("/console/lists/2/filters", page=NEW, **IN_ROME).status == 400
    assert editor.get(2).filter_branch == filters


def test_each_error_of_a_field_has_its_line(stored: Container) -> None:
    page = signed_in(Role.EDITOR).submit(
        "/console/lists/1/members", page="/console/lists/1", emails="no@x.example\nnone"
    )
    assert page.html.count('id="emails-error"') == 1
    errors = page.html.partition('id="emails-error">')[2].partition("</div>")[0]
    assert (errors.count("<p>"), "no@x.example" in errors, "none" in errors) == (2, True, True)
