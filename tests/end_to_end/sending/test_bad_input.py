"""Bad input gets the contract's error, which names every field error. Nothing is accepted or sent."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
import requests

from functions import wiring
from functions.core.access.actor import unrestricted
from tests.end_to_end.service import Service
from tests.end_to_end.support.problems import check_shape, dead_letters
from tests.end_to_end.support.sending.sends import SEND, request
from tests.support.patience import NO_ANSWER_SECONDS


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer", "Basic abc", ""])
def test_no_or_wrong_key_is_401(service: Service, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = requests.post(service.ready.api_url + SEND, json={}, headers=headers, timeout=NO_ANSWER_SECONDS)
    check_shape(answer, 401, "INVALID_AUTHENTICATION")


def test_a_key_without_the_scope_is_403(service: Service) -> None:
    create_api_key = service.stack.container.get(wiring.access.create_api_key)
    key, _ = create_api_key("content only", "you@example.com", ("content",), unrestricted("you@example.com"))
    headers = {"Authorization": f"Bearer {key}"}
    answer = requests.post(service.ready.api_url + SEND, json={}, headers=headers, timeout=NO_ANSWER_SECONDS)
    body = check_shape(answer, 403, "MISSING_SCOPES")
    assert body["context"] == {"requiredScopes": ["transactional-email"]}


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("POST", "/marketing/v3/emails/statistics/list")])
def test_an_unknown_route_is_404(service: Service, method: str, path: str) -> None:
    check_shape(service.http.request(method, path), 404, "OBJECT_NOT_FOUND")


def test_an_unknown_status_id_is_404(service: Service) -> None:
    check_shape(service.http.get("/marketing/v3/email/send-statuses/nothing"), 404, "OBJECT_NOT_FOUND")


@pytest.mark.parametrize("body", [b"not json", b"", b"[]", b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_400(service: Service, body: bytes) -> None:
    check_shape(service.http.post(SEND, data=body), 400, "VALIDATION_ERROR")


def test_a_gzip_body_is_read(service: Service) -> None:
    """The gateway delivers it as it came, with its header, and the function inflates it."""
    body, headers = json.dumps({"message": {}}).encode(), {"Content-Type": "application/json"}
    sent = service.http.post(SEND, data=gzip.compress(body), headers={**headers, "Content-Encoding": "gzip"})
    errors = check_shape(sent, 400, "VALIDATION_ERROR")["errors"]
    assert {error["in"] for error in errors} == {"emailId", "message.to"}
    sent = service.http.post(SEND, data=body, headers={**headers, "Content-Encoding": "gzip"})
    assert "is not gzip" in check_shape(sent, 400, "VALIDATION_ERROR")["message"]
    sent = service.http.post(SEND, data=zlib.compress(body), headers={**headers, "Content-Encoding": "deflate"})
    check_shape(sent, 415, "UNSUPPORTED_MEDIA_TYPE")
    assert sent.headers["Accept-Encoding"] == "gzip"


def test_every_error_is_named_at_once(service: Service) -> None:
    requested = {
        "emailId": "x",
        "message": {"to": "nobody", "cc": ["a@b.example", 7]},
        "contactProperties": {"age": []},
    }
    body = check_shape(service.http.post(SEND, json=requested), 400, "VALIDATION_ERROR")
    assert {error["in"] for error in body["errors"]} == {
        "emailId",
        "message.to",
        "message.cc[1]",
        "contactProperties.age",
    }


def test_what_is_required_is_named(service: Service) -> None:
    body = check_shape(service.http.post(SEND, json={"message": {}}), 400, "VALIDATION_ERROR")
    assert {error["in"] for error in body["errors"]} == {"emailId", "message.to"}


def test_an_unknown_email_is_an_outcome_and_not_an_error(service: Service) -> None:
    answer = service.http.post(SEND, json={"emailId": 424242, "message": {"to": "ada@example.net"}})
    body = answer.json()
    assert (answer.status_code, body["status"], body["sendResult"]) == (200, "COMPLETE", "MISSING_CONTENT")
    status = service.status(body["statusId"])
    assert [one["sendResult"] for one in status.pop("recipients")] == ["MISSING_CONTENT"]
    assert status == body


def test_an_undeliverable_send_becomes_a_dead_letter(service: Service) -> None:
    """There is no currency of that name. The status shows it, and the dead letter holds the send with the reason."""
    requested = request(service, "dead@dead.example.net")
    requested["customProperties"] = {**requested["customProperties"], "currency": "euros"}
    status_id = service.http.post(SEND, json=requested).json()["statusId"]
    service.settle()
    status = service.status(status_id)
    assert (status["status"], status["sendResult"]) == ("COMPLETE", "TEMPLATE_RENDER_EXCEPTION")
    assert "is not a currency" in status["message"]
    letters = dead_letters(service)
    assert status["message"] in letters[status_id]
    assert service.mails("to:dead.example.net") == []
