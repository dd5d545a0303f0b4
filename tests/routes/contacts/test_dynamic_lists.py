"""Lists whose filters choose the members, over HTTP, on the tables in moto. A worker does their jobs."""

from __future__ import annotations

from typing import Any

import pytest

from functions import wiring
from functions.core.broadcasts.jobs import EvaluateJob, ImportJob, RefreshJob
from functions.wiring import Container
from tests.support.http.api import call
from tests.support.list_filters import branch, city, in_list, property_filter

BASE, OWN = "/crm/v3/lists", "/staffetta/v1/lists"
ROMANS = branch([city("Rome")])


def new(name: str, filters: Any, kind: str = "DYNAMIC", base: str = BASE) -> tuple[int, Any]:
    body = {"name": name, "objectTypeId": "0-1", "processingType": kind}
    return call("POST", base, {**body, "filterBranch": filters} if filters else body)


def created(name: str, filters: Any = ROMANS, kind: str = "DYNAMIC") -> str:
    status, answer = new(name, filters, kind)
    assert status == 200, answer
    return str(answer["list"]["listId"])


def person(email: str, **properties: str) -> str:
    body = {"properties": {"email": email, **properties}}
    return str(call("POST", "/crm/v3/objects/contacts", body)[1]["id"])


def work(aws: Container) -> None:
    """Does the jobs of the queue as the Lambda function does."""
    queue = aws.get(wiring.adapters.broadcasts.broadcast_queue)
    evaluate = aws.get(wiring.contacts.evaluate_lists)
    while True:
        answer = queue.sqs.receive_message(QueueUrl=queue.queue_url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            job = queue.open(message["Body"])
            assert isinstance(job, EvaluateJob | RefreshJob | ImportJob)
            if isinstance(job, RefreshJob):
                evaluate.refresh(job)
            elif isinstance(job, EvaluateJob):
                evaluate(job, float("inf"))
            queue.sqs.delete_message(QueueUrl=queue.queue_url, ReceiptHandle=message["ReceiptHandle"])
        if not answer.get("Messages"):
            return


def members(list_id: str) -> set[str]:
    return {one["recordId"] for one in call("GET", f"{BASE}/{list_id}/memberships")[1]["results"]}


def view(list_id: str, **query: str) -> Any:
    return call("GET", f"{BASE}/{list_id}", None, queryStringParameters=query)[1]["list"]


def test_a_dynamic_list_has_who_passes_its_filters(aws: Container) -> None:
    ada, eve = person("ada@example.net", city="Rome"), person("eve@example.net", city="Oslo")
    list_id = created("Romans")
    before = view(list_id)
    assert (before["processingType"], before["processingStatus"], before["evaluating"]) == (
        "DYNAMIC",
        "PROCESSING",
        True,
    )
    work(aws)
    after = view(list_id)
    assert (members(list_id), after["size"], after["processingStatus"]) == ({ada}, 1, "COMPLETE")
    assert after["evaluatedAt"] >= after["filtersUpdatedAt"]
    assert "evaluating" not in after
    assert [one["listId"] for one in call("GET", f"{BASE}/records/0-1/{ada}/memberships")[1]["results"]] == [list_id]
    call("PATCH", f"/crm/v3/objects/contacts/{eve}", {"properties": {"city": "Rome"}})
    status, answer = call("POST", f"{OWN}/{list_id}/evaluate")
    assert (status, answer["list"]["listId"]) == (202, list_id)
    work(aws)
    assert members(list_id) == {ada, eve}


def test_filters_are_shown_on_request(aws: Container) -> None:
    list_id = created("Romans")
    assert "filterBranch" not in view(list_id)
    (group,) = view(list_id, includeFilters="true")["filterBranch"]["filterBranches"]
    assert group["filters"][0]["operation"] == {
        "operationType": "MULTISTRING",
        "operator": "IS_EQUAL_TO",
        "values": ["Rome"],
        "includeObjectsWithNoValueSet": False,
    }
    (one,) = call("GET", BASE, None, queryStringParameters={"includeFilters": "true"})[1]["lists"]
    assert one["filterBranch"]["filterBranchOperator"] == "OR"


def test_other_filters_choose_other_members(aws: Container) -> None:
    person("ada@example.net", city="Rome")
    eve = person("eve@example.net", city="Oslo")
    list_id = created("People")
    work(aws)
    path = f"{BASE}/{list_id}/update-list-filters"
    status, answer = call("PUT", path, {"filterBranch": branch([city("Oslo")])})
    assert (status, answer["updatedList"]["listVersion"], answer["updatedList"]["processingStatus"]) == (
        200,
        2,
        "PROCESSING",
    )
    work(aws)
    assert members(list_id) == {eve}
    status, problem = call("PUT", path, {"filterBranch": branch([in_list(list_id)])})
    assert (status, "itself" in problem["message"]) == (400, True)
    outer = created("Outer", branch([in_list(list_id)]))
    status, problem = call("PUT", path, {"filterBranch": branch([in_list(outer)])})
    assert (status, "by another list" in problem["message"]) == (400, True)


def test_no_circle_of_filters_through_a_deleted_list(aws: Container) -> None:
    """A restored list may look into one that is deleted, and an evaluation follows its filters too."""
    inner = created("Inner")
    middle = created("Middle", branch([in_list(inner)]))
    outer = created("Outer", branch([in_list(middle)]))
    for list_id in (outer, middle):
        assert call("DELETE", f"{BASE}/{list_id}")[0] == 204
    assert call("PUT", f"{BASE}/{outer}/restore")[0] == 204
    body = {"filterBranch": branch([in_list(outer)])}
    status, problem = call("PUT", f"{BASE}/{inner}/update-list-filters", body)
    assert (status, "by another list" in problem["message"]) == (400, True)


def test_a_snapshot_is_changed_by_hand_afterwards(aws: Container) -> None:
    ada, eve = person("ada@example.net", city="Rome"), person("eve@example.net", city="Oslo")
    list_id = created("Then", ROMANS, "SNAPSHOT")
    work(aws)
    assert (members(list_id), view(list_id)["processingStatus"]) == ({ada}, "COMPLETE")
    call("PUT", f"{BASE}/{list_id}/memberships/add", [eve])
    call("PUT", f"{BASE}/{list_id}/memberships/remove", [ada])
    assert members(list_id) == {eve}
    change = ("PUT", f"{BASE}/{list_id}/update-list-filters", {"filterBranch": ROMANS})
    for method, path, body in (change, ("POST", f"{OWN}/{list_id}/evaluate", None)):
        status, problem = call(method, path, body)
        assert (status, "SNAPSHOT" in problem["message"]) == (400, True)


def test_actors_do_not_change_members_of_a_dynamic_list(aws: Container) -> None:
    list_id, other, ada = created("Romans"), created("Others", None, "MANUAL"), person("ada@example.net")
    changes = [
        ("PUT", "memberships/add", [ada]),
        ("PUT", "memberships/remove", [ada]),
        ("PUT", "memberships/add-and-remove", {"recordIdsToAdd": [ada], "recordIdsToRemove": []}),
        ("PUT", f"memberships/add-from/{other}", None),
        ("DELETE", "memberships", None),
    ]
    for method, path, body in changes:
        status, problem = call(method, f"{BASE}/{list_id}/{path}", body)
        assert (status, "its filters choose its members" in problem["message"]) == (400, True), path
    assert call("PUT", f"{BASE}/{other}/memberships/add-from/{list_id}") == (204, None)


def test_filters_belong_to_lists_that_have_them(aws: Container) -> None:
    assert new("A", None)[1]["errors"][0]["in"] == "filterBranch"
    status, problem = new("B", ROMANS, "MANUAL")
    assert (status, "use DYNAMIC, or SNAPSHOT" in problem["message"]) == (400, True)
    assert new("C", None, "SNAPSHOT")[1]["list"]["processingStatus"] == "COMPLETE"
    assert [one["name"] for one in call("GET", BASE)[1]["lists"]] == ["C"]


def test_wrong_filters_are_named_and_store_nothing(aws: Container) -> None:
    filters = branch([property_filter("citty", "STRING", "CONTAINS", value="x"), in_list(99)], [{"filterType": "CTA"}])
    status, problem = new("A", filters)
    assert status == 400
    assert [one["in"].removeprefix("filterBranch.filterBranches") for one in problem["errors"]] == [
        "[1].filters[0].filterType"
    ]
    status, problem = new("A", branch([property_filter("citty", "STRING", "CONTAINS", value="x"), in_list(99)]))
    assert {one["code"] for one in problem["errors"]} == {"PROPERTY_DOESNT_EXIST", "UNKNOWN_LIST"}
    assert call("GET", BASE)[1]["lists"] == []


@pytest.mark.parametrize("depth", [50, 400, 5000])
def test_a_deep_tree_is_an_error_of_the_request(aws: Container, depth: int) -> None:
    body = '{"filterBranchType":"OR","filterBranches":[' * depth + "]}" * depth
    text = f'{{"name":"A","objectTypeId":"0-1","processingType":"DYNAMIC","filterBranch":{body}}}'
    assert call("POST", BASE, text)[0] == 400


def test_what_filters_use_is_not_deleted(aws: Container) -> None:
    definition = {
        "name": "plan",
        "label": "P",
        "type": "string",
        "fieldType": "text",
        "groupName": "contactinformation",
    }
    call("POST", "/crm/v3/properties/contacts", definition)
    inner = created("Inner", branch([property_filter("plan", "ALL_PROPERTY", "IS_KNOWN")]))
    outer = created("Outer", branch([in_list(inner, "NOT_IN_LIST")]))
    for path in ("/crm/v3/properties/contacts/plan", f"{BASE}/{inner}"):
        assert call("DELETE", path)[0] == 409
    call("DELETE", f"{BASE}/{outer}")
    assert call("DELETE", f"{BASE}/{inner}") == (204, None)
    assert call("DELETE", "/crm/v3/properties/contacts/plan") == (204, None)


def test_lists_are_searched_by_their_kind(aws: Container) -> None:
    created("A"), created("B", None, "MANUAL")
    page = call("POST", f"{BASE}/search", {"query": "", "processingTypes": ["DYNAMIC", "SNAPSHOT"]})[1]
    assert [one["name"] for one in page["lists"]] == ["A"]


def test_an_import_cannot_fill_a_dynamic_list(aws: Container) -> None:
    list_id = created("Romans")
    body = {"name": "I", "uploadId": "00000000-0000-4000-8000-000000000000", "listId": list_id}
    status, problem = call("POST", "/staffetta/v1/imports", body)
    assert status == 400
    assert "its filters choose its members" in problem["message"]
