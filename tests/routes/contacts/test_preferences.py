"""Subscription types and preferences, over the function that serves them, on the contacts table in moto."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from functions import api, wiring
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.contacts.subscription import field_errors
from functions.core.errors import FieldError
from functions.routes.contacts import preferences
from functions.wiring import Container
from tests.core.templates.test_rendering import JSON
from tests.support.events import CONTEXT, http

TYPES = "/staffetta/v1/subscription-types"
HUBSPOT = "/communication-preferences/v3"
ADA = "ada@example.net"


def asked(method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
    answer = api.handler(http(method, path, body, **more), CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def choose(verb: str, subscription: str = "news", **more: Any) -> tuple[int, Any]:
    return asked(
        "POST", f"{HUBSPOT}/{verb}", {"emailAddress": "Ada@Example.net", "subscriptionId": subscription, **more}
    )


def statuses(email: str = ADA) -> dict[str, tuple[str, str]]:
    told = asked("GET", f"{HUBSPOT}/status/email/{email}")[1]
    return {one["id"]: (one["status"], one["sourceOfStatus"]) for one in told["subscriptionStatuses"]}


def test_a_type_is_made_listed_changed_and_ended(aws: Container) -> None:
    status, made = asked("POST", TYPES, {"name": "News", "purpose": "Marketing"})
    assert (status, made["name"], made["isActive"], made["isDefault"]) == (201, "News", True, False)
    assert made["id"].isdecimal()
    assert asked("POST", TYPES, {"name": "Offers", "id": "offers"})[1]["id"] == "offers"
    changed = asked("PATCH", f"{TYPES}/offers", {"active": False, "name": None})[1]
    assert (changed["isActive"], changed["name"]) == (False, "Offers")
    listed = asked("GET", TYPES)[1]["results"]
    assert [one["id"] for one in listed] == ["TRANSACTIONAL", made["id"], "offers"]
    assert asked("GET", f"{HUBSPOT}/definitions")[1] == {"subscriptionDefinitions": listed}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", TYPES, {}, 400, "name"),
        ("POST", TYPES, {"name": " "}, 400, "name"),
        ("POST", TYPES, {"name": "x", "id": "a b"}, 400, "id"),
        ("POST", TYPES, {"name": "x", "active": "yes"}, 400, "active"),
        ("POST", TYPES, {"name": "x", "description": "x" * 501}, 400, "description"),
        ("POST", TYPES, {"name": "x", "id": "TRANSACTIONAL"}, 409, "already"),
        ("PATCH", f"{TYPES}/TRANSACTIONAL", {"active": False}, 409, "built in"),
        ("PATCH", f"{TYPES}/none", {"active": False}, 404, "there are TRANSACTIONAL"),
    ],
)
def test_a_bad_type_is_told(aws: Container, method: str, path: str, body: Any, status: int, said: str) -> None:
    answer = asked(method, path, body)
    assert answer[0] == status
    assert said in answer[1]["message"]
    assert aws.get(wiring.adapters.subscription_types).all() == []


def test_there_is_room_for_so_many_types_only(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.steps.contacts.subscriptions.TYPES_MAX", 2)
    assert [asked("POST", TYPES, {"name": "x"})[0] for _ in range(3)] == [201, 201, 409]


def test_a_contact_subscribes_and_unsubscribes(aws: Container) -> None:
    asked("POST", TYPES, {"name": "News", "id": "news"})
    assert statuses() == {
        "TRANSACTIONAL": ("SUBSCRIBED", "SUBSCRIPTION_STATUS"),
        "news": ("NOT_SUBSCRIBED", "SUBSCRIPTION_STATUS"),
    }
    status, told = choose("subscribe", legalBasis="CONSENT_WITH_NOTICE", legalBasisExplanation="at the till")
    assert (status, told["status"], told["legalBasis"], told["legalBasisExplanation"]) == (
        200,
        "SUBSCRIBED",
        "CONSENT_WITH_NOTICE",
        "at the till",
    )
    assert statuses()["news"][0] == "SUBSCRIBED"
    assert choose("unsubscribe")[1]["status"] == "NOT_SUBSCRIBED"
    contact = aws.get(wiring.adapters.contacts).get(ADA)
    assert contact
    assert (contact.decisions["news"].source, contact.unsubscribed("news")) == ("ada@example.com", True)


def test_who_left_by_themselves_is_not_brought_back(aws: Container) -> None:
    """As HubSpot says of its own endpoint."""
    asked("POST", TYPES, {"name": "News", "id": "news"})
    choose("unsubscribe")
    status, told = choose("subscribe")
    assert (status, told["errors"][0]["code"]) == (400, "UNSUBSCRIBED")
    assert statuses()["news"][0] == "NOT_SUBSCRIBED"


@pytest.mark.parametrize("how", ["complained", "left"])
def test_who_wants_nothing_is_shown_so(aws: Container, how: str) -> None:
    asked("POST", TYPES, {"name": "News", "id": "news"})
    choose("subscribe")
    at = "2027-01-01T00:00:00.000Z"
    if how == "complained":
        aws.get(wiring.adapters.contacts).mark_complained(ADA, at)
    else:
        aws.get(wiring.adapters.contacts).set_subscription(
            ADA, EVERYTHING, Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=at, source="x")
        )
    assert statuses() == {
        "TRANSACTIONAL": ("SUBSCRIBED", "SUBSCRIPTION_STATUS"),
        "news": ("NOT_SUBSCRIBED", "PORTAL_WIDE_STATUS"),
    }


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"emailAddress", "subscriptionId"}),
        (
            {"emailAddress": 5, "subscriptionId": True, "legalBasis": "WHIM"},
            {"emailAddress", "subscriptionId", "legalBasis"},
        ),
        (
            {"emailAddress": ADA, "subscriptionId": "news", "legalBasisExplanation": "x" * 1001},
            {"legalBasisExplanation"},
        ),
        ({"emailAddress": ADA, "subscriptionId": "none"}, {"subscriptionId"}),
        ({"emailAddress": ADA, "subscriptionId": "TRANSACTIONAL"}, {"subscriptionId"}),
    ],
)
def test_a_bad_choice_names_every_fault(aws: Container, body: Any, wrong: set[str]) -> None:
    for verb in ("subscribe", "unsubscribe"):
        status, problem = asked("POST", f"{HUBSPOT}/{verb}", body)
        assert (status, {error["in"] for error in problem["errors"]}) == (400, wrong)
    assert asked("GET", f"{HUBSPOT}/status/email/nobody")[0] == 400
    assert aws.get(wiring.adapters.contacts).get(ADA) is None


@given(JSON, JSON, JSON)
def test_any_json_is_read_or_told(name: Any, type_id: Any, active: Any) -> None:
    told = list(field_errors({"name": name, "id": type_id, "active": active}))
    assert told or (name.strip() and type_id.isascii() and isinstance(active, bool))
    wrong: list[FieldError] = []
    assert ("@" in preferences._email(name, wrong)) is not bool(wrong)


@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [
        ("content", f"{HUBSPOT}/definitions", 200),
        ("content", f"{HUBSPOT}/status/email/{ADA}", 403),
        ("transactional-email", f"{HUBSPOT}/status/email/{ADA}", 200),
        ("transactional-email", TYPES, 403),
    ],
)
def test_scopes(aws: Container, scopes: str, path: str, status: int) -> None:
    assert asked("GET", path, scopes=scopes)[0] == status
