"""Webhooks over HTTP, on moto."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import wiring
from functions.core.sending.send import State
from functions.core.webhooks import webhook, webhook_events
from functions.core.webhooks.webhook import DeliveryAttempt
from functions.routes import openapi
from functions.routes.webhooks.models import Types
from functions.steps.webhooks.manage_webhooks import CHOICES
from functions.wiring import Container
from tests.support.examples import NOON_TEXT, a_message
from tests.support.http.api import call
from tests.support.strategies import JSON

WEBHOOKS = "/staffetta/v1/webhooks"
URL = "http://127.0.0.1:9/in"


def errors(body: Any, path: str = WEBHOOKS, method: str = "POST") -> set[str]:
    status, problem = call(method, path, body)
    assert status == 400, problem
    return {error["in"] for error in problem["errors"]}


def test_a_webhook_is_created_read_changed_and_deleted(aws: Container) -> None:
    status, created = call(
        "POST", WEBHOOKS, body={"url": URL, "eventTypes": ["email.sent", "email.sent"], "active": False}
    )
    assert (status, created["eventTypes"], created["active"]) == (201, ["email.sent"], False)
    assert created.pop("secret").startswith("whsec_")
    path = f"{WEBHOOKS}/{created['id']}"
    assert call("GET", path) == (200, created)
    assert call("GET", WEBHOOKS) == (200, {"results": [created]})
    status, changed = call("PATCH", path, {"active": True, "description": "orders", "eventTypes": ["*"]})
    assert (status, changed["description"], changed["eventTypes"], changed["active"]) == (200, "orders", ["*"], True)
    assert call("DELETE", path) == (204, None)
    for method, gone in (("GET", path), ("PATCH", path), ("DELETE", path), ("POST", f"{path}/test")):
        assert call(method, gone, {})[0] == 404


def test_every_error_is_reported(aws: Container) -> None:
    assert errors({}) == {"url"}
    assert errors({"link": URL, "active": "yes"}) == {"url", "link", "active"}
    assert errors({"url": "https://10.0.0.1/", "eventTypes": "*", "description": 7}) == {
        "url",
        "eventTypes",
        "description",
    }
    _, created = call("POST", WEBHOOKS, body={"url": URL})
    path = f"{WEBHOOKS}/{created['id']}"
    assert errors({"url": "ftp://x"}, path, "PATCH") == {"url"}
    assert errors({"since": "now", "until": 5, "delivered": 1}, f"{path}/replay") == {"since", "until", "delivered"}
    assert errors({"since": "2999-01-01T00:00:00Z"}, f"{path}/replay") == {"since"}
    for limit in ("0", "101", "x", "-1"):
        assert call("GET", f"{path}/deliveries", queryStringParameters={"limit": limit})[0] == 400
    assert call("POST", f"{path}/deliveries/nothing/replay")[0] == 404


def test_deliveries_have_pages(aws: Container) -> None:
    _, created = call("POST", WEBHOOKS, body={"url": URL})
    path = f"{WEBHOOKS}/{created['id']}/deliveries"
    for number in range(5):
        (event,) = webhook_events.new_events(None, a_message(f"s-{number}", state=State.SENT, settled_at=NOON_TEXT))
        aws.get(wiring.adapters.webhooks.webhook_deliveries).save(
            webhook.attempted(webhook.first(created["id"], event), DeliveryAttempt(NOON_TEXT, 0, 9, "x"), 5)
        )
    ids, after = list[str](), ""
    for _ in range(3):
        status, page = call(
            "GET", path, queryStringParameters={"limit": "2", "after": after} if after else {"limit": "2"}
        )
        assert status == 200
        ids += [one["id"] for one in page["results"]]
        after = page.get("paging", {}).get("next", {}).get("after", "")
    assert (len(ids), ids, after) == (5, sorted(ids, reverse=True), "")
    assert page["results"][0]["attempts"] == [{"at": NOON_TEXT, "milliseconds": 9, "error": "x"}]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, st.sampled_from(["url", "eventTypes", "description", "active"]))
def test_any_bad_body_is_refused(aws: Container, value: Any, name: str) -> None:
    """Never a 500: no drawn text is an allowed URL."""
    for body in (value, {name: value}, {"url": "nowhere", name: value}):
        assert call("POST", WEBHOOKS, body=json.dumps(body))[0] == 400


def test_the_documented_types_are_the_accepted_ones() -> None:
    listed, _ = get_args(Types)
    (chosen,) = get_args(listed)
    assert set(get_args(chosen)) == set(CHOICES)


def test_the_document_describes_each_event() -> None:
    assert set(openapi.document()["webhooks"]) == {*CHOICES[1:], "webhook.test", "automation.step"}


@pytest.mark.parametrize("scopes", ["content", "transactional-email marketing-email"])
def test_webhooks_need_the_account_scope(aws: Container, scopes: str) -> None:
    assert call("GET", WEBHOOKS, scopes=scopes)[0] == 403
