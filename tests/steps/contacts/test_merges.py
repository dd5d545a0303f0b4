"""A merge is several writes: what comes between them is not lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from functions.core.access.actor import unrestricted
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.contacts.lists.contact_list import Membership
from functions.steps.contacts import persons
from functions.steps.contacts.records import ContactReference, IdProperty
from tests.fakes import Clock
from tests.fakes.contacts import MemoryContactLists, MemoryContacts
from tests.support.examples import NOON_TEXT
from tests.support.list_editor import list_editor

OLD, NEW = "old@example.net", "new@example.net"
BY = unrestricted("ada@example.com")


@dataclass
class InterruptedLists(MemoryContactLists):
    """Others act while a merge looks for the places in lists."""

    act: Callable[[], object] = field(default=lambda: None)

    def of(self, email: str) -> Sequence[Membership]:
        self.act()
        return super().of(email)


def unsubscribe(contacts: MemoryContacts) -> None:
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="link")
    persons.decide(contacts, OLD, {EVERYTHING: no})


def complain(contacts: MemoryContacts) -> None:
    persons.report_spam(contacts, OLD, NOON_TEXT)


@pytest.mark.parametrize("act", [unsubscribe, complain])
@pytest.mark.parametrize("is_move", [True, False], ids=["move", "merge"])
def test_what_keeps_mail_from_a_person_counts_during_a_merge(
    act: Callable[[MemoryContacts], None], *, is_move: bool
) -> None:
    contacts = MemoryContacts()
    lists = InterruptedLists(act=lambda: act(contacts))
    records = list_editor(lists, contacts, Clock()).records
    old, new = (ContactReference(email, IdProperty.EMAIL) for email in (OLD, NEW))
    contacts.edit(OLD, NOON_TEXT, lambda one: one)
    if is_move:
        records.update(old, {"email": NEW}, BY)
    else:
        contacts.edit(NEW, NOON_TEXT, lambda one: one)
        records.merge(new, old, BY)
    assert contacts.stored[OLD].merged_into == NEW
    assert contacts.stored[NEW].essential_only or contacts.stored[NEW].has_complained
