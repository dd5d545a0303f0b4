"""HubSpot's lists API over HTTP, on the audience table in moto."""

from __future__ import annotations

from typing import Any

import pytest

from functions import wiring
from functions.core.broadcasts.broadcast import Audience, Broadcast
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.contacts.lists import contact_list
from functions.steps.contacts import lists
from functions.wiring import Container
from tests.support.examples import NOON_TEXT
from tests.support.http.api import call

BASE = "/crm/v3/lists"
NEW = {"objectTypeId": "0-1", "processingType": "MANUAL"}


def create(name: str = "Clients", base: str = BASE) -> str:
    status, answer = call("POST", base, {"name": name, **NEW})
    assert status == 200, answer
    return str(answer["list"]["listId"])


def person(email: str) -> str:
    return str(call("POST", "/crm/v3/objects/contacts", {"properties": {"email": email}})[1]["id"])


def people(count: int) -> list[str]:
    return [person(f"p{number}@example.net") for number in range(count)]


def add(list_id: str, *ids: str) -> Any:
    status, answer = call("PUT", f"{BASE}/{list_id}/memberships/add", list(ids))
    assert status == 200, answer
    return answer


def members(list_id: str, limit: int = 100) -> list[str]:
    """Returns the ids of all pages."""
    query, listed = {"limit": str(limit)}, []
    while query:
        status, page = call("GET", f"{BASE}/{list_id}/memberships", None, queryStringParameters=query)
        assert status == 200, page
        listed += [one["recordId"] for one in page["results"]]
        query = {"limit": str(limit), "after": page["paging"]["next"]["after"]} if "paging" in page else {}
    return listed


def size(list_id: str) -> int:
    return int(call("GET", f"{BASE}/{list_id}")[1]["list"]["size"])


def lists_of(record_id: str) -> list[str]:
    answer = call("GET", f"{BASE}/records/0-1/{record_id}/memberships")[1]
    return [one["listId"] for one in answer["results"]]


@pytest.mark.parametrize("base", [BASE, "/crm/lists/2026-03"])
def test_each_version_creates_and_finds_a_list(aws: Container, base: str) -> None:
    list_id = create("Clients", base)
    by_id, by_name = call("GET", f"{base}/{list_id}"), call("GET", f"{base}/object-type-id/0-1/name/clients")
    assert by_id == by_name
    view = by_id[1]["list"]
    assert (view["name"], view["size"], view["processingType"], view["listVersion"]) == ("Clients", 0, "MANUAL", 1)
    assert call("GET", base, None, queryStringParameters={"listIds": f"{list_id},99"})[1]["lists"] == [view]


def test_another_kind_of_list_is_refused_by_name(aws: Container) -> None:
    status, problem = call("POST", BASE, {"name": "X", **NEW, "processingType": "OTHER"})
    assert (status, problem["errors"][0]["in"]) == (400, "processingType")
    assert call("POST", BASE, {"name": "X", **NEW, "objectTypeId": "0-2"})[0] == 400


def test_two_lists_have_two_names(aws: Container) -> None:
    first, second = create("Clients"), create("Others")
    assert call("POST", BASE, {"name": "CLIENTS", **NEW})[0] == 409
    path = f"{BASE}/{second}/update-list-name"
    assert call("PUT", path, None, queryStringParameters={"listName": "clients"})[0] == 409
    status, answer = call("PUT", path, None, queryStringParameters={"listName": "Fans"})
    assert (status, answer["updatedList"]["name"], answer["updatedList"]["listVersion"]) == (200, "Fans", 2)
    assert first != second


def test_contacts_join_and_leave(aws: Container) -> None:
    list_id, (ada, bob, cleo) = create(), people(3)
    answer = add(list_id, ada, bob, bob, "1")
    assert answer == {"recordsIdsAdded": [ada, bob], "recordIdsRemoved": [], "recordIdsMissing": ["1"]}
    assert add(list_id, ada)["recordsIdsAdded"] == []
    assert (sorted(members(list_id)), size(list_id)) == (sorted([ada, bob]), 2)
    change = {"recordIdsToAdd": [cleo], "recordIdsToRemove": [ada]}
    answer = call("PUT", f"{BASE}/{list_id}/memberships/add-and-remove", change)[1]
    assert (answer["recordsIdsAdded"], answer["recordIdsRemoved"]) == ([cleo], [ada])
    answer = call("PUT", f"{BASE}/{list_id}/memberships/remove", [ada, bob])[1]
    assert (answer["recordIdsRemoved"], members(list_id), size(list_id)) == ([bob], [cleo], 1)


def test_a_rename_keeps_the_size(aws: Container) -> None:
    list_id = create()
    add(list_id, *people(2))
    call("PUT", f"{BASE}/{list_id}/update-list-name", None, queryStringParameters={"listName": "Fans"})
    assert size(list_id) == 2


def test_pages_have_each_member_once(aws: Container) -> None:
    list_id, everyone = create(), people(11)
    add(list_id, *everyone)
    for limit in (1, 4, 11, 100):
        assert sorted(members(list_id, limit)) == sorted(everyone)
    assert call("GET", f"{BASE}/{list_id}/memberships", None, queryStringParameters={"after": "x"})[0] == 400


def test_a_list_is_copied_and_emptied(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    source, target, everyone = create("A"), create("B"), people(5)
    add(source, *everyone)
    add(target, everyone[0])
    assert call("PUT", f"{BASE}/{target}/memberships/add-from/{source}") == (204, None)
    assert (sorted(members(target)), size(target)) == (sorted(everyone), 5)
    assert call("DELETE", f"{BASE}/{target}/memberships") == (204, None)
    assert (members(target), size(target), size(source)) == ([], 0, 5)


def test_a_deleted_list_can_be_restored(aws: Container) -> None:
    list_id, (ada,) = create(), people(1)
    add(list_id, ada)
    assert call("DELETE", f"{BASE}/{list_id}") == (204, None)
    assert [call("GET", path)[0] for path in (f"{BASE}/{list_id}", f"{BASE}/{list_id}/memberships")] == [404, 404]
    assert call("PUT", f"{BASE}/{list_id}/memberships/add", [ada])[0] == 404
    assert (lists_of(ada), call("GET", BASE)[1]["lists"]) == ([], [])
    assert call("PUT", f"{BASE}/{list_id}/restore") == (204, None)
    assert (members(list_id), lists_of(ada)) == ([ada], [list_id])


def test_a_restored_list_needs_its_name(aws: Container) -> None:
    list_id = create()
    call("DELETE", f"{BASE}/{list_id}")
    create()
    assert call("PUT", f"{BASE}/{list_id}/restore")[0] == 409


def test_membership_survives_archiving_and_ends_with_erasure(aws: Container) -> None:
    list_id, (ada,) = create(), people(1)
    add(list_id, ada)
    call("DELETE", f"/crm/v3/objects/contacts/{ada}")
    assert (members(list_id), lists_of(ada)) == ([ada], [list_id])
    call("POST", "/crm/v3/objects/contacts/gdpr-delete", {"objectId": ada})
    aws.get(wiring.contacts.erase_contact)(float("inf"))
    assert (members(list_id), size(list_id)) == ([], 0)
    assert call("GET", f"{BASE}/records/0-1/{ada}/memberships")[0] == 404


def test_a_merged_contact_leaves_its_place_to_the_other(aws: Container) -> None:
    first, second, (ada, bob) = create("A"), create("B"), people(2)
    add(first, ada, bob)
    add(second, bob)
    call("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": ada, "objectIdToMerge": bob})
    assert (members(first), members(second), lists_of(bob)) == ([ada], [ada], [first, second])


def test_lists_are_searched_by_name(aws: Container) -> None:
    ids = [create(f"Clients {number}") for number in range(3)]
    create("Others")
    status, page = call("POST", f"{BASE}/search", {"query": "client", "count": 2})
    assert (status, page["total"], page["offset"], page["hasMore"]) == (200, 3, 2, True)
    page = call("POST", f"{BASE}/search", {"query": "client", "count": 2, "offset": 2})[1]
    assert ([one["listId"] for one in page["lists"]], page["hasMore"]) == ([ids[2]], False)


@pytest.mark.parametrize(
    ("filters", "is_match"),
    [
        ({"listIds": [], "processingTypes": []}, True),
        ({"processingTypes": ["MANUAL"], "objectTypeId": "0-1"}, True),
        ({"processingTypes": ["DYNAMIC"]}, False),
        ({"listIds": ["99"]}, False),
        ({"objectTypeId": "0-2"}, False),
    ],
)
def test_a_search_of_lists_has_filters(aws: Container, filters: dict[str, Any], is_match: bool) -> None:
    """HubSpot's clients demand `listIds` and `processingTypes`: an empty list is no filter."""
    list_id = create("Clients")
    status, page = call("POST", f"{BASE}/search", {"offset": 0, **filters})
    assert (status, [one["listId"] for one in page["lists"]]) == (200, [list_id] if is_match else [])


@pytest.mark.parametrize("body", [{"ids": []}, ["1"] * 501, [True], [[]]])
def test_members_are_a_list_of_at_most_500_ids(aws: Container, body: Any) -> None:
    assert call("PUT", f"{BASE}/{create()}/memberships/add", body)[0] == 400


def test_an_unknown_list_is_404(aws: Container) -> None:
    for method, path in (
        ("GET", "99"),
        ("DELETE", "99"),
        ("PUT", "99/restore"),
        ("GET", "99/memberships"),
        ("DELETE", "99/memberships"),
        ("GET", "object-type-id/0-1/name/none"),
        ("GET", "object-type-id/0-2/name/none"),
        ("GET", "records/0-1/99/memberships"),
    ):
        assert call(method, f"{BASE}/{path}")[0] == 404, path
    assert call("GET", f"{BASE}/x")[0] == 400


def test_there_is_a_limit_of_lists(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LISTS_MAX", 1)
    create()
    assert call("POST", BASE, {"name": "Two", **NEW})[0] == 409
    assert contact_list.LISTS_MAX == 1000


@pytest.mark.parametrize(
    ("state", "is_free"),
    [
        (BroadcastState.DRAFT, True),
        (BroadcastState.SCHEDULED, False),
        (BroadcastState.PREPARING, False),
        (BroadcastState.CANCELED, True),
    ],
)
def test_a_list_of_a_coming_broadcast_stays(aws: Container, state: BroadcastState, is_free: bool) -> None:
    list_id = create()
    broadcast = Broadcast(
        id="b-1",
        name="Terms",
        email_id=7,
        audience=Audience(lists=(99,), exclude_lists=(int(list_id),)),
        created_at=NOON_TEXT,
        created_by="ada",
        state=state,
    )
    aws.get(wiring.adapters.broadcasts.broadcast_store).create(broadcast)
    status, problem = call("DELETE", f"{BASE}/{list_id}")
    assert (status, problem and "broadcast b-1 (Terms" in problem["message"]) == (
        (204, None) if is_free else (409, True)
    )
