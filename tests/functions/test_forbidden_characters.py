"""Characters that SQS refuses, in every field of the requests that feed a queue: refused by name, or sent."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from functions import api, single_send, wiring
from functions.core.sending.send import Send
from functions.wiring import Container
from tests.support.aws.lambdas import call, queued
from tests.support.events import SEND, http

PREVIEW_TEST = "/staffetta/v1/emails/7/test"
REFUSED_BY_SQS = [*(chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"), "\ufffe", "\uffff"]
FILE = {"filename": "a.txt", "contentType": "text/plain", "content": "YQ=="}


def send(**message: Any) -> dict[str, Any]:
    return {"emailId": 7, "message": {"to": "ada@example.net", **message}, "customProperties": {"order": 42}}


def answer(handler: Any, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    answered = call(handler, http("POST", path, body))
    return answered["statusCode"], json.loads(answered["body"])


def wrong_fields(body: Any, path: str = SEND) -> list[str]:
    status, problem = answer(single_send.handler if path == SEND else api.handler, path, body)
    assert status == 400, problem
    return [error["in"] for error in problem["errors"]]


def test_a_property_may_hold_any_character(aws: Container) -> None:
    for character in REFUSED_BY_SQS:
        text = f"a{character}b"
        values = {"contactProperties": {text: text}, "customProperties": {"order": [text], text: text}}
        assert answer(single_send.handler, SEND, send(sendId=text) | values)[0] == 200
        sent = only_queued(aws)
        assert (sent.contact, sent.custom) == ({text: text}, {"order": [text], text: text})
        request = {"to": ["ada@example.net"], "revision": 1, "contactProperties": {"firstname": text}}
        status, problem = answer(
            api.handler, PREVIEW_TEST, {**request, "customProperties": {"order": 42, "text": text}}
        )
        assert status == 200, problem
        assert only_queued(aws).custom == {"order": 42, "text": text}


def only_queued(aws: Container) -> Send:
    (message,) = queued(aws)
    return aws.get(wiring.adapters.sending.send_queue).open(message["Body"])


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("message.to", {"to": "A{} <ada@example.net>"}),
        ("message.from", {"from": "A{} <shop@example.com>"}),
        ("message.replyTo[0]", {"replyTo": ["A{} <shop@example.com>"]}),
        ("message.cc[1]", {"cc": ["b@example.net", "A{} <c@example.net>"]}),
        ("message.bcc[0]", {"bcc": "A{} <c@example.net>"}),
        ("message.headers.X-Order", {"headers": {"X-Order": "a{}b"}}),
        ("message.tags.order", {"tags": {"order": "a{}b"}}),
        ("message.attachments[0].filename", {"attachments": [{**FILE, "filename": "a{}.txt"}]}),
        ("message.attachments[0].contentType", {"attachments": [{**FILE, "contentType": "text/plain{}"}]}),
        ("message.attachments[0].contentId", {"attachments": [{**FILE, "contentId": "a{}b"}]}),
    ],
)
def test_a_control_character_elsewhere_names_its_field(aws: Container, field: str, message: dict[str, Any]) -> None:
    for character in REFUSED_BY_SQS[:-2]:
        body = json.loads(json.dumps(send(**message)).replace("{}", json.dumps(character)[1:-1]))
        assert wrong_fields(body) == [field], repr(character)
    assert queued(aws) == []


@pytest.mark.parametrize("character", ["\ud800"])
@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("message.to", send(to="A{} <ada@example.net>")),
        ("message.sendId", send(sendId="{}")),
        ("message.cc[1]", send(cc=["b@example.net", "{}"])),
        ("message.headers.X-Order", send(headers={"X-Order": "{}"})),
        ("contactProperties.firstname", {**send(), "contactProperties": {"firstname": "A{}"}}),
        ("customProperties.lines[0].name", {**send(), "customProperties": {"lines": [{"name": "{}"}]}}),
    ],
)
def test_half_a_character_names_its_field(aws: Container, character: str, field: str, body: dict[str, Any]) -> None:
    half = json.loads(json.dumps(body).replace("{}", json.dumps(character)[1:-1]))
    assert wrong_fields(half) == [field]
    assert queued(aws) == []


def test_every_half_character_is_reported_and_printable(aws: Container) -> None:
    body = {"emailId": 7, "message": {"to": "\ud800"}, "customProperties": {"a\udc00": "\ud800", "b": "\ud83d\ude00"}}
    status, problem = answer(single_send.handler, SEND, body)
    assert (status, [error["in"] for error in problem["errors"]]) == (
        400,
        ["message.to", r"customProperties.a\udc00", r"customProperties.a\udc00"],
    )
    assert r"\ud800" in problem["message"]


def test_half_a_character_in_a_test_send_names_its_field(aws: Container) -> None:
    assert wrong_fields({"to": ["a\ud800@example.net"]}, PREVIEW_TEST) == ["to[0]"]


def test_octets_that_are_not_utf8_are_no_json(aws: Container) -> None:
    for octets, field in ((b'{"message": {"to": "\xed\xa0\x80"}}', "message.to"), (b'{"a": "\xff"}', "body")):
        event = {**http("POST", SEND), "body": base64.b64encode(octets).decode(), "isBase64Encoded": True}
        problem = json.loads(call(single_send.handler, event)["body"])
        assert [error["in"] for error in problem["errors"]] == [field]
