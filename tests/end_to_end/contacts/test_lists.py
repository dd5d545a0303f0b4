"""HubSpot's own client keeps lists of contacts, over real HTTP."""

from __future__ import annotations

import pytest
from hubspot.crm.lists import (
    ApiException,
    ListCreateRequest,
    ListFilterUpdateRequest,
    ListSearchRequest,
    MembershipChangeRequest,
)

from tests.end_to_end.service import Service
from tests.end_to_end.support.records import created
from tests.end_to_end.support.sending.broadcasts import wait_for_list
from tests.support.list_filters import branch, city, property_filter


def new_list(service: Service, name: str) -> str:
    request = ListCreateRequest(name=name, object_type_id="0-1", processing_type="MANUAL")
    return str(service.hubspot.crm.lists.lists_api.create(request).list.list_id)


def test_the_client_creates_finds_renames_and_restores_lists(service: Service) -> None:
    api = service.hubspot.crm.lists.lists_api
    list_id = new_list(service, "Clients")
    assert api.get_by_id(list_id).list.name == "Clients"
    assert api.get_by_name("Clients", "0-1").list.list_id == list_id
    assert list_id in {one.list_id for one in api.get_all(list_ids=[list_id]).lists}
    assert api.update_name(list_id, list_name="Fans").updated_list.name == "Fans"
    matches = api.do_search(ListSearchRequest(query="fan", count=5, offset=0))
    assert ([one.list_id for one in matches.lists], matches.has_more) == ([list_id], False)
    api.remove(list_id)
    with pytest.raises(ApiException) as gone:
        api.get_by_id(list_id)
    assert gone.value.status == 404
    api.restore(list_id)
    assert api.get_by_id(list_id).list.list_version == 4


def test_the_client_changes_members(service: Service) -> None:
    api = service.hubspot.crm.lists.memberships_api
    first, second = new_list(service, "First"), new_list(service, "Second")
    ada, bob = (created(service, f"{name}@lists.example.net").id for name in ("ada", "bob"))
    answer = api.add(first, [ada, bob, "1"])
    assert (answer.records_ids_added, answer.record_ids_missing) == ([ada, bob], ["1"])
    page = api.get_page(first, limit=1)
    rest = api.get_page(first, limit=1, after=page.paging.next.after)
    assert {one.record_id for one in (*page.results, *rest.results)} == {ada, bob}
    assert [one.list_id for one in api.get_lists("0-1", ada).results] == [first]
    change = MembershipChangeRequest(record_ids_to_add=[], record_ids_to_remove=[bob])
    assert api.add_and_remove(first, change).record_ids_removed == [bob]
    api.add_all_from_list(second, first)
    assert service.hubspot.crm.lists.lists_api.get_by_id(second).list.size == 1
    assert api.remove(second, [ada]).record_ids_removed == [ada]
    api.remove_all(first)
    assert api.get_page(first).results == []


def test_the_client_has_a_list_of_filters(service: Service) -> None:
    """HubSpot's client takes filters as they are written in its guide. It cannot read them back: its model of a branch has one kind."""
    api = service.hubspot.crm.lists.lists_api
    ada = created(service, "ada@filters.example.net", city="Lucca", firstname="Ada").id
    bob = created(service, "bob@filters.example.net", city="Lucca", firstname="Bob").id
    request = ListCreateRequest(
        name="Lucca", object_type_id="0-1", processing_type="DYNAMIC", filter_branch=branch([city("Lucca")])
    )
    first = api.create(request).list
    assert (first.processing_type, first.processing_status) == ("DYNAMIC", "PROCESSING")
    wait_for_list(service, first.list_id, size=2)
    members = service.hubspot.crm.lists.memberships_api
    assert {one.record_id for one in members.get_page(first.list_id).results} == {ada, bob}
    without_bob = property_filter("firstname", "STRING", "IS_NOT_EQUAL_TO", value="bob")
    change = ListFilterUpdateRequest(filter_branch=branch([city("Lucca"), without_bob]))
    assert api.update_list_filters(first.list_id, change).updated_list.list_version == 2
    wait_for_list(service, first.list_id, size=1)
    assert [one.record_id for one in members.get_page(first.list_id).results] == [ada]
    with pytest.raises(ApiException) as refused:
        members.add(first.list_id, [bob])
    assert refused.value.status == 400
    matches = api.do_search(ListSearchRequest(query="", processing_types=["DYNAMIC"], count=500))
    assert first.list_id in {one.list_id for one in matches.lists}


def test_the_client_has_a_snapshot(service: Service) -> None:
    ada, bob = (created(service, f"{name}@snapshot.example.net", city=name).id for name in ("ada", "bob"))
    request = ListCreateRequest(
        name="Then", object_type_id="0-1", processing_type="SNAPSHOT", filter_branch=branch([city("ada")])
    )
    list_id = service.hubspot.crm.lists.lists_api.create(request).list.list_id
    wait_for_list(service, list_id, size=1)
    members = service.hubspot.crm.lists.memberships_api
    assert members.add(list_id, [bob]).records_ids_added == [bob]
    assert {one.record_id for one in members.get_page(list_id).results} == {ada, bob}


def test_an_unknown_property_of_a_filter_is_named(service: Service) -> None:
    filters = branch([property_filter("colour", "STRING", "CONTAINS", value="red")])
    request = ListCreateRequest(name="Red", object_type_id="0-1", processing_type="DYNAMIC", filter_branch=filters)
    with pytest.raises(ApiException) as refused:
        service.hubspot.crm.lists.lists_api.create(request)
    assert (refused.value.status, "there is no contact property 'colour'" in refused.value.body) == (400, True)


def test_erasure_ends_memberships(service: Service) -> None:
    list_id, person = new_list(service, "Erased"), created(service, "erased@lists.example.net")
    service.hubspot.crm.lists.memberships_api.add(list_id, [person.id])
    service.http.request("DELETE", "/staffetta/v1/contacts/erased@lists.example.net")
    service.sweep()
    assert service.hubspot.crm.lists.lists_api.get_by_id(list_id).list.size == 0
    assert service.hubspot.crm.lists.memberships_api.get_page(list_id).results == []
