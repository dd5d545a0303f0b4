"""The audit log has each change of access and of emails: over HTTP, on the tables in moto."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions import wiring
from functions.core import ids
from functions.core.errors import Conflict, Retry
from functions.ports.events import RawEvent
from functions.steps.contacts.records import ContactRecords
from functions.steps.contacts.statuses import Statuses
from functions.wiring import Container
from tests.support.aws.cloud import worker
from tests.support.examples import NOON_TEXT, a_message
from tests.support.http.api import call

AUDIT, CONTACTS = "/staffetta/v1/audit", "/staffetta/v1/contacts"


@pytest.fixture(scope="module")
def aws() -> Iterator[Container]:
    with worker() as created:
        yield created


def log_of(aws: Container, subject: str) -> list[tuple[str, str, str]]:
    """Returns action, owner and key of each entry, the earliest first."""
    _, page = call("GET", AUDIT)
    entries = [entry for entry in page["results"] if entry["subject"] == subject]
    return [(entry["action"], entry["by"], entry["keyId"]) for entry in reversed(entries)]


def test_the_changes_of_a_key_are_logged(aws: Container) -> None:
    _, created = call("POST", "/staffetta/v1/api-keys", {"name": "shop", "scopes": ["content"]})
    path = f"/staffetta/v1/api-keys/{created['id']}"
    call("PATCH", path, {"name": "till"})
    call("DELETE", path)
    assert log_of(aws, created["id"]) == [
        (action, "ada@example.com", "key-1") for action in ("api_key.made", "api_key.renamed", "api_key.revoked")
    ]
    _, page = call("GET", AUDIT)
    assert created["key"] not in json.dumps(page), "a secret is in no log"
    assert page["results"][-1]["detail"] == {"name": "shop", "owner": "ada@example.com", "scopes": "content"}


def test_the_changes_of_an_email_are_logged(aws: Container) -> None:
    content = {"html": "<p>Hello</p>", "plainTextVersion": "Hello"}
    draft = {"name": "N", "subject": "S", "from": {"fromName": "A", "replyTo": "a@example.com"}, "content": content}
    _, created = call("POST", "/marketing/v3/emails", {**draft, "subcategory": "single_send_api"})
    path = f"/marketing/v3/emails/{created['id']}"
    for act in ("publish", "unpublish"):
        assert call("POST", f"{path}/{act}")[0] == 204
    assert call("DELETE", path)[0] == 204
    actions = [action for action, _, _ in log_of(aws, created["id"])]
    assert actions == ["email.created", "email.published", "email.unpublished", "email.archived"]


def test_a_person_is_logged_by_the_address(aws: Container) -> None:
    """An address may be written with a display name, and its domain in Unicode."""
    written = "Ada <ada.logged@b\u00fccher.example>"
    subject = ids.address_hash("ada.logged@xn--bcher-kva.example")
    _, type_ = call("POST", "/staffetta/v1/subscription-types", {"name": "Logged"})
    preferences = "/communication-preferences"
    for path, body in (
        (f"{preferences}/v3/subscribe", {"emailAddress": written, "subscriptionId": type_["id"]}),
        (f"{preferences}/v4/statuses/batch/unsubscribe-all", {"inputs": [written]}),
        (f"{preferences}/v4/statuses/{written}/unsubscribe-all", None),
    ):
        assert call("POST", path, body, queryStringParameters={"channel": "EMAIL"})[0] == 200, path
    assert call("PUT", f"/email/public/v1/subscriptions/{written}", {"unsubscribeFromAll": True})[0] == 200
    actions = [action for action, _, _ in log_of(aws, subject)]
    assert actions == ["contact.subscribed", *["contact.unsubscribed"] * 3]


BATCH = "/crm/v3/objects/contacts/batch"
V4 = "/communication-preferences/v4/statuses/batch"


def _failing_after(number: int, method: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    calls = itertools.count()

    def called(*arguments: Any) -> Any:
        if next(calls) == number:
            raise error
        return method(*arguments)

    return called


@pytest.mark.parametrize(("error", "status"), [(Conflict("two contacts"), 207), (OSError("the table is away"), 500)])
def test_a_batch_logs_what_it_archived_before_an_error(
    aws: Container, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    emails = [f"{name}-{status}@batch.example.net" for name in ("one", "two")]
    _, created = call("POST", f"{BATCH}/create", {"inputs": [{"properties": {"email": one}} for one in emails]})
    monkeypatch.setattr(ContactRecords, "archive", _failing_after(1, ContactRecords.archive, error))
    answer = call("POST", f"{BATCH}/archive", {"inputs": [{"id": one["id"]} for one in created["results"]]})
    assert answer[0] == status
    logged = [[action for action, _, _ in log_of(aws, ids.address_hash(email))] for email in emails]
    assert logged == [["contact.created", "contact.archived"], ["contact.created"]]


@pytest.mark.parametrize("error", [Retry("contention"), OSError("the table is away")])
def test_a_batch_logs_whom_it_unsubscribed_before_an_error(
    aws: Container, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    emails = [f"{name}-{type(error).__name__}@left.example.net".lower() for name in ("one", "two")]
    monkeypatch.setattr(Statuses, "unsubscribe_all", _failing_after(1, Statuses.unsubscribe_all, error))
    answer = call("POST", f"{V4}/unsubscribe-all", {"inputs": emails}, queryStringParameters={"channel": "EMAIL"})
    assert answer[0] >= 500
    logged = [[action for action, _, _ in log_of(aws, ids.address_hash(email))] for email in emails]
    assert logged == [["contact.unsubscribed"], []]


def test_a_refused_request_is_not_logged(aws: Container) -> None:
    _, before = call("GET", AUDIT)
    assert call("POST", "/staffetta/v1/api-keys", {"name": ""})[0] == 400
    assert call("DELETE", "/staffetta/v1/api-keys/nobody")[0] == 404
    assert call("DELETE", f"{CONTACTS}/nobody")[0] == 400
    assert call("GET", AUDIT)[1] == before


def test_another_scope_neither_reads_the_log_nor_erases(aws: Container) -> None:
    for method, path in (
        ("GET", AUDIT),
        ("GET", f"{CONTACTS}/ada@example.net"),
        ("DELETE", f"{CONTACTS}/ada@example.net"),
    ):
        assert call(method, path, scopes="content transactional-email")[0] == 403


def test_the_log_has_pages(aws: Container) -> None:
    for number in range(3):
        call("POST", "/staffetta/v1/api-keys", {"name": f"page-{number}", "scopes": ["content"]})
    _, first = call("GET", AUDIT, queryStringParameters={"limit": "2"})
    assert [one["detail"]["name"] for one in first["results"]] == ["page-2", "page-1"]
    after = first["paging"]["next"]["after"]
    _, second = call("GET", AUDIT, queryStringParameters={"limit": "1", "after": after})
    assert second["results"][0]["detail"]["name"] == "page-0"
    status, refused = call("GET", AUDIT, queryStringParameters={"limit": "101", "after": "' OR 1"})
    assert (status, {one["in"] for one in refused["errors"]}) == (400, {"limit", "after"})


def test_a_requested_erasure_changes_the_tables(aws: Container) -> None:
    email = "ada@example.net"
    aws.get(wiring.adapters.contacts.contacts).upsert(email, {"firstname": "Ada"}, NOON_TEXT)
    aws.get(wiring.adapters.sending.sends).create([a_message("s-audit", address=email)])
    tags = {"staffetta_send": ["s-audit"], "staffetta_recipient": ["0"]}
    mail = {"timestamp": NOON_TEXT, "messageId": "1", "destination": [email], "tags": tags}
    aws.get(wiring.adapters.events.event_archive).append(
        [RawEvent(json.dumps({"eventType": "Send", "mail": mail, "send": {}}), NOON_TEXT)]
    )
    assert call("GET", f"{CONTACTS}/Ada@example.net")[1]["properties"]["firstname"]["value"] == "Ada"
    assert call("DELETE", f"{CONTACTS}/Ada@example.net")[0] == 202
    (done,) = aws.get(wiring.contacts.erase_contact)(aws.clock() + 60)
    assert (done.messages, done.canceled, done.events) == (1, 1, 1)
    assert call("GET", f"{CONTACTS}/{email}")[0] == 404
    assert list(aws.get(wiring.adapters.events.event_archive).between("2026-11-23T12", "2026-11-23T12")) == []
    assert aws.get(wiring.contacts.erase_contact).requests.all() == []
    assert [action for action, _, _ in log_of(aws, ids.address_hash(email))] == [
        "contact.erasure_asked",
        "contact.erased",
    ]


def test_types_partials_and_consent_are_in_the_log(aws: Container) -> None:
    """A person is named by their hash."""
    types = "/staffetta/v1/subscription-types"
    call("POST", types, {"id": "news", "name": "News", "purpose": "Marketing"})
    call("PATCH", f"{types}/news", {"name": "More news"})
    change = {"emailAddress": "eve@example.net", "subscriptionId": "news"}
    call("POST", "/communication-preferences/v3/subscribe", change)
    call("POST", "/communication-preferences/v3/unsubscribe", change)
    call("PUT", "/staffetta/v1/partials/footer", {"text": "x"})
    call("DELETE", "/staffetta/v1/partials/footer")
    assert [action for action, _, _ in log_of(aws, "news")] == [
        "subscription_type.created",
        "subscription_type.changed",
    ]
    person = ids.address_hash("eve@example.net")
    assert [action for action, _, _ in log_of(aws, person)] == ["contact.subscribed", "contact.unsubscribed"]
    assert [action for action, _, _ in log_of(aws, "footer")] == ["partial.stored", "partial.deleted"]
