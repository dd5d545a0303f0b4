"""API keys over HTTP: the function that serves them, on the tokens table in moto."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given

from functions import wiring
from functions.core.access.scopes import SCOPES
from functions.routes.access.models import ApiKeyCreateRequest, Scope
from functions.routes.http.models.reader import body_of
from functions.wiring import Container
from tests.support.http.api import call, errors_of, request
from tests.support.strategies import JSON

KEYS = "/staffetta/v1/api-keys"


def scopes_of(secret: str) -> tuple[str, ...] | None:
    check = wiring.get(wiring.access.check_key)(f"Bearer {secret}", exempt=False)
    return check.caller.scopes if check else None


def test_a_key_is_shown_once_works_and_is_revoked(aws: Container) -> None:
    status, created = call("POST", KEYS, body={"name": " shop ", "scopes": ["content", "content", "account"]})
    assert status == 201
    secret = created.pop("key")
    assert (created["name"], created["owner"], created["scopes"]) == ("shop", "ada@example.com", ["content", "account"])
    assert secret.startswith(created["prefix"])
    assert scopes_of(secret) == ("content", "account")

    status, listed = call("GET", KEYS)
    assert (status, secret in json.dumps(listed)) == (200, False)
    (entry,) = listed["results"]
    assert entry.pop("lastUsedAt") >= created["createdAt"][:13]
    assert entry == created

    assert call("PATCH", f"{KEYS}/{created['id']}", {"name": "new"}) == (200, {**created, "name": "new", **used(aws)})
    assert call("DELETE", f"{KEYS}/{created['id']}") == call("DELETE", f"{KEYS}/{created['id']}") == (204, None)
    wiring.container.cache_clear()  # another worker, with an empty cache
    assert scopes_of(secret) is None
    (entry,) = call("GET", KEYS)[1]["results"]
    assert entry["revokedAt"] >= created["createdAt"]


def used(aws: Container) -> dict[str, str]:
    (key,) = aws.get(wiring.adapters.access.api_keys).all()
    return {"lastUsedAt": key.last_used_at or ""}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"name", "scopes"}),
        ({"name": "", "scopes": []}, {"name", "scopes"}),
        ({"name": 5, "scopes": ["root"]}, {"name", "scopes[0]"}),
        ({"name": "x", "scopes": [{}]}, {"scopes[0]"}),
        ({"name": "x", "scopes": ["content"], "owner": "nobody"}, {"owner"}),
        ({"name": "x", "scopes": ["content"], "owner": {"a": 1}}, {"owner"}),
    ],
)
def test_a_bad_request_reports_every_error_and_creates_no_key(aws: Container, body: Any, wrong: set[str]) -> None:
    status, problem = call("POST", KEYS, body=body)
    assert (status, {error["in"] for error in problem["errors"]}) == (400, wrong)
    assert call("GET", KEYS)[1] == {"results": []}


@given(JSON, JSON, JSON)
def test_any_json_is_read_or_rejected(name: Any, scopes: Any, owner: Any) -> None:
    body = {"name": name, "scopes": scopes, "owner": owner}
    if not errors_of(lambda: body_of(request(body), ApiKeyCreateRequest)):
        read = body_of(request(body), ApiKeyCreateRequest)
        assert read.name.strip()
        assert set(read.scopes) <= set(SCOPES)
        assert read.owner is None or "@" in read.owner


def test_the_documented_scopes_are_the_routes_scopes() -> None:
    assert get_args(Scope) == SCOPES


def test_an_unknown_key_is_404(aws: Container) -> None:
    for answer in (call("PATCH", f"{KEYS}/nobody", {"name": "x"}), call("DELETE", f"{KEYS}/nobody")):
        assert (answer[0], answer[1]["category"]) == (404, "OBJECT_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path"), [("POST", KEYS), ("GET", KEYS), ("PATCH", f"{KEYS}/x"), ("DELETE", f"{KEYS}/x")]
)
def test_only_the_account_scope_opens_it(aws: Container, method: str, path: str) -> None:
    """A key that can create keys has every scope."""
    scopes = "transactional-email marketing-email content"
    assert call(method, path, {"name": "x", "scopes": ["account"]}, scopes=scopes)[0] == 403
    assert call("GET", KEYS, scopes="account") == (200, {"results": []})
