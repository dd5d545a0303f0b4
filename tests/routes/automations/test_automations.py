"""Automations over HTTP, and the functions that run them, on moto."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from functions import api, automate, observe_contacts, wiring
from functions.core.emails.email import Subcategory
from functions.wiring import Container
from tests.support.aws.cloud import SETTINGS
from tests.support.aws.lambdas import call as invoke
from tests.support.aws.lambdas import queued
from tests.support.events import CONTEXT, http
from tests.support.examples import an_email
from tests.support.http.api import call

AUTOMATIONS, EVENTS = "/staffetta/v1/automations", "/events/v3/send"
DEFINITION = """name: Order
trigger: {type: event, event: order_placed}
steps:
  - {id: confirm, type: send_email, email: 1001}
  - {id: ten_days, type: wait, time: 10d}
"""


@pytest.fixture(autouse=True)
def email(aws: Container) -> None:
    aws.get(wiring.adapters.emails.emails).save(
        an_email(id=1001, subcategory=Subcategory.AUTOMATED, required_properties=(), version=0)
    )


def created(definition: str = DEFINITION) -> dict[str, Any]:
    status, automation = call("POST", AUTOMATIONS, {"definition": definition})
    assert status == 201, automation
    answer: dict[str, Any] = automation
    return answer


def work(aws: Container) -> list[dict[str, Any]]:
    """Gives what the queue has to the function, once, and returns its failures."""
    messages = queued(aws, SETTINGS.automation_queue_url)
    client = aws.get(wiring.clients.sqs)
    for message in messages:
        client.delete_message(QueueUrl=SETTINGS.automation_queue_url, ReceiptHandle=message["ReceiptHandle"])
    records = [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]
    failures: list[dict[str, Any]] = invoke(automate.handler, {"Records": records})["batchItemFailures"]
    return failures


def test_an_automation_is_created_published_and_run(aws: Container) -> None:
    automation = created()
    assert (automation["status"], automation["change"]) == ("DRAFT", 1)
    path = f"{AUTOMATIONS}/{automation['id']}"
    status, published = call("POST", f"{path}/publish")
    assert (status, published["status"], published["publishedVersion"]) == (200, "ACTIVE", 1)
    address = "run@example.net"
    assert call("POST", EVENTS, {"eventName": "pe7_order_placed", "email": address, "properties": {"total": 9}}) == (
        204,
        None,
    )
    assert work(aws) == []
    status, page = call("GET", f"{path}/runs")
    (run,) = page["results"]
    assert (status, run["contact"], run["status"], run["step"], run["event"]) == (
        200,
        address,
        "WAITING",
        "ten_days",
        {"total": 9},
    )
    assert [entry["note"] for entry in run["history"]][:2] == ["entered the automation", "sent email 1001"]
    assert call("GET", f"/staffetta/v1/contacts/{address}/runs")[1]["results"] == [run]
    status, details = call("GET", path)
    assert (status, details["definition"], details["counts"]) == (200, DEFINITION, {"entered": 1, "confirm": 1})
    status, stopped = call("POST", f"/staffetta/v1/contacts/{address}/runs/{run['id']}/stop")
    assert (status, stopped["status"]) == (200, "STOPPED")


def test_an_event_with_too_much_is_refused_by_its_field(aws: Container) -> None:
    small, large = (
        {"eventName": "e", "email": "a@example.net", "properties": {"a": "x" * size}} for size in (1, 70_000)
    )
    status, problem = call("POST", EVENTS, large)
    assert (status, [one["in"] for one in problem["errors"]]) == (400, ["properties"])
    status, problem = call("POST", f"{EVENTS}/batch", {"inputs": [small, large]})
    assert (status, [one["in"] for one in problem["errors"]]) == (400, ["inputs[1].properties"])
    assert queued(aws, SETTINGS.automation_queue_url) == [], "all events or none"


def test_a_batch_may_be_larger_than_a_call_of_sqs(aws: Container) -> None:
    one = {"eventName": "e", "email": "a@example.net", "properties": {"a": "x" * 63_000}}
    assert call("POST", f"{EVENTS}/batch", {"inputs": [one] * 30}) == (204, None)


def test_an_event_about_no_contact_is_refused_in_plain_words(aws: Container) -> None:
    status, problem = call("POST", EVENTS, {"eventName": "e"})
    assert (status, problem["errors"][0]["message"]) == (400, "email: is required, or the `objectId` of a contact")


def test_every_error_of_a_definition_has_its_line(aws: Container) -> None:
    text = DEFINITION.replace("1001", "99").replace("10d", "10d, next: nowhere")
    status, check = call("POST", f"{AUTOMATIONS}/check", {"definition": text})
    assert (status, [(one["field"], one["line"]) for one in check["errors"]]) == (200, [("steps[1].next", 5)])
    status, check = call("POST", f"{AUTOMATIONS}/check", {"definition": DEFINITION.replace("1001", "99")})
    assert [(one["field"], one["line"], one["column"]) for one in check["errors"]] == [("steps[0].email", 4, 37)]
    status, problem = call("POST", AUTOMATIONS, {"definition": text})
    assert (status, problem["errors"][0]["in"]) == (400, "steps[1].next")


def test_a_draft_with_errors_is_not_published(aws: Container) -> None:
    automation = created(DEFINITION.replace("1001", "99"))
    status, problem = call("POST", f"{AUTOMATIONS}/{automation['id']}/publish")
    assert (status, problem["errors"][0]["message"]) == (400, "steps[0].email, line 4, column 37: there is no email 99")


def test_what_an_email_lacks_is_a_warning(aws: Container) -> None:
    emails = aws.get(wiring.adapters.emails.emails)
    stored = emails.get(1001)
    assert stored
    emails.save(replace(stored, required_properties=("order.number",)))
    text = DEFINITION.replace("type: event, event: order_placed", "type: contact_created")
    status, check = call("POST", f"{AUTOMATIONS}/check", {"definition": text})
    (warning,) = check["warnings"]
    assert (status, check["errors"], warning["field"], warning["line"]) == (200, [], "steps[0].email", 4)
    assert "step confirm sends “Receipt”, which needs custom.order.number" in warning["message"]
    status, published = call("POST", f"{AUTOMATIONS}/{created(text)['id']}/publish")
    assert (status, published["status"], published["warnings"]) == (200, "ACTIVE", [warning])


def test_a_draft_that_another_changed_is_a_conflict(aws: Container) -> None:
    automation = created()
    path = f"{AUTOMATIONS}/{automation['id']}"
    update = {"definition": DEFINITION.replace("Order", "Second"), "change": automation["change"]}
    assert call("PUT", path, update)[0] == 200
    assert call("PUT", path, update)[0] == 409
    assert call("POST", f"{path}/publish", queryStringParameters={"change": str(automation["change"])})[0] == 409


def test_versions_stay(aws: Container) -> None:
    automation = created()
    path = f"{AUTOMATIONS}/{automation['id']}"
    call("POST", f"{path}/publish")
    call("PUT", path, {"definition": DEFINITION.replace("10d", "2d")})
    call("POST", f"{path}/publish")
    status, versions = call("GET", f"{path}/versions")
    assert (status, [one["number"] for one in versions["results"]]) == (200, [2, 1])
    assert call("GET", f"{path}/versions/1")[1]["definition"] == DEFINITION
    assert call("GET", f"{path}/versions/3")[0] == 404


def test_an_automation_is_paused_stopped_and_deleted(aws: Container) -> None:
    automation = created()
    path = f"{AUTOMATIONS}/{automation['id']}"
    assert call("POST", f"{path}/pause")[0] == 409
    call("POST", f"{path}/publish")
    assert call("DELETE", path)[0] == 409
    assert call("POST", f"{path}/pause")[1]["status"] == "PAUSED"
    assert call("POST", f"{path}/resume")[1]["status"] == "ACTIVE"
    assert call("POST", f"{path}/stop-runs") == (202, {"automationId": automation["id"]})
    work(aws)
    assert call("DELETE", path) == (204, None)
    assert call("GET", path)[0] == 404


def test_a_diagram_is_drawn(aws: Container) -> None:
    answer = api.handler(http("GET", f"{AUTOMATIONS}/{created()['id']}/diagram"), CONTEXT)
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "image/svg+xml; charset=utf-8")
    assert ET.fromstring(answer["body"]).tag.endswith("svg")  # noqa: S314 - ours
    assert "Send email “Receipt”" in answer["body"]
    assert "Send email “Receipt”" in call("POST", f"{AUTOMATIONS}/check", {"definition": DEFINITION})[1]["description"]


def test_the_schema_accepts_the_definition(aws: Container) -> None:
    status, schema = call("GET", f"{AUTOMATIONS}/schema")
    assert (status, schema["$ref"]) == (200, "#/$defs/Definition")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"eventName": "a b", "email": "ada@example.net", "properties": {}}, {"eventName"}),
        ({"eventName": "a", "properties": {}}, {"email"}),
        ({"eventName": "a", "email": "ada", "properties": {}}, {"email"}),
        ({"eventName": "a", "objectId": "12345", "properties": {}}, {"objectId"}),
        ({"eventName": "a", "email": "ada@example.net", "occurredAt": "2999-01-01T00:00:00Z"}, {"occurredAt"}),
        ({"email": "ada@example.net"}, {"eventName"}),
    ],
)
def test_an_event_that_names_nothing_is_refused(aws: Container, body: Any, expected: set[str]) -> None:
    status, problem = call("POST", EVENTS, body)
    assert (status, {error["in"] for error in problem["errors"]}) == (400, expected)


def test_a_batch_is_accepted_as_a_whole(aws: Container) -> None:
    event = {"eventName": "a", "email": "ada@example.net", "properties": {}}
    assert call("POST", f"{EVENTS}/batch", {"inputs": [event] * 12}) == (204, None)
    status, problem = call("POST", f"{EVENTS}/batch", {"inputs": [event, {**event, "email": "no"}]})
    assert (status, problem["errors"][0]["in"]) == (400, "inputs[1].email")
    while queued(aws, SETTINGS.automation_queue_url):
        work(aws)


def test_a_contacts_change_reaches_its_automation(aws: Container) -> None:
    automation = created(DEFINITION.replace("type: event, event: order_placed", "type: contact_created"))
    call("POST", f"{AUTOMATIONS}/{automation['id']}/publish")
    contact = aws.get(wiring.adapters.contacts.contacts).upsert(
        "new@example.net", {"city": "Rome"}, "2026-11-23T12:00:00.000Z"
    )
    key = {"email": {"S": contact.email}}
    image = aws.get(wiring.clients.dynamodb).get_item(TableName=SETTINGS.contacts_table, Key=key)["Item"]
    invoke(observe_contacts.handler, {"Records": [{"dynamodb": {"Keys": key, "NewImage": image}}]})
    work(aws)
    (run,) = call("GET", "/staffetta/v1/contacts/new@example.net/runs")[1]["results"]
    assert run["event"] == {"city": "Rome"}


def test_only_an_unreadable_job_is_retried(aws: Container) -> None:
    answer = invoke(automate.handler, {"Records": [{"messageId": "m1", "body": "{"}]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
