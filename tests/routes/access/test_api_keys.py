"""The API-key resource, over the function that serves it, on the tokens table in moto."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from functions import api, authorizer, wiring
from functions.core.errors import FieldError
from functions.routes.access import api_keys
from functions.routes.http.route import SCOPES
from functions.wiring import Container
from tests.core.templates.test_rendering import JSON
from tests.support.events import CONTEXT, http

KEYS = "/staffetta/v1/api-keys"


def asked(method: str, path: str = KEYS, body: Any = None, **more: Any) -> tuple[int, Any]:
    answer = api.handler(http(method, path, body, **more), CONTEXT)
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


def who(secret: str) -> dict[str, Any]:
    context: dict[str, Any] = authorizer.handler({"headers": {"authorization": f"Bearer {secret}"}}, CONTEXT)["context"]
    return context


def test_a_key_is_shown_once_works_and_ends(aws: Container) -> None:
    status, made = asked("POST", body={"name": " shop ", "scopes": ["content", "content", "account"]})
    assert status == 201
    secret = made.pop("key")
    assert (made["name"], made["owner"], made["scopes"]) == ("shop", "ada@example.com", ["content", "account"])
    assert secret.startswith(made["prefix"])
    assert who(secret)["scopes"] == "content account"

    status, listed = asked("GET")
    assert (status, secret in json.dumps(listed)) == (200, False)
    (entry,) = listed["results"]
    assert entry.pop("lastUsedAt") >= made["createdAt"][:13]
    assert entry == made

    assert asked("PATCH", f"{KEYS}/{made['id']}", {"name": "new"}) == (200, {**made, "name": "new", **used(aws)})
    assert asked("DELETE", f"{KEYS}/{made['id']}") == asked("DELETE", f"{KEYS}/{made['id']}") == (204, None)
    wiring.container.cache_clear()  # another worker, which remembers nothing
    assert who(secret) == {}
    (entry,) = asked("GET")[1]["results"]
    assert entry["revokedAt"] >= made["createdAt"]


def used(aws: Container) -> dict[str, str]:
    (key,) = aws.get(wiring.adapters.api_keys).all()
    return {"lastUsedAt": key.last_used_at or ""}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"name", "scopes"}),
        ({"name": "", "scopes": []}, {"name", "scopes"}),
        ({"name": 5, "scopes": ["root"]}, {"name", "scopes"}),
        ({"name": "x", "scopes": [{}]}, {"scopes"}),
        ({"name": "x", "scopes": ["content"], "owner": "nobody"}, {"owner"}),
        ({"name": "x", "scopes": ["content"], "owner": {"a": 1}}, {"owner"}),
    ],
)
def test_a_bad_request_names_every_fault_and_makes_no_key(aws: Container, body: Any, wrong: set[str]) -> None:
    status, problem = asked("POST", body=body)
    assert (status, {error["in"] for error in problem["errors"]}) == (400, wrong)
    assert asked("GET")[1] == {"results": []}


@given(JSON, JSON, JSON)
def test_any_json_is_read_or_told(name: Any, scopes: Any, owner: Any) -> None:
    faults: list[FieldError] = []
    read = (api_keys._name({"name": name}, faults), api_keys._scopes(scopes, faults))
    shown = api_keys._owner(owner, "ada@example.com", faults)
    assert faults or (all(read) and "@" in shown and f"{read}{shown}".encode())
    assert all(scope in SCOPES for scope in read[1])


def test_an_unknown_key_is_404(aws: Container) -> None:
    for answer in (asked("PATCH", f"{KEYS}/nobody", {"name": "x"}), asked("DELETE", f"{KEYS}/nobody")):
        assert (answer[0], answer[1]["category"]) == (404, "OBJECT_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path"), [("POST", KEYS), ("GET", KEYS), ("PATCH", f"{KEYS}/x"), ("DELETE", f"{KEYS}/x")]
)
def test_only_the_account_scope_opens_it(aws: Container, method: str, path: str) -> None:
    """Whoever could make keys with another scope would have every scope."""
    scopes = "transactional-email marketing-email content"
    assert asked(method, path, {"name": "x", "scopes": ["account"]}, scopes=scopes)[0] == 403
    assert asked("GET", scopes="account") == (200, {"results": []})
