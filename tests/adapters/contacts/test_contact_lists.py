"""ports.ContactLists and ports.ListMembers: the fake and the adapter keep the same laws."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import replace

from functions import wiring
from functions.adapters.contacts.contact_lists import DynamoListMembers
from functions.core.contacts.lists.contact_list import ListEvaluation, Membership, ProcessingType
from functions.core.contacts.lists.list_filters import AnyBranch
from functions.core.errors import NotFound
from functions.ports.contacts import ContactLists, ListMembers
from functions.steps.contacts.recount_lists import QUIET_SECONDS
from functions.wiring import Container
from tests.fakes import Killed
from tests.fakes.contacts import MemoryContactLists
from tests.support.aws.cloud import worker
from tests.support.examples import NOON_TEXT, a_contact_list
from tests.support.list_filters import branch, city, city_is, in_list, property_filter

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
        yield Stores(aws.get(wiring.adapters.contacts.contact_lists), aws.get(wiring.adapters.contacts.list_members))


def test_lists_have_numbers_in_their_order(stores: Stores) -> None:
    created = [stores.lists.create(a_contact_list(name)) for name in ("A", "B")]
    assert [one.id for one in created] == [1, 2]
    assert list(stores.lists.all()) == created
    assert (stores.lists.get(2), stores.lists.get(3)) == (created[1], None)


def test_an_edit_counts_versions_and_leaves_the_size(stores: Stores) -> None:
    created = stores.lists.create(a_contact_list("A"))
    stores.members.add(created.id, ["a@example.net", "b@example.net"], NOON_TEXT)
    edited = stores.lists.edit(created.id, lambda one: replace(one, name="B", deleted_at=LATER, size=99))
    stored = stores.lists.get(created.id)
    assert stored is not None
    assert (stored.name, stored.deleted_at, stored.list_version, stored.size) == ("B", LATER, 2, 2)
    assert edited.name == "B"
    assert stores.lists.edit(created.id, lambda one: replace(one, deleted_at=None)).deleted_at is None
    with pytest.raises(NotFound):
        stores.lists.edit(7, lambda one: one)


def test_filters_are_stored_with_their_types(stores: Stores) -> None:
    tree = msgspec.convert(
        branch([city("Rome"), property_filter("age", "NUMBER", "IS_GREATER_THAN", value=1.5)], [in_list(3)]), AnyBranch
    )
    draft = a_contact_list("A", processing_type=ProcessingType.DYNAMIC, filter_branch=tree, filters_updated_at=LATER)
    created = stores.lists.create(draft)
    assert stores.lists.get(created.id) == created
    edited = stores.lists.edit(created.id, lambda one: replace(one, filter_branch=city_is("Oslo")))
    assert (edited.filter_branch, list(stores.lists.all())) == (city_is("Oslo"), [edited])


def test_the_last_part_ends_an_evaluation(stores: Stores) -> None:
    draft = a_contact_list("A", processing_type=ProcessingType.DYNAMIC, filter_branch=city_is("Rome"))
    one = stores.lists.create(draft)
    first = ListEvaluation(number=1, began_at=NOON_TEXT)
    assert [stores.lists.begin_evaluation(one.id, first) for _ in range(2)] == [True, False]
    stores.lists.mark_queued(one.id, 1)
    for part in (*one.parts[:-1], one.parts[0]):
        stores.lists.end_part(one.id, 1, part)
    stored = stores.lists.get(one.id)
    assert stored is not None
    assert (stored.evaluated_at, stored.list_version) == ("", 1)
    assert stored.evaluation == replace(first, queued=True, parts_done=tuple(one.parts[:-1]))
    stores.lists.edit(one.id, lambda one: replace(one, name="B"))
    stores.lists.end_part(one.id, 1, one.parts[-1])
    stored = stores.lists.get(one.id)
    assert stored is not None
    assert (stored.name, stored.evaluated_at) == ("B", NOON_TEXT)


def test_a_later_evaluation_ends_an_earlier_one(stores: Stores) -> None:
    draft = a_contact_list("A", processing_type=ProcessingType.SNAPSHOT, filter_branch=city_is("Rome"))
    one = stores.lists.create(draft)
    for number in (1, 2):
        assert stores.lists.begin_evaluation(one.id, ListEvaluation(number=number, began_at=NOON_TEXT))
        for part in one.parts[:2]:
            stores.lists.end_part(one.id, 1, part)
    stores.lists.mark_queued(one.id, 1)
    stored = stores.lists.get(one.id)
    assert stored is not None
    assert (stored.evaluation, stored.evaluated_at) == (ListEvaluation(number=2, began_at=NOON_TEXT), "")


def test_a_repeated_change_of_members_has_no_effect(stores: Stores) -> None:
    stores.lists.create(a_contact_list("A"))
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


def test_a_place_moves_once_and_keeps_its_time(stores: Stores) -> None:
    lists, members = stores.lists, stores.members
    list_id = lists.create(a_contact_list("A")).id
    members.add(list_id, ["old@x.example"], NOON_TEXT)
    (place,) = members.of("old@x.example")
    for _ in range(2):
        members.move(place, "new@x.example")
    assert members.page(list_id, "", 9)[0] == [Membership(list_id, "new@x.example", NOON_TEXT, moved=True)]
    stored = lists.get(list_id)
    assert stored
    assert stored.size == 1


@pytest.mark.parametrize("most", [1, 3, 50])
def test_pages_have_each_member_once(stores: Stores, most: int) -> None:
    emails = {f"p{number}@example.net" for number in range(20)}
    for name in ("A", "B"):
        stores.lists.create(a_contact_list(name))
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
        numbers = threads.map(lambda name: stores.lists.create(a_contact_list(name)).id, ["A", "B"])
        assert sorted(numbers) == [1, 2]


@pytest.mark.parametrize(("change", "size"), [("_add", 1), ("_remove", 0)])
def test_what_was_done_before_an_error_is_returned_and_counted(
    aws: Container, monkeypatch: pytest.MonkeyPatch, change: str, size: int
) -> None:
    lists, members = aws.get(wiring.adapters.contacts.contact_lists), aws.get(wiring.adapters.contacts.list_members)
    list_id, both = lists.create(a_contact_list("A")).id, ["a@example.net", "b@example.net"]
    if change == "_remove":
        members.add(list_id, both[:1], NOON_TEXT)
    write = getattr(DynamoListMembers, change)

    def fails(store: DynamoListMembers, number: int, email: str, *rest: str) -> bool:
        if email == both[1]:
            raise OSError("the table is away")
        return bool(write(store, number, email, *rest))

    monkeypatch.setattr(DynamoListMembers, change, fails)
    done: list[str] = []
    with pytest.raises(OSError, match="away"):
        members.add(list_id, both, NOON_TEXT, done) if change == "_add" else members.remove(list_id, both, done)
    stored = lists.get(list_id)
    assert stored
    assert (done, stored.size) == (both[:1], size)


@pytest.fixture
def crashed(aws: Container, monkeypatch: pytest.MonkeyPatch) -> int:
    """A list of three members, of which a worker that died counted one."""
    members = aws.get(wiring.adapters.contacts.list_members)
    list_id = aws.get(wiring.adapters.contacts.contact_lists).create(a_contact_list("A")).id
    members.add(list_id, ["a@example.net"], NOON_TEXT)

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(DynamoListMembers, "_end", dies)
        with pytest.raises(Killed):
            members.add(list_id, ["b@example.net", "c@example.net"], NOON_TEXT)
    return list_id


def size(aws: Container, list_id: int) -> int:
    stored = aws.get(wiring.adapters.contacts.contact_lists).get(list_id)
    assert stored
    return stored.size


def test_a_size_is_right_again_after_a_crash(aws: Container, crashed: int) -> None:
    sweep = aws.get(wiring.contacts.recount_lists)
    assert (sweep(), size(aws, crashed)) == (0, 1), "the worker may be at it"
    later = replace(sweep, clock=lambda: aws.clock() + QUIET_SECONDS + 1)
    assert (later(), size(aws, crashed)) == (1, 3)
    assert later() == 0


@pytest.mark.parametrize("does_end", [True, False])
def test_a_change_during_a_recount_is_no_part_of_it(
    aws: Container, monkeypatch: pytest.MonkeyPatch, crashed: int, *, does_end: bool
) -> None:
    members = aws.get(wiring.adapters.contacts.list_members)
    number_of = DynamoListMembers._number_of

    def counts(store: DynamoListMembers, list_id: int) -> int:
        number = number_of(store, list_id)
        members.remove(list_id, ["a@example.net"]) if does_end else store._begin(list_id)
        return number

    with monkeypatch.context() as patch:
        patch.setattr(DynamoListMembers, "_number_of", counts)
        assert not members.recount(crashed)
    assert members.recount(crashed)
    assert size(aws, crashed) == (2 if does_end else 3)
