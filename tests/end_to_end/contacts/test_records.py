"""HubSpot's own client creates, reads, finds, merges and erases contacts, over real HTTP."""

from __future__ import annotations

import pytest
from hubspot.crm.contacts import (
    ApiException,
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectId,
    BatchReadInputSimplePublicObjectId,
    Filter,
    FilterGroup,
    PublicGdprDeleteInput,
    PublicMergeInput,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInput,
    SimplePublicObjectBatchInputForCreate,
    SimplePublicObjectId,
    SimplePublicObjectInput,
)

from tests.end_to_end.service import Service
from tests.end_to_end.support.records import created, points, upserts
from tests.end_to_end.support.sending.sends import SEND, request


def test_the_client_creates_reads_updates_and_archives(service: Service) -> None:
    api = service.hubspot.crm.contacts.basic_api
    record = created(service, "Ada@basic.example.net", firstname="Ada")
    assert (record.id.isdecimal(), record.archived, record.created_at.year) == (True, False, record.updated_at.year)
    by_email = api.get_by_id("ada@basic.example.net", id_property="email", properties=["firstname", "city"])
    assert (by_email.id, by_email.properties["firstname"], by_email.properties["city"]) == (record.id, "Ada", None)
    updated = api.update(record.id, SimplePublicObjectInput(properties={"firstname": "Augusta"}))
    assert updated.properties["firstname"] == "Augusta"
    with pytest.raises(ApiException) as conflict:
        created(service, "ada@basic.example.net")
    assert (conflict.value.status, record.id in conflict.value.body) == (409, True)
    api.archive(record.id)
    with pytest.raises(ApiException) as gone:
        api.get_by_id(record.id)
    assert gone.value.status == 404
    assert api.get_by_id(record.id, archived=True).archived_at


def test_the_client_pages_through_all_contacts(service: Service) -> None:
    emails = {created(service, f"p{number}@page.example.net").properties["email"] for number in range(3)}
    listed, page = [], service.hubspot.crm.contacts.basic_api.get_page(limit=2)
    while page.paging:
        listed += page.results
        page = service.hubspot.crm.contacts.basic_api.get_page(limit=2, after=page.paging.next.after)
    everyone = [one.properties["email"] for one in (*listed, *page.results)]
    assert (emails <= set(everyone), len(everyone)) == (True, len(set(everyone)))
    assert emails <= {one.properties["email"] for one in service.hubspot.crm.contacts.get_all(properties=["email"])}


def test_the_client_works_in_batches(service: Service) -> None:
    api, emails = service.hubspot.crm.contacts.batch_api, ["a@batch.example.net", "b@batch.example.net"]
    inputs = [SimplePublicObjectBatchInputForCreate(properties={"email": email}, associations=[]) for email in emails]
    records = api.create(BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs)).results
    change = SimplePublicObjectBatchInput(id=records[0].id, properties={"city": "Rome"})
    assert api.update(BatchInputSimplePublicObjectBatchInput(inputs=[change])).results[0].properties["city"] == "Rome"
    upserted = api.upsert(upserts(emails[1], "c@batch.example.net", city="Oslo")).results
    assert [one.new for one in upserted] == [False, True]
    requested = [SimplePublicObjectId(id=email) for email in (emails[0], "nobody@batch.example.net")]
    read = api.read(BatchReadInputSimplePublicObjectId(inputs=requested, id_property="email", properties=["city"]))
    assert ([one.properties["city"] for one in read.results], read.num_errors) == (["Rome"], 1)
    assert read.errors[0].context["ids"] == ["nobody@batch.example.net"]
    api.archive(BatchInputSimplePublicObjectId(inputs=[SimplePublicObjectId(id=one.id) for one in upserted]))
    assert [
        one.archived
        for one in api.read(
            BatchReadInputSimplePublicObjectId(inputs=requested[:1], id_property="email", properties=[])
        ).results
    ] == [False]


def test_the_client_searches(service: Service) -> None:
    service.hubspot.crm.properties.core_api.create("contacts", points("points"))
    for number in range(3):
        created(service, f"s{number}@search.example.net", points=str(number * 10))
    by_points = [
        Filter(property_name="points", operator="GTE", value="10"),
        Filter(property_name="email", operator="CONTAINS_TOKEN", value="*@search.example.net"),
    ]
    page = service.hubspot.crm.contacts.search_api.do_search(
        PublicObjectSearchRequest(
            filter_groups=[FilterGroup(filters=by_points)], sorts=["-points"], properties=["points"], limit=1, after="0"
        )
    )
    assert (page.total, page.results[0].properties["points"], bool(page.paging.next.after)) == (2, "20", True)
    by_email = FilterGroup(filters=[Filter(property_name="email", operator="EQ", value="s0@search.example.net")])
    matches = service.hubspot.crm.contacts.search_api.do_search(
        PublicObjectSearchRequest(filter_groups=[by_email], sorts=[], properties=[], limit=10, after="")
    )
    assert [one.properties["hs_object_id"] for one in matches.results] == [one.id for one in matches.results]


def test_the_client_defines_properties(service: Service) -> None:
    api = service.hubspot.crm.properties.core_api
    assert api.create("contacts", points("loyalty")).field_type == "number"
    assert {"email", "loyalty"} <= {one.name for one in api.get_all("contacts").results}
    assert api.get_by_name("contacts", "loyalty").label == "Points"
    api.archive("contacts", "loyalty")
    assert "loyalty" not in {one.name for one in api.get_all("contacts").results}


def test_the_client_merges_and_erases(service: Service) -> None:
    api = service.hubspot.crm.contacts.basic_api
    ada, bob = created(service, "ada@merge.example.net"), created(service, "bob@merge.example.net", city="Paris")
    merged = api.merge(PublicMergeInput(primary_object_id=ada.id, object_id_to_merge=bob.id))
    assert (merged.id, api.get_by_id(bob.id).id) == (ada.id, ada.id)
    api.purge(PublicGdprDeleteInput(object_id=ada.id))
    service.sweep()
    for email in ("ada@merge.example.net", "bob@merge.example.net"):
        with pytest.raises(ApiException) as gone:
            api.get_by_id(email, id_property="email")
        assert gone.value.status == 404


def test_a_sends_contact_is_a_record_and_fills_templates(service: Service) -> None:
    body = {**request(service, "Sent@records.example.net"), "contactProperties": {"firstname": "Ada"}}
    service.http.post(SEND, json=body)
    service.settle()
    record = service.hubspot.crm.contacts.basic_api.get_by_id("sent@records.example.net", id_property="email")
    assert record.properties["firstname"] == "Ada"
    assert service.hubspot.crm.contacts.basic_api.get_by_id(record.id).id == record.id
