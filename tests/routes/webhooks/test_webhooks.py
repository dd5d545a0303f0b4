"""The webhooks' resource, over the function that serves it, on moto."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import api, wiring
from functions.core.sending.send import State
from functions.core.webhooks import webhook, webhook_events
from functions.core.webhooks.webhook import DeliveryAttempt
from functions.routes import openapi
from functions.routes.webhooks.models import Types
from functions.steps.webhooks.manage_webhooks import CHOICES
from functions.wiring import Container
from tests.core.templates.test_rendering import JSON
from tests.support.events import CONTEXT, http
from tests.support.examples import NOON_TEXT, a_message

WEBHOOKS = "/staffetta/v1/webhooks"
URL = "http://127.0.0.1:9/in"


def asked(method: str, path: str = WEBHOOKS, body: Any = None, **more: Any) -> tuple[int, Any]:
    answer = api.handler(http(method, path, body, **more), CONTEXT)
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


def faults(body: Any, path: str = WEBHOOKS, method: str = "POST") -> set[str]:
    status, told = asked(method, path, body)
    assert status == 400, told
    return {fault["in"] for fault in told["errors"]}


def test_a_webhook_is_made_read_changed_and_ended(aws: Container) -> None:
    status, made = asked("POST", body={"url": URL, "eventTypes": ["email.sent", "email.sent"], "active": False})
    assert (status, made["eventTypes"], made["active"]) == (201, ["email.sent"], False)
    assert made.pop("secret").startswith("whsec_")
    path = f"{WEBHOOKS}/{made['id']}"
    assert asked("GET", path) == (200, made)
    assert asked("GET") == (200, {"results": [made]})
    status, changed = asked("PATCH", path, {"active": True, "description": "orders", "eventTypes": ["*"]})
    assert (status, changed["description"], changed["eventTypes"], changed["active"]) == (200, "orders", ["*"], True)
    assert asked("DELETE", path) == (204, None)
    for method, gone in (("GET", path), ("PATCH", path), ("DELETE", path), ("POST", f"{path}/test")):
        assert asked(method, gone, {})[0] == 404


def test_every_fault_is_told(aws: Container) -> None:
    assert faults({}) == {"url"}
    assert faults({"link": URL, "active": "yes"}) == {"url", "link", "active"}
    assert faults({"url": "https://10.0.0.1/", "eventTypes": "*", "description": 7}) == {
        "url",
        "eventTypes",
        "description",
    }
    _, made = asked("POST", body={"url": URL})
    path = f"{WEBHOOKS}/{made['id']}"
    assert faults({"url": "ftp://x"}, path, "PATCH") == {"url"}
    assert faults({"since": "now", "until": 5, "delivered": 1}, f"{path}/replay") == {"since", "until", "delivered"}
    assert faults({"since": "2999-01-01T00:00:00Z"}, f"{path}/replay") == {"since"}
    for limit in ("0", "101", "x", "-1"):
        assert asked("GET", f"{path}/deliveries", queryStringParameters={"limit": limit})[0] == 400
    assert asked("POST", f"{path}/deliveries/nothing/replay")[0] == 404


def test_deliveries_are_walked_page_by_page(aws: Container) -> None:
    _, made = asked("POST", body={"url": URL})
    path = f"{WEBHOOKS}/{made['id']}/deliveries"
    for number in range(5):
        (event,) = webhook_events.new_events(None, a_message(f"s-{number}", state=State.SENT, settled_at=NOON_TEXT))
        aws.get(wiring.adapters.webhook_deliveries).save(
            webhook.attempted(webhook.first(made["id"], event), DeliveryAttempt(NOON_TEXT, 0, 9, "x"), 5)
        )
    found, after = list[str](), ""
    for _ in range(3):
        status, page = asked(
            "GET", path, queryStringParameters={"limit": "2", "after": after} if after else {"limit": "2"}
        )
        assert status == 200
        found += [one["id"] for one in page["results"]]
        after = page.get("paging", {}).get("next", {}).get("after", "")
    assert (len(found), found, after) == (5, sorted(found, reverse=True), "")
    assert page["results"][0]["attempts"] == [{"at": NOON_TEXT, "milliseconds": 9, "error": "x"}]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, st.sampled_from(["url", "eventTypes", "description", "active"]))
def test_whatever_the_body_is_the_answer_is_a_refusal(aws: Container, value: Any, name: str) -> None:
    """Never a fault of ours: no text that is drawn is a URL that may be posted to."""
    for body in (value, {name: value}, {"url": "nowhere", name: value}):
        assert asked("POST", body=json.dumps(body))[0] == 400


def test_the_documented_types_are_those_that_can_be_chosen() -> None:
    listed, _ = get_args(Types)
    (chosen,) = get_args(listed)
    assert set(get_args(chosen)) == set(CHOICES)


def test_the_document_tells_what_a_receiver_gets() -> None:
    assert set(openapi.document()["webhooks"]) == {*CHOICES[1:], "webhook.test"}


@pytest.mark.parametrize("scopes", ["content", "transactional-email marketing-email"])
def test_webhooks_are_the_accounts(aws: Container, scopes: str) -> None:
    assert asked("GET", scopes=scopes)[0] == 403
