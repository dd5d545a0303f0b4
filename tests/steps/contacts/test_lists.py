"""Who may change the members of a list. The rules of lists are tested over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext

import pytest

from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA, MARKETING_EMAIL
from functions.core.errors import Forbidden
from functions.core.ids import contact_number
from functions.steps.contacts.lists import ListEditor
from tests.fakes import Clock
from tests.fakes.contacts import MemoryContactLists, MemoryContacts
from tests.support.examples import NOON_TEXT, a_contact_list
from tests.support.list_editor import list_editor

MEMBER, OTHER = "member@example.net", "other@example.net"
LIST, SOURCE = 1, 2  # the numbers of the first lists

CHANGES: dict[str, Callable[[ListEditor, Actor], object]] = {
    "change": lambda editor, by: editor.change(
        LIST, by, add=[str(contact_number(OTHER))], remove=[str(contact_number(MEMBER))]
    ),
    "add_from": lambda editor, by: editor.add_from(LIST, SOURCE, by),
    "clear": lambda editor, by: editor.clear(LIST, by),
}


@pytest.fixture
def editor() -> ListEditor:
    """A list with a member, and another list with another."""
    lists, contacts, clock = MemoryContactLists(), MemoryContacts(), Clock()
    for name, email in (("Customers", MEMBER), ("Guests", OTHER)):
        contacts.edit(email, NOON_TEXT, lambda contact: contact)
        lists.add(lists.create(a_contact_list(name)).id, [email], NOON_TEXT)
    return list_editor(lists, contacts, clock)


ADA = Actor("ada@example.com", (CONTACT_DATA,))


def entries(editor: ListEditor) -> list[Mapping[str, str | int]]:
    logged = editor.audit_log.audit.latest(9)
    assert {(one.action, one.by, one.subject) for one in logged} <= {
        (AuditAction.LIST_MEMBERS_CHANGED, ADA.name, str(LIST))
    }
    return [one.detail for one in logged]


def members(editor: ListEditor) -> list[str]:
    return sorted(one.email for one in editor.page(LIST, "", 10)[0])


@pytest.mark.parametrize("name", CHANGES)
def test_an_actor_without_the_scope_changes_no_member(editor: ListEditor, name: str) -> None:
    with pytest.raises(Forbidden):
        CHANGES[name](editor, Actor("bob@example.com", (MARKETING_EMAIL,)))
    assert members(editor) == [MEMBER]


@pytest.mark.parametrize("scope", [CONTACT_DATA, ACCOUNT])
@pytest.mark.parametrize(("name", "after"), [("change", [OTHER]), ("add_from", [MEMBER, OTHER]), ("clear", [])])
def test_either_scope_is_enough_to_change_members(editor: ListEditor, name: str, after: list[str], scope: str) -> None:
    CHANGES[name](editor, Actor("ada@example.com", (scope,)))
    assert members(editor) == after


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("change", {"added": 1, "removed": 1}),
        ("add_from", {"added": 1, "removed": 0, "source": SOURCE}),
        ("clear", {"added": 0, "removed": 1}),
    ],
)
def test_a_change_of_members_is_logged_with_its_numbers(editor: ListEditor, name: str, detail: dict[str, int]) -> None:
    CHANGES[name](editor, ADA)
    assert entries(editor) == [detail]


@pytest.mark.parametrize(
    ("failing", "logged"), [(OTHER, [{"added": 0, "removed": 1}]), (MEMBER, []), ("", [{"added": 1, "removed": 1}])]
)
def test_an_entry_has_what_was_done_before_an_error(
    editor: ListEditor, failing: str, logged: list[dict[str, int]]
) -> None:
    """The member is removed before the other one is added."""
    assert isinstance(editor.members, MemoryContactLists)
    editor.members.failing = {failing}
    with pytest.raises(OSError, match="away") if failing else nullcontext():
        CHANGES["change"](editor, ADA)
    assert entries(editor) == logged
