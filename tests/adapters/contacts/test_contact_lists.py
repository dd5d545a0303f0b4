"""ports.ContactLists and ports.ListMembers: the fake and the adapter keep the same laws."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec import Struct
from msgspec.structs import replace

from functions import wiring
from functions.core.errors import NotFound
from functions.ports.contacts import ContactLists, ListMembers
from tests.fakes.contacts import MemoryContactLists
from tests.support.aws.cloud import worker
from tests.support.examples import NOON_TEXT

LATER = "2026-11-23T13:00:00.000Z"


class Stores(Struct, frozen=True):
    lists: ContactLists
    members: ListMembers


@pytest.fixture(params=["memory", "dynamo"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "memory":
        memory = MemoryContactLists()
        yield Stores(memory, memory)
        return
    with worker() as aws:
        yield Stores(aws.get(wiring.adapters.contact_lists), aws.get(wiring.adapters.list_members))


def test_lists_have_numbers_in_their_order(stores: Stores) -> None:
    created = [stores.lists.create(name, NOON_TEXT, "ada@example.com") for name in ("A", "B")]
    assert [one.id for one in created] == [1, 2]
    assert list(stores.lists.all()) == created
    assert (stores.lists.get(2), stores.lists.get(3)) == (created[1], None)


def test_an_edit_counts_versions_and_leaves_the_size(stores: Stores) -> None:
    created = stores.lists.create("A", NOON_TEXT, "ada@example.com")
    stores.members.add(created.id, ["a@example.net", "b@example.net"], NOON_TEXT)
    edited = stores.lists.edit(created.id, lambda one: replace(one, name="B", deleted_at=LATER, size=99))
    stored = stores.lists.get(created.id)
    assert stored is not None
    assert (stored.name, stored.deleted_at, stored.list_version, stored.size) == ("B", LATER, 2, 2)
    assert edited.name == "B"
    assert stores.lists.edit(created.id, lambda one: replace(one, deleted_at=None)).deleted_at is None
    with pytest.raises(NotFound):
        stores.lists.edit(7, lambda one: one)


def test_a_repeated_change_of_members_has_no_effect(stores: Stores) -> None:
    stores.lists.create("A", NOON_TEXT, "ada@example.com")
    both = ["a@example.net", "b@example.net"]
    assert stores.members.add(1, [*both, *both], NOON_TEXT) == both
    assert stores.members.add(1, both, LATER) == []
    assert stores.members.remove(1, [both[0], "x@example.net"]) == [both[0]]
    assert stores.members.remove(1, [both[0]]) == []
    (left,) = stores.members.of(both[1])
    assert (left.list_id, left.email, left.joined_at) == (1, both[1], NOON_TEXT)
    stored = stores.lists.get(1)
    assert stored is not None
    assert stored.size == 1


@pytest.mark.parametrize("most", [1, 3, 50])
def test_pages_have_each_member_once(stores: Stores, most: int) -> None:
    emails = {f"p{number}@example.net" for number in range(20)}
    for name in ("A", "B"):
        stores.lists.create(name, NOON_TEXT, "ada@example.com")
    stores.members.add(1, sorted(emails), NOON_TEXT)
    stores.members.add(2, ["other@example.net"], NOON_TEXT)
    listed, after = [], ""
    while True:
        page, after = stores.members.page(1, after, most)
        assert len(page) <= most
        listed += [one.email for one in page]
        if not after:
            break
    assert sorted(listed) == sorted(emails)


def test_two_actors_create_two_lists(stores: Stores) -> None:
    with ThreadPoolExecutor(2) as threads:
        numbers = threads.map(lambda name: stores.lists.create(name, NOON_TEXT, "x").id, ["A", "B"])
        assert sorted(numbers) == [1, 2]
