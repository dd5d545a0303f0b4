"""The HTTP functions that accept sends: single_send, and api for every other spelling of its paths."""

from __future__ import annotations

import json

import pytest

from functions import api, deliver, measure, record, single_send, wiring
from functions.core.sending.send import MessageKey
from functions.wiring import Container
from tests.support.aws.lambdas import call, queued, stream
from tests.support.events import SEND, STATISTICS, STATUS, http, sqs

REQUEST = {
    "emailId": 7,
    "message": {"to": "ada@example.net", "sendId": "order-42"},
    "contactProperties": {"firstname": "Ada"},
    "customProperties": {"order": 42},
}


def test_a_send_goes_through_every_function(aws: Container) -> None:
    """Accept, deliver, record, measure, and the API's answer after each."""
    answer = call(single_send.handler, http("POST", SEND, REQUEST))
    view = json.loads(answer["body"])
    assert (answer["statusCode"], view["status"]) == (200, "PENDING")
    key = MessageKey(view["statusId"], 0)
    accepted = aws.get(wiring.adapters.sending.sends).get(key)

    (message,) = queued(aws)
    assert call(deliver.handler, sqs(message["Body"])) == {"batchItemFailures": []}
    status = json.loads(call(single_send.handler, http("GET", STATUS + key.send_id))["body"])
    assert (status["status"], status["sendResult"]) == ("COMPLETE", "SENT")

    mail = {
        "timestamp": "2026-11-23T12:00:00.000Z",
        "messageId": "0102",
        "tags": {"staffetta_send": [key.send_id], "staffetta_recipient": ["0"]},
    }
    delivery = {"timestamp": "2026-11-23T12:00:01.000Z", "smtpResponse": "250 ok"}
    event = json.dumps({"eventType": "Delivery", "mail": mail, "delivery": delivery})
    assert call(record.handler, sqs(event)) == {"batchItemFailures": []}
    delivered = aws.get(wiring.adapters.sending.sends).get(key)
    assert delivered
    assert [fact["kind"] for fact in delivered.timeline.values()] == ["DELIVERED"]

    batch = stream((None, accepted), (accepted, delivered))
    assert call(measure.handler, batch) == call(measure.handler, batch) == {"state": {}}
    counters = json.loads(call(api.handler, http("GET", STATISTICS))["body"])["aggregate"]["counters"]
    assert {name: number for name, number in counters.items() if number} == {"selected": 1, "sent": 1, "delivered": 1}


def test_a_repeated_request_is_reported_and_not_queued(aws: Container) -> None:
    first = json.loads(call(single_send.handler, http("POST", SEND, REQUEST))["body"])
    (message,) = queued(aws)
    call(deliver.handler, sqs(message["Body"]))
    again = json.loads(call(single_send.handler, http("POST", SEND, REQUEST))["body"])
    assert (again["statusId"], again["status"], again["sendResult"]) == (
        first["statusId"],
        "COMPLETE",
        "IDEMPOTENT_IGNORE",
    )
    other = {**REQUEST, "customProperties": {"order": 43}}
    failed = json.loads(call(single_send.handler, http("POST", SEND, other))["body"])
    assert (failed["sendResult"], failed["message"]) == (
        "IDEMPOTENT_FAIL",
        "Nothing is sent: the sendId belongs to another request.",
    )
    assert queued(aws) == []


def test_an_unknown_email_is_an_outcome(aws: Container) -> None:
    answer = call(single_send.handler, http("POST", SEND, {**REQUEST, "emailId": 8}))
    view = json.loads(answer["body"])
    assert (answer["statusCode"], view["status"], view["sendResult"]) == (200, "COMPLETE", "MISSING_CONTENT")
    assert call(single_send.handler, http("GET", STATUS + "nobody"))["statusCode"] == 404


def test_a_dry_run_shows_the_mail_and_leaves_no_trace(aws: Container) -> None:
    for value in ("true", "True"):
        request = http("POST", SEND, REQUEST, queryStringParameters={"dryRun": value})
        view = json.loads(call(single_send.handler, request)["body"])
        assert (view["status"], view["dryRun"]) == ("PENDING", True)
        assert view["preview"] == {"subject": "Order 42", "html": "<p>Dear Ada</p>", "text": "Dear Ada"}
        assert call(single_send.handler, http("GET", STATUS + view["statusId"]))["statusCode"] == 404
    bad = http("POST", SEND, {**REQUEST, "customProperties": {}}, queryStringParameters={"dryRun": "true"})
    view = json.loads(call(single_send.handler, bad)["body"])
    assert (view["status"], view["sendResult"]) == ("COMPLETE", "MISSING_TEMPLATE_PROPERTIES")
    assert "preview" not in view
    assert queued(aws) == []


def test_an_unclear_dry_run_is_refused_and_not_sent(aws: Container) -> None:
    for value in ("yes", "1", ""):
        answer = call(single_send.handler, http("POST", SEND, REQUEST, queryStringParameters={"dryRun": value}))
        assert (answer["statusCode"], json.loads(answer["body"])["errors"][0]["in"]) == (400, "dryRun")
    assert queued(aws) == []
    answer = call(single_send.handler, http("POST", SEND, REQUEST, queryStringParameters={"dryRun": "false"}))
    assert json.loads(answer["body"])["status"] == "PENDING"
    assert len(queued(aws)) == 1


@pytest.mark.parametrize("name", ["dryrun", "DryRun", "dry_run", "dry-run"])
def test_another_spelling_of_dry_run_sends_nothing(aws: Container, name: str) -> None:
    answer = call(single_send.handler, http("POST", SEND, REQUEST, queryStringParameters={name: "true"}))
    error = json.loads(answer["body"])["errors"][0]
    assert (answer["statusCode"], error["in"], "did you mean dryRun?" in error["message"]) == (400, name, True)
    assert queued(aws) == []


@pytest.mark.parametrize(
    "name", ["sendat", "send_at", "sendid", "SendId", "maxdeliveryseconds", "reply_to", "CC", "Attachments"]
)
def test_another_spelling_of_a_field_sends_nothing(aws: Container, name: str) -> None:
    """Without it, the mail would be sent at once, or twice, or without its file. Any other unknown field is ignored, as at HubSpot."""
    message = {"to": "ada@example.net", name: "x"}
    answer = call(single_send.handler, http("POST", SEND, {**REQUEST, "message": message}))
    errors = json.loads(answer["body"])["errors"]
    assert (answer["statusCode"], [error["in"] for error in errors]) == (400, [f"message.{name}"])
    assert queued(aws) == []
    other = call(
        single_send.handler, http("POST", SEND, {**REQUEST, "message": {"to": "ada@example.net", "memo": "x"}})
    )
    assert json.loads(other["body"])["status"] == "PENDING"


def test_the_other_function_serves_every_route_too(aws: Container) -> None:
    assert call(api.handler, http("POST", "/" + SEND + "/", REQUEST))["statusCode"] == 200
    assert call(api.handler, http("GET", "/nothing"))["statusCode"] == 404
