"""HubSpot's contacts API over HTTP, on the contacts table in moto."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions import wiring
from functions.core import ids
from functions.core.contacts.contact import Contact, Decision, SubscriptionStatus
from functions.steps.contacts.records import ContactRecords
from functions.wiring import Container
from tests.fakes import Killed
from tests.support.examples import NOON_TEXT
from tests.support.http import contract
from tests.support.http.api import call

BASE = "/crm/v3/objects/contacts"
PROPERTIES = "/crm/v3/properties/contacts"
ADA, BOB = "ada@example.net", "bob@example.net"


def create(email: str = ADA, **properties: str) -> Any:
    status, record = call("POST", BASE, {"properties": {"email": email, **properties}})
    assert status == 201, record
    return record


def get(id_: str, **query: str) -> tuple[int, Any]:
    return call("GET", f"{BASE}/{id_}", None, queryStringParameters=query)


def update(id_: str, properties: dict[str, Any], **query: str) -> tuple[int, Any]:
    return call("PATCH", f"{BASE}/{id_}", {"properties": properties}, queryStringParameters=query)


def batch(name: str, *inputs: Any, **fields: Any) -> tuple[int, Any]:
    return call("POST", f"{BASE}/batch/{name}", {"inputs": list(inputs), **fields})


def codes(answer: tuple[int, Any]) -> dict[str, str]:
    status, problem = answer
    assert status == 400, problem
    return {error["in"]: error["code"] for error in problem["errors"]}


def stored(aws: Container, email: str) -> Contact:
    contact = aws.get(wiring.adapters.contacts.contacts).get(email)
    assert contact
    return contact


@pytest.mark.parametrize("base", [BASE, "/crm/objects/2026-03/contacts", "/crm/objects/2025-09/contacts"])
def test_each_version_creates_and_reads_a_contact(aws: Container, base: str) -> None:
    status, created = call("POST", base, {"properties": {"email": ADA, "firstname": "Ada"}, "associations": []})
    assert (status, created["archived"], created["properties"]["firstname"]) == (201, False, "Ada")
    status, record = call("GET", f"{base}/{created['id']}")
    assert (status, record["id"], record["createdAt"]) == (200, created["id"], created["createdAt"])
    assert record["properties"] == {
        "createdate": record["createdAt"],
        "email": ADA,
        "firstname": "Ada",
        "hs_object_id": created["id"],
        "lastmodifieddate": record["updatedAt"],
        "lastname": None,
    }


def test_a_contact_is_one_in_any_spelling_of_its_address(aws: Container) -> None:
    created = create("Ada@Bücher.Example")
    for spelling in ("ada@bücher.example", "ADA@xn--bcher-kva.example"):
        assert get(spelling, idProperty="email")[1]["id"] == created["id"]
        status, problem = call("POST", BASE, {"properties": {"email": spelling}})
        assert (status, problem["message"]) == (409, f"Contact already exists. Existing ID: {created['id']}")
    assert stored(aws, "ada@xn--bcher-kva.example").spellings == ("Ada@xn--bcher-kva.example",)


def test_similar_addresses_are_different_people(aws: Container) -> None:
    addresses = ["ada@example.net", "a.da@example.net", "ada+x@example.net", "ada@example.com", "ada@xn--strae-oqa.de"]
    assert len({create(address)["id"] for address in addresses}) == len(addresses)


def test_an_id_of_two_contacts_names_neither(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "contact_number", lambda _: 7)
    create(ADA)
    create(BOB)
    assert get("7")[0] == 409
    assert get(BOB, idProperty="email")[1]["properties"]["email"] == BOB


def test_a_contact_of_a_send_has_an_id(aws: Container) -> None:
    aws.get(wiring.adapters.contacts.contacts).upsert("Ada@example.net", {"firstname": "Ada", "shoe": "37"}, NOON_TEXT)
    record = get(ADA, idProperty="email", properties="shoe")[1]
    assert record["properties"]["shoe"] == "37"
    assert get(record["id"])[1]["properties"]["firstname"] == "Ada"


@pytest.mark.parametrize("view", ["list", "search", "address"])
def test_a_listed_contact_is_found_by_its_id(aws: Container, view: str) -> None:
    aws.get(wiring.adapters.contacts.contacts).upsert(ADA, {}, NOON_TEXT)
    match view:
        case "list":
            (record,) = call("GET", BASE)[1]["results"]
        case "search":
            (record,) = call("POST", f"{BASE}/search", {"query": "ada"})[1]["results"]
        case _:
            record = get(ADA, idProperty="email")[1]
    assert get(record["id"])[0] == 200


@pytest.mark.parametrize("id_", ["1", "0", "x", "9" * 30, "ada@example.net"])
def test_an_unknown_id_is_404(aws: Container, id_: str) -> None:
    for status, problem in (get(id_), update(id_, {})):
        assert (status, problem["category"]) == (404, "OBJECT_NOT_FOUND")
    assert call("DELETE", f"{BASE}/{id_}")[0] == 204  # as at HubSpot


def test_each_wrong_property_of_a_new_contact_is_reported(aws: Container) -> None:
    wrong = {"email": "nobody", "frstname": "Ada", "createdate": "2026-01-01", "firstname": "Ada"}
    assert codes(call("POST", BASE, {"properties": wrong})) == {
        "properties.email": "INVALID_EMAIL",
        "properties.frstname": "PROPERTY_DOESNT_EXIST",
        "properties.createdate": "READ_ONLY_VALUE",
    }
    assert codes(call("POST", BASE, {"properties": {}})) == {"properties.email": "REQUIRED_FIELD"}
    associated = call("POST", BASE, {"properties": {"email": ADA}, "associations": [{"to": {"id": 1}}]})[1]
    (error,) = associated["errors"]
    assert "associations: must be an empty list: there are contacts only" in error["message"]


def test_an_update_changes_and_clears_properties(aws: Container) -> None:
    id_ = create(firstname="Ada", lastname="King", city="London")["id"]
    status, record = update(id_, {"firstname": "Augusta", "lastname": "", "city": None})
    assert (status, record["properties"]["firstname"], record["properties"]["lastname"]) == (200, "Augusta", None)
    record = get(ADA, idProperty="email", properties="firstname,lastname,city")[1]
    assert [record["properties"][name] for name in ("firstname", "lastname", "city")] == ["Augusta", None, "London"]


def test_an_update_keeps_the_address(aws: Container) -> None:
    id_ = create()["id"]
    assert update(id_, {"email": "ADA@example.net"})[0] == 200
    assert get(id_)[1]["properties"]["email"] == ADA
    assert codes(update(id_, {"email": "nobody", "nope": "1"})) == {
        "properties.email": "INVALID_EMAIL",
        "properties.nope": "PROPERTY_DOESNT_EXIST",
    }


def test_another_address_moves_the_contact(aws: Container) -> None:
    id_ = create(firstname="Ada", city="Paris")["id"]
    contacts = aws.get(wiring.adapters.contacts.contacts)
    left = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="x")
    contacts.set_subscription(ADA, "news", left)
    contacts.quarantine(ADA, NOON_TEXT, "mailbox full")
    list_id = call("POST", "/crm/v3/lists", {"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL"})[1]["list"]
    call("PUT", f"/crm/v3/lists/{list_id['listId']}/memberships/add", [id_])
    status, record = update(id_, {"email": "New.Ada@example.net", "city": "Rome"})
    assert (status, record["properties"]["email"], record["properties"]["city"]) == (200, "new.ada@example.net", "Rome")
    for name, query in ((id_, {}), (ADA, {"idProperty": "email"}), (record["id"], {})):
        existing = get(name, properties="email,firstname", **query)[1]
        assert (existing["id"], existing["properties"]["firstname"]) == (record["id"], "Ada")
    moved = stored(aws, "new.ada@example.net")
    assert (moved.unsubscribed("news"), moved.quarantine) == (True, None)
    members = call("GET", f"/crm/v3/lists/{list_id['listId']}/memberships")[1]["results"]
    assert [one["recordId"] for one in members] == [record["id"]]
    assert len(call("GET", BASE)[1]["results"]) == 1


def test_a_contact_moves_back_to_its_address(aws: Container) -> None:
    id_ = create(firstname="Ada")["id"]
    new = update(id_, {"email": BOB, "firstname": "Augusta"})[1]["id"]
    status, record = update(new, {"email": ADA})
    assert (status, record["id"], record["properties"]["email"]) == (200, id_, ADA)
    assert get(BOB, idProperty="email", properties="firstname")[1]["properties"]["firstname"] == "Augusta"
    assert [one["id"] for one in call("GET", BASE)[1]["results"]] == [id_]


def test_an_address_of_another_contact_is_a_conflict(aws: Container) -> None:
    id_, bob = create(firstname="Ada")["id"], create(BOB)["id"]
    status, problem = update(id_, {"email": BOB, "firstname": "X"})
    assert (status, problem["message"]) == (409, f"Contact already exists. Existing ID: {bob}")
    assert get(id_, properties="firstname")[1]["properties"]["firstname"] == "Ada"


def test_a_move_that_died_is_repaired_by_the_same_update(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = create(firstname="Ada")["id"]
    with monkeypatch.context() as patch:
        patch.setattr(ContactRecords, "_end", _die)
        with pytest.raises(Killed):
            call("PATCH", f"{BASE}/{id_}", {"properties": {"email": BOB}})
    assert update(id_, {"email": BOB})[0] == 200
    assert [one["properties"]["email"] for one in call("GET", BASE)[1]["results"]] == [BOB]


def _die(*_: object) -> None:
    raise Killed


def test_a_send_before_an_update_does_not_undo_it(aws: Container) -> None:
    id_ = create(firstname="Ada")["id"]
    update(id_, {"firstname": "Augusta"})
    aws.get(wiring.adapters.contacts.contacts).upsert(ADA, {"firstname": "Old"}, NOON_TEXT)
    assert get(id_)[1]["properties"]["firstname"] == "Augusta"


def test_an_archived_contact_is_hidden_and_comes_back(aws: Container) -> None:
    id_ = create(firstname="Ada")["id"]
    assert call("DELETE", f"{BASE}/{id_}")[0] == call("DELETE", f"{BASE}/{id_}")[0] == 204
    assert (get(id_)[0], get(id_, archived="true")[0], update(id_, {})[0]) == (404, 200, 404)
    assert get(id_, archived="true")[1]["archivedAt"]
    assert call("GET", BASE)[1]["results"] == []
    assert [one["id"] for one in call("GET", BASE, None, queryStringParameters={"archived": "true"})[1]["results"]] == [
        id_
    ]
    record = create(lastname="King")
    assert (record["id"], record["archived"]) == (id_, False)
    assert get(id_)[1]["properties"]["firstname"] == "Ada"


def test_archiving_keeps_an_opt_out(aws: Container) -> None:
    id_ = create()["id"]
    decision = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="x")
    aws.get(wiring.adapters.contacts.contacts).set_subscription(ADA, "news", decision)
    call("DELETE", f"{BASE}/{id_}")
    create()
    assert stored(aws, ADA).unsubscribed("news")


def test_a_send_shows_an_archived_contact_again(aws: Container) -> None:
    id_ = create()["id"]
    call("DELETE", f"{BASE}/{id_}")
    contacts = aws.get(wiring.adapters.contacts.contacts)
    contacts.upsert(ADA, {}, NOON_TEXT)  # accepted long before
    assert get(id_)[0] == 404
    contacts.upsert(ADA, {}, "2999-01-01T00:00:00.000Z")
    assert get(id_)[0] == 200


def test_a_list_has_every_contact_once(aws: Container) -> None:
    everyone = {create(f"c{number}@example.net")["id"] for number in range(7)}
    call("DELETE", f"{BASE}/{min(everyone)}")
    listed: list[str] = []
    query = {"limit": "2"}
    while query:
        status, page = call("GET", BASE, None, queryStringParameters=query)
        assert status == 200
        listed += [one["id"] for one in page["results"]]
        assert len(page["results"]) <= 2
        query = {"limit": "2", "after": page["paging"]["next"]["after"]} if "paging" in page else {}
    assert sorted(listed) == sorted(everyone - {min(everyone)})


def test_a_list_has_contacts_only(aws: Container) -> None:
    call("POST", "/staffetta/v1/subscription-types", {"name": "News"})
    define("points", type="number", fieldType="number")
    aws.get(wiring.adapters.contacts.contacts).erase(BOB, NOON_TEXT)
    assert call("GET", BASE)[1] == {"results": []}


def test_history_has_the_time_of_a_value(aws: Container) -> None:
    id_ = create(firstname="Ada")["id"]
    record = get(id_, propertiesWithHistory="firstname,lastname")[1]
    (entry,) = record["propertiesWithHistory"]["firstname"]
    assert (entry["value"], entry["timestamp"]) == ("Ada", record["updatedAt"])


def test_a_merge_keeps_values_opt_outs_and_both_ids(aws: Container) -> None:
    ada, bob = create(firstname="Ada")["id"], create(BOB, firstname="Bob", city="Paris")["id"]
    decision = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="x")
    aws.get(wiring.adapters.contacts.contacts).set_subscription(BOB, "news", decision)
    status, merged = call("POST", f"{BASE}/merge", {"primaryObjectId": ada, "objectIdToMerge": bob})
    assert (status, merged["id"]) == (200, ada)
    for id_, query in ((bob, {}), (BOB, {"idProperty": "email"}), (ada, {})):
        record = get(id_, properties="firstname,city", **query)[1]
        assert (record["id"], record["properties"]["firstname"], record["properties"]["city"]) == (ada, "Ada", "Paris")
    assert stored(aws, ADA).unsubscribed("news")
    assert stored(aws, BOB).unsubscribed("news"), "mail to the merged address obeys it, too"
    assert [one["id"] for one in call("GET", BASE)[1]["results"]] == [ada]
    assert call("POST", BASE, {"properties": {"email": BOB}})[0] == 409
    assert codes(call("POST", f"{BASE}/merge", {"primaryObjectId": ada, "objectIdToMerge": bob})) == {
        "objectIdToMerge": "INVALID_VALUE"
    }


def test_erasing_a_person_erases_merged_addresses(aws: Container) -> None:
    ada, bob = create()["id"], create(BOB)["id"]
    call("POST", f"{BASE}/merge", {"primaryObjectId": ada, "objectIdToMerge": bob})
    assert call("POST", f"{BASE}/gdpr-delete", {"objectId": BOB, "idProperty": "email"})[0] == 204
    requests = aws.get(wiring.adapters.contacts.erasure_requests).all()
    assert {one.address for one in requests} == {ADA, BOB}


def test_gdpr_delete_requests_the_erasure(aws: Container) -> None:
    id_ = create()["id"]
    assert call("POST", f"{BASE}/gdpr-delete", {"objectId": id_})[0] == 204
    assert call("POST", f"{BASE}/gdpr-delete", {"objectId": "1"})[0] == 404
    assert call("POST", f"{BASE}/gdpr-delete", {"objectId": "x@example.net", "idProperty": "email"})[0] == 404
    assert [one.address for one in aws.get(wiring.adapters.contacts.erasure_requests).all()] == [ADA]


def test_erasure_and_merge_need_an_id_of_their_own(aws: Container) -> None:
    status, problem = call("POST", f"{BASE}/gdpr-delete", {"objectId": "1"}, scopes="contacts")
    assert (status, problem["category"]) == (403, "MISSING_SCOPES")
    assert call("GET", BASE, scopes="contacts")[0] == 200
    assert call("GET", BASE, scopes="transactional-email marketing-email content")[0] == 403


# Batches


def test_a_batch_reports_the_inputs_that_fail(aws: Container) -> None:
    id_ = create()["id"]
    status, answer = batch(
        "create", {"properties": {"email": ADA}}, {"properties": {"email": BOB}}, {"properties": {"x": 1}}
    )
    assert (status, answer["numErrors"]) == (207, 2)
    contract.check("POST", f"{BASE}/batch/create", status, json.dumps(answer))
    assert [one["properties"]["email"] for one in answer["results"]] == [BOB]
    assert [(one["category"], one["context"]["ids"]) for one in answer["errors"]] == [
        ("CONFLICT", [ADA]),
        ("VALIDATION_ERROR", [""]),
    ]
    assert {error["code"] for error in answer["errors"][1]["errors"]} == {"REQUIRED_FIELD", "PROPERTY_DOESNT_EXIST"}
    status, answer = batch("read", {"id": id_}, {"id": "1"}, properties=["email"])
    assert (status, [one["id"] for one in answer["results"]], answer["numErrors"]) == (207, [id_], 1)
    status, answer = batch("update", {"id": id_, "properties": {"firstname": "A"}}, {"id": "1", "properties": {}})
    assert (status, answer["results"][0]["properties"]["firstname"], answer["numErrors"]) == (207, "A", 1)


def test_a_whole_batch_has_its_own_status(aws: Container) -> None:
    status, answer = batch("create", {"properties": {"email": ADA}}, {"properties": {"email": BOB}})
    assert (status, answer["status"], len(answer["results"]), "errors" in answer) == (201, "COMPLETE", 2, False)
    assert batch("read", {"id": ADA}, {"id": BOB}, idProperty="email")[0] == 200
    assert batch("update", {"id": ADA, "idProperty": "email", "properties": {"city": "Rome"}})[0] == 200
    status, answer = batch(
        "upsert", {"id": ADA, "properties": {}}, {"id": "new@example.net", "idProperty": "email", "properties": {}}
    )
    assert (status, [one["new"] for one in answer["results"]]) == (200, [False, True])
    assert batch("archive", *({"id": one["id"]} for one in answer["results"]), {"id": "1"}) == (204, None)
    assert [one["properties"]["email"] for one in call("GET", BASE)[1]["results"]] == [BOB]


def test_a_batch_has_at_most_100_inputs(aws: Container) -> None:
    assert codes(batch("read", *[{"id": "1"}] * 101)).keys() == {"inputs"}


# Properties


def define(name: str, **fields: Any) -> tuple[int, Any]:
    body = {
        "name": name,
        "label": name.title(),
        "groupName": "contactinformation",
        "type": "string",
        "fieldType": "text",
    }
    return call("POST", PROPERTIES, {**body, **fields})


def test_a_defined_property_checks_its_values(aws: Container) -> None:
    options = [{"label": "Tea", "value": "tea"}, {"label": "Rum", "value": "rum"}]
    assert define("drink", type="enumeration", fieldType="select", options=options, defaultValue="tea")[0] == 201
    assert define("points", type="number", fieldType="number")[0] == 201
    assert create()["properties"].get("drink") is None  # the answer has the properties of the request
    assert get(ADA, idProperty="email", properties="drink")[1]["properties"]["drink"] == "tea"
    assert codes(call("POST", BASE, {"properties": {"email": BOB, "drink": "beer", "points": "many"}})) == {
        "properties.drink": "INVALID_OPTION",
        "properties.points": "INVALID_INTEGER",
    }
    assert create(BOB, drink="rum", points="7")["properties"]["drink"] == "rum"


def test_an_error_names_the_property_as_hubspots_callers_read_it(aws: Container) -> None:
    _, problem = call("POST", BASE, {"properties": {"email": "nobody", "frstname": "Ada"}})
    assert [one["context"] for one in problem["errors"]] == [
        {"propertyName": ["email"]},
        {"propertyName": ["frstname"]},
    ]


def test_a_boolean_property_keeps_the_labels_of_its_options(aws: Container) -> None:
    options = [{"label": "Yes", "value": "true"}, {"label": "No", "value": "false"}]
    assert define("member", type="bool", fieldType="booleancheckbox", options=options)[0] == 201
    listed = call("GET", f"{PROPERTIES}/member")[1]["options"]
    assert [(one["label"], one["value"]) for one in listed] == [("Yes", "true"), ("No", "false")]
    assert create(BOB, member="true")["properties"]["member"] == "true"


def test_properties_are_listed_changed_and_deleted(aws: Container) -> None:
    define("points", type="number", fieldType="number")
    names = {one["name"]: one for one in call("GET", PROPERTIES)[1]["results"]}
    assert (names["email"]["hubspotDefined"], names["points"]["hubspotDefined"]) == (True, False)
    assert call("PATCH", f"{PROPERTIES}/points", {"label": "Points!"})[1]["label"] == "Points!"
    assert call("GET", "/crm/properties/2026-03/contacts/points")[1]["label"] == "Points!"
    assert call("DELETE", f"{PROPERTIES}/points") == (204, None)
    assert call("GET", f"{PROPERTIES}/points")[0] == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_built_in_property_cannot_be_changed(aws: Container, method: str) -> None:
    assert call(method, f"{PROPERTIES}/email", {"label": "X"})[0] == 409
    assert call(method, f"{PROPERTIES}/nope", {"label": "X"})[0] == 404
    assert define("email")[0] == 409


def test_a_contradictory_property_is_refused(aws: Container) -> None:
    assert codes(define("drink", type="enumeration", fieldType="text")).keys() == {"fieldType", "options"}
    assert codes(define("Drink")).keys() == {"name"}
    define("drink")
    assert codes(call("PATCH", f"{PROPERTIES}/drink", {"type": "number"})).keys() == {"fieldType"}


def test_other_object_types_have_no_properties(aws: Container) -> None:
    assert call("GET", "/crm/v3/properties/deals")[0] == 404
    assert call("GET", "/crm/v3/properties/0-1")[0] == 200


def test_the_definitions_have_a_size_limit(aws: Container) -> None:
    options = [{"label": f"{number}" * 100, "value": f"{number:0200}"} for number in range(150)]
    answers = [define(f"p{number}", type="enumeration", fieldType="select", options=options) for number in range(3)]
    assert [status for status, _ in answers].count(409) >= 1
    assert "at most 100,000 are allowed" in next(problem["message"] for status, problem in answers if status == 409)
