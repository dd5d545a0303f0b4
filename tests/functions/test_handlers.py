from __future__ import annotations

import json
import socket
import time
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from functions import api, authorizer, deliver, measure, record, single_send, wiring
from functions.adapters.aws import deadline
from functions.adapters.sending import message_items
from functions.core.sending.send import Message, MessageKey, State
from functions.steps.access.create_api_key import CreateApiKey
from functions.wiring import Container
from tests.support.cloud import SETTINGS
from tests.support.events import CONTEXT, SEND, STATISTICS, STATUS, http, sqs
from tests.support.examples import a_message, a_send, messages_of

REQUEST = {
    "emailId": 7,
    "message": {"to": "ada@example.net", "sendId": "order-42"},
    "contactProperties": {"firstname": "Ada"},
    "customProperties": {"order": 42},
}


def called(handler: Any, event: dict[str, Any]) -> Any:
    return handler(event, CONTEXT)


def queued(aws: Container, url: str = SETTINGS.send_queue_url) -> list[dict[str, Any]]:
    answer = aws.get(wiring.clients.sqs).receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return [dict(message) for message in answer.get("Messages", [])]


def stream(*changes: tuple[Message | None, Message | None], first: int = 1) -> dict[str, Any]:
    """A batch of the sends table's stream, as a tumbling window hands it over."""
    records = []
    for number, (before, after) in enumerate(changes, first):
        change: dict[str, Any] = {
            "SequenceNumber": f"4421584500000000017450439{number:03}",
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
        for name, image in (("OldImage", before), ("NewImage", after)):
            if image:
                change[name] = message_items.message_item(image, 90)
        records.append({"eventID": str(number), "eventName": "MODIFY", "dynamodb": change})
    return {
        "Records": records,
        "shardId": "shardId-00000001",
        "window": {"start": "2026-11-23T12:00:00Z", "end": "2026-11-23T12:01:00Z"},
        "state": {},
        "isFinalInvokeForWindow": False,
    }


def test_a_caller_is_answered_in_time_also_where_aws_is_not_there(
    aws: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the contract's shape: else Lambda stops the function, and API Gateway answers in its own."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(deadline, "LEAST_SECONDS", 0.05)
        hurried = SimpleNamespace(**{**vars(CONTEXT), "get_remaining_time_in_millis": lambda: 1000})
        begun = time.monotonic()
        for function in (single_send, api):
            answer = function.handler(http("POST", SEND, REQUEST), hurried)
            body = json.loads(answer["body"])
            assert (answer["statusCode"], body["category"]) == (500, "INTERNAL_ERROR")
            assert body["correlationId"] == answer["headers"]["x-hubspot-correlation-id"]
        assert time.monotonic() - begun < deadline.RESERVE_SECONDS


def test_the_end_of_a_window_counts_nothing(aws: Container) -> None:
    """Lambda closes each tumbling window with an invocation of its own, which may bring no records."""
    assert called(measure.handler, {**stream(), "isFinalInvokeForWindow": True}) == {"state": {}}
    assert aws.get(wiring.adapters.counters).by_email("0000", "9999") == []


def test_a_send_goes_through_every_function(aws: Container) -> None:
    """Accept, deliver, record, measure, and what the API tells after each."""
    answer = called(single_send.handler, http("POST", SEND, REQUEST))
    view = json.loads(answer["body"])
    assert (answer["statusCode"], view["status"]) == (200, "PENDING")
    key = MessageKey(view["statusId"], 0)
    accepted = aws.get(wiring.adapters.sends).get(key)

    (message,) = queued(aws)
    assert called(deliver.handler, sqs(message["Body"])) == {"batchItemFailures": []}
    told = json.loads(called(single_send.handler, http("GET", STATUS + key.send_id))["body"])
    assert (told["status"], told["sendResult"]) == ("COMPLETE", "SENT")

    mail = {
        "timestamp": "2026-11-23T12:00:00.000Z",
        "messageId": "0102",
        "tags": {"staffetta_send": [key.send_id], "staffetta_recipient": ["0"]},
    }
    delivery = {"timestamp": "2026-11-23T12:00:01.000Z", "smtpResponse": "250 ok"}
    event = json.dumps({"eventType": "Delivery", "mail": mail, "delivery": delivery})
    assert called(record.handler, sqs(event)) == {"batchItemFailures": []}
    delivered = aws.get(wiring.adapters.sends).get(key)
    assert delivered
    assert [fact["kind"] for fact in delivered.timeline.values()] == ["DELIVERED"]

    batch = stream((None, accepted), (accepted, delivered))
    assert called(measure.handler, batch) == called(measure.handler, batch) == {"state": {}}
    counters = json.loads(called(api.handler, http("GET", STATISTICS))["body"])["aggregate"]["counters"]
    assert {name: number for name, number in counters.items() if number} == {"selected": 1, "sent": 1, "delivered": 1}


def test_measure_tells_cloudwatch_what_became_of_sends(aws: Container, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for a whole batch, and none where there is nothing to tell."""
    queued, sending = a_message(), a_message(state=State.SENDING, attempts=1)
    sent = a_message(state=State.SENT, attempts=1, settled_at="2026-11-23T12:00:01.500Z")
    called(measure.handler, stream((None, queued), (queued, sending), (sending, sent)))
    called(measure.handler, stream(first=9))
    (line,) = (text for text in capsys.readouterr().out.splitlines() if "CloudWatchMetrics" in text)
    told = json.loads(line)
    assert (told["Accepted"], told["Sent"], told["SendingTime"]) == ([1.0], [1.0], [1500.0])


def test_a_repeat_is_told_and_not_queued_again_once_a_worker_had_it(aws: Container) -> None:
    first = json.loads(called(single_send.handler, http("POST", SEND, REQUEST))["body"])
    (message,) = queued(aws)
    called(deliver.handler, sqs(message["Body"]))
    again = json.loads(called(single_send.handler, http("POST", SEND, REQUEST))["body"])
    assert (again["statusId"], again["status"], again["sendResult"]) == (
        first["statusId"],
        "COMPLETE",
        "IDEMPOTENT_IGNORE",
    )
    other = {**REQUEST, "customProperties": {"order": 43}}
    assert json.loads(called(single_send.handler, http("POST", SEND, other))["body"])["sendResult"] == "IDEMPOTENT_FAIL"
    assert queued(aws) == []


def test_an_unknown_email_is_an_outcome_and_an_unknown_status_is_404(aws: Container) -> None:
    answer = called(single_send.handler, http("POST", SEND, {**REQUEST, "emailId": 8}))
    view = json.loads(answer["body"])
    assert (answer["statusCode"], view["status"], view["sendResult"]) == (200, "COMPLETE", "MISSING_CONTENT")
    assert called(single_send.handler, http("GET", STATUS + "nobody"))["statusCode"] == 404


def test_a_dry_run_shows_the_mail_and_leaves_no_trace(aws: Container) -> None:
    for value in ("true", "True"):
        asked = http("POST", SEND, REQUEST, queryStringParameters={"dryRun": value})
        view = json.loads(called(single_send.handler, asked)["body"])
        assert (view["status"], view["dryRun"]) == ("PENDING", True)
        assert view["preview"] == {"subject": "Order 42", "html": "<p>Dear Ada</p>", "text": "Dear Ada"}
        assert called(single_send.handler, http("GET", STATUS + view["statusId"]))["statusCode"] == 404
    bad = http("POST", SEND, {**REQUEST, "customProperties": {}}, queryStringParameters={"dryRun": "true"})
    view = json.loads(called(single_send.handler, bad)["body"])
    assert (view["status"], view["sendResult"]) == ("COMPLETE", "MISSING_TEMPLATE_PROPERTIES")
    assert "preview" not in view
    assert queued(aws) == []


def test_what_is_no_dry_run_for_sure_is_refused_and_not_sent(aws: Container) -> None:
    for value in ("yes", "1", ""):
        answer = called(single_send.handler, http("POST", SEND, REQUEST, queryStringParameters={"dryRun": value}))
        assert (answer["statusCode"], json.loads(answer["body"])["errors"][0]["in"]) == (400, "dryRun")
    assert queued(aws) == []
    answer = called(single_send.handler, http("POST", SEND, REQUEST, queryStringParameters={"dryRun": "false"}))
    assert json.loads(answer["body"])["status"] == "PENDING"
    assert len(queued(aws)) == 1


def test_the_other_function_serves_every_route_too(aws: Container) -> None:
    assert called(api.handler, http("POST", "/" + SEND + "/", REQUEST))["statusCode"] == 200
    assert called(api.handler, http("GET", "/nothing"))["statusCode"] == 404


def test_the_authorizer_names_the_key_and_lets_the_door_refuse(aws: Container) -> None:
    secret, key = CreateApiKey(
        api_keys=aws.get(wiring.adapters.api_keys), clock=lambda: 0.0, new_secret=lambda: "s" * 43
    )("ci", "ada@example.com", ("content", "account"))
    found = called(authorizer.handler, {"version": "2.0", "headers": {"authorization": f"Bearer {secret}"}})
    assert found == {
        "isAuthorized": True,
        "context": {"keyId": key.secret_id, "owner": "ada@example.com", "scopes": "content account", "wait": "0"},
    }
    for headers in ({"authorization": "Bearer wrong"}, {}, None):
        assert called(authorizer.handler, {"headers": headers}) == {"isAuthorized": True, "context": {}}


def test_one_bad_message_of_a_batch_comes_back_alone(aws: Container) -> None:
    good, lost = a_send(), a_send(id="s-2", revision=99)
    for send in (good, lost):
        aws.get(wiring.adapters.sends).create(messages_of(send))
        aws.get(wiring.adapters.send_queue).enqueue(send)
    bodies = [message["Body"] for message in queued(aws)]
    bodies.sort(key=lambda body: json.loads(body)["id"])
    answer = called(deliver.handler, sqs(bodies[0], "not a send", bodies[1]))
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["m-1", "m-2"]
    sent, waiting = (
        aws.get(wiring.adapters.sends).get(MessageKey("s-1", 0)),
        aws.get(wiring.adapters.sends).get(MessageKey("s-2", 0)),
    )
    assert sent
    assert waiting
    assert (sent.state, waiting.state) == (State.SENT, State.QUEUED)


def test_a_worker_that_has_just_begun_makes_each_client_once(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 cannot make clients in several threads at once."""
    made: list[str] = []
    real = boto3.client
    monkeypatch.setattr(boto3, "client", lambda name, *args, **kwargs: made.append(name) or real(name, *args, **kwargs))  # type: ignore[func-returns-value]  # append
    monkeypatch.setattr(deliver, "WORKERS", 10)
    called(deliver.handler, sqs(*["not a send"] * 20))
    assert sorted(made) == sorted(set(made))


def test_a_window_may_end_with_nothing_in_it(aws: Container) -> None:
    assert called(measure.handler, stream()) == {"state": {}}


def test_a_stored_message_reads_back_from_a_stream_image() -> None:
    message = a_message(timeline={"f": {"kind": "OPENED", "at": "t", "machine": True}}, attempts=2)
    assert message_items.message_from(message_items.message_item(message, 90)) == message
