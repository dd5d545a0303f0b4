"""Whatever changes who may do what, or what is sent, is in the audit log: over the functions, on the tables in moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions import api, wiring
from functions.core import ids
from functions.ports.events import RawEvent
from functions.wiring import Container
from tests.support.cloud import worker
from tests.support.events import CONTEXT, http
from tests.support.examples import NOON_TEXT, a_message

AUDIT, CONTACTS = "/staffetta/v1/audit", "/staffetta/v1/contacts"


@pytest.fixture(scope="module")
def aws() -> Iterator[Container]:
    with worker() as made:
        yield made


def asked(method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
    answer = api.handler(http(method, path, body, **more), CONTEXT)
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


def told(aws: Container, subject: str) -> list[tuple[str, str, str]]:
    """The earliest first."""
    _, page = asked("GET", AUDIT)
    found = [one for one in page["results"] if one["subject"] == subject]
    return [(one["action"], one["by"], one["keyId"]) for one in reversed(found)]


def test_a_keys_life_is_told(aws: Container) -> None:
    _, made = asked("POST", "/staffetta/v1/api-keys", {"name": "shop", "scopes": ["content"]})
    path = f"/staffetta/v1/api-keys/{made['id']}"
    asked("PATCH", path, {"name": "till"})
    asked("DELETE", path)
    assert told(aws, made["id"]) == [
        (action, "ada@example.com", "key-1") for action in ("api_key.made", "api_key.renamed", "api_key.revoked")
    ]
    _, page = asked("GET", AUDIT)
    assert made["key"] not in json.dumps(page), "a secret is in no log"
    assert page["results"][-1]["detail"] == {"name": "shop", "owner": "ada@example.com", "scopes": "content"}


def test_what_an_email_sends_is_told(aws: Container) -> None:
    content = {"html": "<p>Hello</p>", "plainTextVersion": "Hello"}
    draft = {"name": "N", "subject": "S", "from": {"fromName": "A", "replyTo": "a@example.com"}, "content": content}
    _, made = asked("POST", "/marketing/v3/emails", {**draft, "subcategory": "single_send_api"})
    path = f"/marketing/v3/emails/{made['id']}"
    for act in ("publish", "unpublish"):
        assert asked("POST", f"{path}/{act}")[0] == 204
    assert asked("DELETE", path)[0] == 204
    actions = [action for action, _, _ in told(aws, made["id"])]
    assert actions == ["email.published", "email.unpublished", "email.archived"]


def test_what_was_refused_is_no_act(aws: Container) -> None:
    _, before = asked("GET", AUDIT)
    assert asked("POST", "/staffetta/v1/api-keys", {"name": ""})[0] == 400
    assert asked("DELETE", "/staffetta/v1/api-keys/nobody")[0] == 404
    assert asked("DELETE", f"{CONTACTS}/nobody")[0] == 400
    assert asked("GET", AUDIT)[1] == before


def test_another_scope_reads_no_log_and_erases_nobody(aws: Container) -> None:
    for method, path in (
        ("GET", AUDIT),
        ("GET", f"{CONTACTS}/ada@example.net"),
        ("DELETE", f"{CONTACTS}/ada@example.net"),
    ):
        assert asked(method, path, scopes="content transactional-email")[0] == 403


def test_the_log_has_pages(aws: Container) -> None:
    for number in range(3):
        asked("POST", "/staffetta/v1/api-keys", {"name": f"page-{number}", "scopes": ["content"]})
    _, first = asked("GET", AUDIT, queryStringParameters={"limit": "2"})
    assert [one["detail"]["name"] for one in first["results"]] == ["page-2", "page-1"]
    after = first["paging"]["next"]["after"]
    _, second = asked("GET", AUDIT, queryStringParameters={"limit": "1", "after": after})
    assert second["results"][0]["detail"]["name"] == "page-0"
    status, refused = asked("GET", AUDIT, queryStringParameters={"limit": "101", "after": "' OR 1"})
    assert (status, {one["in"] for one in refused["errors"]}) == (400, {"limit", "after"})


def test_an_erasure_that_is_asked_for_is_done_on_the_tables(aws: Container) -> None:
    email = "ada@example.net"
    aws.get(wiring.adapters.contacts).upsert(email, {"firstname": "Ada"}, NOON_TEXT)
    aws.get(wiring.adapters.sends).create([a_message("s-audit", address=email)])
    tags = {"staffetta_send": ["s-audit"], "staffetta_recipient": ["0"]}
    mail = {"timestamp": NOON_TEXT, "messageId": "1", "destination": [email], "tags": tags}
    aws.get(wiring.adapters.event_archive).append(
        [RawEvent(json.dumps({"eventType": "Send", "mail": mail, "send": {}}), NOON_TEXT)]
    )
    assert asked("GET", f"{CONTACTS}/Ada@example.net")[1]["properties"]["firstname"]["value"] == "Ada"
    assert asked("DELETE", f"{CONTACTS}/Ada@example.net")[0] == 202
    (done,) = aws.get(wiring.contacts.erase_contact)(aws.clock() + 60)
    assert (done.messages, done.canceled, done.events) == (1, 1, 1)
    assert asked("GET", f"{CONTACTS}/{email}")[0] == 404
    assert list(aws.get(wiring.adapters.event_archive).between("2026-11-23T12", "2026-11-23T12")) == []
    assert aws.get(wiring.contacts.erase_contact).requests.all() == []
    assert [action for action, _, _ in told(aws, ids.address_hash(email))] == [
        "contact.erasure_asked",
        "contact.erased",
    ]
