"""What is refused before a broadcast is stored or begins."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.contacts.lists.contact_list import ContactList
from functions.core.errors import Rejected
from tests.support.broadcasts import (
    ADA,
    BroadcastScenario,
)
from tests.support.examples import NOON, NOON_TEXT


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"lists": (9,)}, "to.contactIlsLists.include[0]"),
        ({"email_id": 8, "lists": ()}, "emailId"),
        ({"send_at": timestamps.iso(NOON - 60)}, "sendAt"),
        ({"send_at": timestamps.iso(NOON + 3600), "local_time": True}, "sendAt"),
        ({"local_time": True}, "sendAt"),
        ({"time_zone": "Mars/Base"}, "timeZone"),
        ({"contacts": ("77",)}, "to.contactIds.include[0]"),
        ({"contacts": ("a@example.net", "foo@@bar")}, "to.contactIds.include[1]"),
        ({"contacts": ("a@example.net,b@example.net",)}, "to.contactIds.include[0]"),
        ({"exclude_contacts": ("a b@example.net",)}, "to.contactIds.exclude[0]"),
        ({"file": "nothing"}, "to.file"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(chosen: dict[str, object], field: str) -> None:
    with pytest.raises(Rejected) as caught:
        BroadcastScenario().create(**chosen)
    assert [error.field for error in caught.value.errors] == [field]


def test_a_file_with_two_columns_of_one_name_is_refused() -> None:
    """The second one would replace the first one's value, also by none."""
    scenario = BroadcastScenario()
    with pytest.raises(Rejected, match="more than one column order"):
        scenario.create(file=scenario.a_file("email,order,order\na@example.net,41,\n"))


def test_a_deleted_list_is_named() -> None:
    scenario = BroadcastScenario()
    list_id = scenario.a_list("a@example.net")
    broadcast = scenario.create(lists=(list_id,))
    scenario.lists.edit(list_id, _deleted)
    with pytest.raises(Rejected, match="was deleted"):
        scenario.editor.start(broadcast.id, ADA)


def _deleted(one: ContactList) -> ContactList:
    return replace(one, deleted_at=NOON_TEXT)


def test_a_broadcast_without_recipients_is_refused() -> None:
    scenario = BroadcastScenario()
    with pytest.raises(Rejected, match="names no recipient"):
        scenario.editor.start(scenario.create().id, ADA)
