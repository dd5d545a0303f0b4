"""Subscription types and preferences over HTTP, on the contacts table in moto."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from functions import wiring
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.contacts.subscriptions.subscription import field_errors
from functions.routes.contacts.models import (
    PublicUpdateSubscriptionStatusRequest,
    SubscriptionTypeCreateRequest,
)
from functions.routes.http.models.reader import body_of
from functions.wiring import Container
from tests.support.http.api import call, errors_of, request
from tests.support.strategies import JSON

TYPES = "/staffetta/v1/subscription-types"
HUBSPOT = "/communication-preferences/v3"
ADA = "ada@example.net"


def change(verb: str, subscription: str = "news", **more: Any) -> tuple[int, Any]:
    return call(
        "POST", f"{HUBSPOT}/{verb}", {"emailAddress": "Ada@Example.net", "subscriptionId": subscription, **more}
    )


def statuses(email: str = ADA) -> dict[str, tuple[str, str]]:
    listed = call("GET", f"{HUBSPOT}/status/email/{email}")[1]["subscriptionStatuses"]
    return {status["id"]: (status["status"], status["sourceOfStatus"]) for status in listed}


def test_a_type_is_created_listed_and_changed(aws: Container) -> None:
    status, created = call("POST", TYPES, {"name": "News", "purpose": "Marketing"})
    assert (status, created["name"], created["isActive"], created["isDefault"]) == (201, "News", True, False)
    assert created["id"].isdecimal()
    assert call("POST", TYPES, {"name": "Offers", "id": "offers"})[1]["id"] == "offers"
    changed = call("PATCH", f"{TYPES}/offers", {"active": False, "name": None})[1]
    assert (changed["isActive"], changed["name"]) == (False, "Offers")
    listed = call("GET", TYPES)[1]["results"]
    assert [one["id"] for one in listed] == ["TRANSACTIONAL", created["id"], "offers"]
    assert call("GET", f"{HUBSPOT}/definitions")[1] == {"subscriptionDefinitions": listed}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", TYPES, {}, 400, "name"),
        ("POST", TYPES, {"name": " "}, 400, "name"),
        ("POST", TYPES, {"name": "x", "id": "a b"}, 400, "id"),
        ("POST", TYPES, {"name": "x", "active": "yes"}, 400, "active"),
        ("POST", TYPES, {"name": "x", "description": "x" * 501}, 400, "description"),
        ("POST", TYPES, {"name": "x", "id": "TRANSACTIONAL"}, 409, "already"),
        ("PATCH", f"{TYPES}/TRANSACTIONAL", {"active": False}, 409, "built in"),
        ("PATCH", f"{TYPES}/none", {"active": False}, 404, "none exists yet: create one first"),
    ],
)
def test_a_bad_type_is_refused(aws: Container, method: str, path: str, body: Any, status: int, message: str) -> None:
    answer = call(method, path, body)
    assert answer[0] == status
    assert message in answer[1]["message"]
    assert aws.get(wiring.adapters.contacts.subscription_types).all() == []


def test_the_number_of_types_is_limited(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.steps.contacts.subscriptions.TYPES_MAX", 2)
    assert [call("POST", TYPES, {"name": "x"})[0] for _ in range(3)] == [201, 201, 409]


def test_a_contact_subscribes_and_unsubscribes(aws: Container) -> None:
    call("POST", TYPES, {"name": "News", "id": "news"})
    assert statuses() == {
        "TRANSACTIONAL": ("SUBSCRIBED", "SUBSCRIPTION_STATUS"),
        "news": ("NOT_SUBSCRIBED", "SUBSCRIPTION_STATUS"),
    }
    status, answer = change("subscribe", legalBasis="CONSENT_WITH_NOTICE", legalBasisExplanation="at the till")
    assert (status, answer["status"], answer["legalBasis"], answer["legalBasisExplanation"]) == (
        200,
        "SUBSCRIBED",
        "CONSENT_WITH_NOTICE",
        "at the till",
    )
    assert statuses()["news"][0] == "SUBSCRIBED"
    assert change("unsubscribe")[1]["status"] == "NOT_SUBSCRIBED"
    contact = aws.get(wiring.adapters.contacts.contacts).get(ADA)
    assert contact
    assert (contact.decisions["news"].source, contact.unsubscribed("news")) == ("ada@example.com", True)


def test_the_api_does_not_resubscribe_an_unsubscribed_person(aws: Container) -> None:
    """HubSpot documents the same."""
    call("POST", TYPES, {"name": "News", "id": "news"})
    change("unsubscribe")
    status, answer = change("subscribe")
    assert (status, answer["errors"][0]["code"]) == (400, "UNSUBSCRIBED")
    assert statuses()["news"][0] == "NOT_SUBSCRIBED"


@pytest.mark.parametrize("how", ["complained", "left"])
def test_an_opt_out_of_all_mail_shows_for_each_type(aws: Container, how: str) -> None:
    call("POST", TYPES, {"name": "News", "id": "news"})
    change("subscribe")
    at = "2027-01-01T00:00:00.000Z"
    if how == "complained":
        aws.get(wiring.adapters.contacts.contacts).mark_complained(ADA, at)
    else:
        aws.get(wiring.adapters.contacts.contacts).set_subscription(
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
def test_a_bad_change_reports_every_error(aws: Container, body: Any, wrong: set[str]) -> None:
    for verb in ("subscribe", "unsubscribe"):
        status, problem = call("POST", f"{HUBSPOT}/{verb}", body)
        assert (status, {error["in"] for error in problem["errors"]}) == (400, wrong)
    assert call("GET", f"{HUBSPOT}/status/email/nobody")[0] == 400
    assert aws.get(wiring.adapters.contacts.contacts).get(ADA) is None


@given(JSON, JSON, JSON)
def test_any_json_is_read_or_rejected(name: Any, type_id: Any, active: Any) -> None:
    body = {"name": name, "id": type_id, "active": active}
    if not errors_of(lambda: body_of(request(body), SubscriptionTypeCreateRequest)):
        assert not list(field_errors({field: value for field, value in body.items() if value is not None}))
    change = {"emailAddress": name, "subscriptionId": type_id, "legalBasis": active}
    if not errors_of(lambda: body_of(request(change), PublicUpdateSubscriptionStatusRequest)):
        assert "@" in name


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
    assert call("GET", path, scopes=scopes)[0] == status
