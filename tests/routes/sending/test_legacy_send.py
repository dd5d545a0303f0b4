"""HubSpot's single send v1: what its programs send, and the answer that they wait for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from functions import api, single_send, wiring
from functions.core.emails.pause import Pause
from functions.wiring import Container
from tests.support.aws.lambdas import queued
from tests.support.events import SEND
from tests.support.examples import a_document, a_revision, an_email
from tests.support.http import contract
from tests.support.http.api import call

LEGACY = "/email/public/v1/singleEmail/send"
PROPERTIES = {
    "contactProperties": [{"name": "firstname", "value": "Ada"}, {"name": "visits", "value": 7}],
    "customProperties": [{"name": "order", "value": "42"}],
}


@pytest.fixture
def published(aws: Container) -> Container:
    aws.get(wiring.adapters.emails.emails).publish(
        an_email(required_properties=("order",)), a_revision(required_properties=("order",)), a_document()
    )
    return aws


def send(message: dict[str, Any] | None = None, **changed: Any) -> tuple[int, Any]:
    body = {"emailId": 7, "message": {"to": "ada@example.net", **(message or {})}, **PROPERTIES, **changed}
    status, answer = call("POST", LEGACY, body, handler=single_send.handler)
    contract.check("POST", LEGACY, status, json.dumps(answer))
    return status, answer


def result(message: dict[str, Any] | None = None, **changed: Any) -> str:
    status, answer = send(message, **changed)
    assert status == 200, answer
    assert answer["message"]
    return str(answer["sendResult"])


def test_an_accepted_send_is_queued_and_named(published: Container) -> None:
    status, answer = send({"replyTo": "a@example.com", "replyToList": ["b@example.com"], "cc": ["grace@example.net"]})
    assert (status, answer["sendResult"]) == (200, "QUEUED")
    assert isinstance(answer["eventId"]["created"], int)
    (message,) = queued(published)
    payload = json.loads(message["Body"])
    assert (payload["contact"], payload["custom"]) == ({"firstname": "Ada", "visits": "7"}, {"order": "42"})
    assert [address["email"] for address in payload["reply_to"]] == ["a@example.com", "b@example.com"]
    assert [recipient["role"] for recipient in payload["recipients"]] == ["to", "cc"]


def test_properties_may_be_objects(published: Container) -> None:
    assert result(contactProperties={"firstname": "Ada"}, customProperties={"order": 42}) == "QUEUED"


@pytest.mark.parametrize(
    ("message", "changed", "expected"),
    [
        ({"to": "noreply@example.net"}, {}, "INVALID_TO_ADDRESS"),
        ({"to": "nobody"}, {}, "INVALID_TO_ADDRESS"),
        ({"from": "shop@elsewhere.org"}, {}, "INVALID_FROM_ADDRESS"),
        ({"from": "nobody"}, {}, "INVALID_FROM_ADDRESS"),
        ({}, {"emailId": 99}, "MISSING_CONTENT"),
        ({}, {"customProperties": []}, "MISSING_TEMPLATE_PROPERTIES"),
    ],
)
def test_a_refusal_has_hubspots_documented_result(
    published: Container, message: dict[str, Any], changed: dict[str, Any], expected: str
) -> None:
    _, answer = send(message, **changed)
    assert answer["sendResult"] == expected
    assert answer["message"]
    assert "eventId" not in answer
    assert queued(published) == []


def test_a_paused_email_is_missing_content(published: Container) -> None:
    emails = published.get(wiring.adapters.emails.emails)
    pause = Pause(at="2026-01-01T00:00:00.000Z", by="ada@example.com", reason="The total is wrong")
    email = emails.get(7)
    assert email
    assert emails.save(replace(email, pause=pause))
    assert result() == "MISSING_CONTENT"


def test_a_repeated_send_id_sends_once_on_either_version(published: Container) -> None:
    first, again = (send({"sendId": "order-42"})[1] for _ in range(2))
    assert first == again
    assert first["sendResult"] == "QUEUED"
    assert result({"sendId": "order-42", "to": "grace@example.net"}) == "IDEMPOTENT_FAIL"
    body: Any = {"emailId": 7, "message": {"to": "ada@example.net", "sendId": "order-42"}, **PROPERTIES}
    assert call("POST", SEND, body, handler=single_send.handler)[1]["sendResult"] == "IDEMPOTENT_IGNORE"
    del body["message"]["sendId"]
    keyed = call("POST", SEND, body, handler=single_send.handler, headers={"idempotency-key": "order-42"})[1]
    assert keyed["sendResult"] == "IDEMPOTENT_IGNORE"


def test_a_malformed_request_is_a_400_with_every_error(published: Container) -> None:
    body = {
        "emailId": "x",
        "message": {"to": "nobody", "cc": ["neither"]},
        "contactProperties": [{"value": "Ada"}, {"name": "firstname", "value": []}],
    }
    status, answer = call("POST", LEGACY, body)
    assert status == 400
    assert {error["in"] for error in answer["errors"]} == {
        *("emailId", "message.to", "message.cc[0]", "contactProperties[0].name", "contactProperties[1].value"),
    }


def test_both_functions_serve_the_path(published: Container) -> None:
    body = {"emailId": 7, "message": {"to": "ada@example.net"}, **PROPERTIES}
    for handler, path in ((single_send.handler, LEGACY), (api.handler, f"/{LEGACY}/")):
        assert call("POST", path, body, handler=handler)[1]["sendResult"] == "QUEUED"
    status, problem = call("POST", LEGACY, body, scopes="content")
    assert (status, problem["category"]) == (403, "MISSING_SCOPES")
