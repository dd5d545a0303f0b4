"""Subscriptions over HubSpot's v1 API: types, an address's status, opting out, and the timeline of changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions import wiring
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import MessageKey, State
from functions.core.statistics.counter_updates import Change
from functions.steps.statistics.measure import measure
from functions.wiring import Container
from tests.support.examples import NOON_TEXT, a_message
from tests.support.http import api as http_api
from tests.support.http import contract

V1, V3, TYPES = "/email/public/v1/subscriptions", "/communication-preferences/v3", "/staffetta/v1/subscription-types"
ADA = "ada@example.net"


def call(method: str, path: str, body: Any = None, **event: Any) -> tuple[int, Any]:
    status, answer = http_api.call(method, path, body, **event)
    contract.check(method, path, status, json.dumps(answer))
    return status, answer


@pytest.fixture
def numbers(aws: Container) -> dict[str, int]:
    """Two types by their names: News and Offers."""
    for name in ("News", "Offers"):
        http_api.call("POST", TYPES, {"name": name, "id": name.lower()})
    return {type_["name"]: type_["id"] for type_ in call("GET", V1)[1]["subscriptionDefinitions"]}


def put(body: Any) -> tuple[int, Any]:
    return call("PUT", f"{V1}/Ada@Example.net", body)


def status() -> Any:
    return call("GET", f"{V1}/{ADA}")[1]


def test_types_have_numbers_and_the_stages_portal(aws: Container, numbers: dict[str, int]) -> None:
    types = call("GET", V1)[1]["subscriptionDefinitions"]
    assert [type_["name"] for type_ in types] == ["Transactional", "News", "Offers"]
    assert {type_["portalId"] for type_ in types} == {aws.settings.portal_id}
    assert all(isinstance(type_["id"], int) and type_["active"] is True for type_ in types)


def test_an_unknown_address_is_subscribed(aws: Container) -> None:
    assert status() == {
        "email": ADA,
        "portalId": aws.settings.portal_id,
        "subscribed": True,
        "unsubscribeFromPortal": False,
        "markedAsSpam": False,
        "bounced": False,
        "status": "subscribed",
        "subscriptionStatuses": [],
    }


@pytest.mark.parametrize("reference", ["number", "text", "id"])
@pytest.mark.parametrize("decision", [{"subscribed": False}, {"optState": "OPT_OUT"}])
def test_an_address_opts_out_of_a_type(numbers: dict[str, int], reference: str, decision: dict[str, Any]) -> None:
    named = {"number": numbers["News"], "text": str(numbers["News"]), "id": "news"}[reference]
    assert put({"subscriptionStatuses": [{"id": named, **decision}]}) == (200, {"status": "ok"})
    (news,) = status()["subscriptionStatuses"]
    assert (news["id"], news["subscribed"], news["optState"]) == (numbers["News"], False, "OPT_OUT")
    assert status()["status"] == "subscribed"
    listed = http_api.call("GET", f"{V3}/status/email/{ADA}")[1]["subscriptionStatuses"]
    assert {one["id"]: one["status"] for one in listed}["news"] == "NOT_SUBSCRIBED"


def test_an_address_opts_in_with_a_legal_basis(numbers: dict[str, int]) -> None:
    basis = {"legalBasis": "CONSENT_WITH_NOTICE", "legalBasisExplanation": "asked at the till"}
    assert put({"subscriptionStatuses": [{"id": numbers["News"], "subscribed": True, **basis}]})[0] == 200
    (news,) = status()["subscriptionStatuses"]
    assert (news["subscribed"], news["optState"]) == (True, "OPT_IN")
    assert basis.items() <= news.items()


def test_an_address_leaves_all_mail_for_good(aws: Container, numbers: dict[str, int]) -> None:
    assert put({"unsubscribeFromAll": True}) == (200, {"status": "ok"})
    left = status()
    assert (left["subscribed"], left["unsubscribeFromPortal"], left["status"]) == (False, True, "unsubscribed")
    code, problem = put({"subscriptionStatuses": [{"id": numbers["News"], "subscribed": True}]})
    assert (code, problem["errors"][0]["code"]) == (400, "UNSUBSCRIBED")
    assert status() == left


def test_one_wrong_type_changes_none(numbers: dict[str, int]) -> None:
    statuses = [{"id": numbers["News"], "subscribed": False}, {"id": 99, "subscribed": False}]
    code, problem = put({"subscriptionStatuses": statuses})
    assert (code, [error["in"] for error in problem["errors"]]) == (400, ["subscriptionStatuses[1].id"])
    assert status()["subscriptionStatuses"] == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["unsubscribeFromAll"]),
        ({"unsubscribeFromAll": False, "subscriptionStatuses": []}, ["unsubscribeFromAll"]),
        ({"unsubscribeFromAll": "yes"}, ["unsubscribeFromAll"]),
        ({"subscriptionStatuses": [{"subscribed": False}]}, ["subscriptionStatuses[0].id"]),
        ({"subscriptionStatuses": [{"id": "news"}]}, ["subscriptionStatuses[0].subscribed"]),
        ({"subscriptionStatuses": [{"id": "news", "optState": "NOT_OPTED"}]}, ["subscriptionStatuses[0].subscribed"]),
        (
            {"subscriptionStatuses": [{"id": "news", "subscribed": True, "optState": "OPT_OUT"}]},
            ["subscriptionStatuses[0].optState"],
        ),
        ({"subscriptionStatuses": [{"id": "TRANSACTIONAL", "subscribed": False}]}, ["subscriptionStatuses[0].id"]),
    ],
)
def test_a_wrong_change_is_refused(numbers: dict[str, int], body: Any, fields: list[str]) -> None:
    code, problem = put(body)
    assert (code, [error["in"] for error in problem["errors"]]) == (400, fields)


def test_bounces_and_complaints_show(aws: Container) -> None:
    contacts = aws.get(wiring.adapters.contacts.contacts)
    contacts.quarantine(ADA, NOON_TEXT, "550")
    contacts.mark_complained(ADA, NOON_TEXT)
    assert (status()["bounced"], status()["markedAsSpam"], status()["status"]) == (True, True, "unsubscribed")


FACTS = [
    TimelineEvent(type=TimelineEventType.UNSUBSCRIBED, at="2026-11-23T12:00:01.000Z", details={"subscription": "news"}),
    TimelineEvent(type=TimelineEventType.UNSUBSCRIBED, at="2026-11-23T12:00:02.000Z", details={"subscription": "*"}),
    TimelineEvent(type=TimelineEventType.COMPLAINED, at="2026-11-23T12:00:03.000Z", details={"type": "abuse"}),
    TimelineEvent(
        type=TimelineEventType.BOUNCED,
        at="2026-11-23T12:00:04.000Z",
        details={"type": "Permanent", "subtype": "NoEmail", "status": "5.1.1"},
    ),
    TimelineEvent(
        type=TimelineEventType.BOUNCED,
        at="2026-11-23T12:00:05.000Z",
        dedup_key="soft",
        details={"type": "Transient", "subtype": "MailboxFull", "status": "4.2.2"},
    ),
    TimelineEvent(type=TimelineEventType.OPENED, at="2026-11-23T12:00:06.000Z", details={"agent": "Thunderbird"}),
]
CHANGES = [  # the newest first
    (4, "BOUNCED", "PORTAL_BOUNCE", "SOURCE_NON_DELIVERY_REPORT"),
    (3, "REPORTED_SPAM", "PORTAL_SPAM", "SOURCE_SPAM_REPORT"),
    (3, "UNSUBSCRIBED", "PORTAL_STATUS", "SOURCE_SPAM_REPORT"),
    (2, "UNSUBSCRIBED", "PORTAL_STATUS", "SOURCE_RECIPIENT"),
    (1, "UNSUBSCRIBED", "SUBSCRIPTION_STATUS", "SOURCE_RECIPIENT"),
]


@pytest.fixture
def changed(aws: Container) -> Container:
    """Three mails with the same history, each a second later."""
    messages = [
        a_message(
            key=MessageKey(f"send-{number}", 0),
            state=State.SENT,
            address=f"{number}@example.net",
            accepted_at=f"2026-11-23T12:00:0{number}.000Z",
        )
        for number in range(3)
    ]
    for message in messages:
        assert aws.get(wiring.adapters.sending.sends).create([message])
        assert aws.get(wiring.adapters.sending.sends).record(message.key, *FACTS)
    changes = [Change(number, None, message) for number, message in enumerate(messages, 1)]
    listings, metrics = aws.get(wiring.adapters.sending.listings), aws.get(wiring.adapters.statistics.counters)
    measure("shard", changes, listings=listings, metrics=metrics, clock=aws.clock)
    return aws


def timeline(**query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while True:
        code, page = call("GET", f"{V1}/timeline", queryStringParameters=query)
        assert code == 200
        items += page["timeline"]
        if not page["hasMore"]:
            return items
        query["offset"] = page["offset"]


@pytest.mark.parametrize("limit", ["1", "4", "1000"])
def test_the_timeline_lists_each_change_once(changed: Container, limit: str) -> None:
    items = timeline(limit=limit)
    assert [item["recipient"] for item in items] == [f"{n}@example.net" for n in (2, 1, 0) for _ in CHANGES]
    listed = [
        (item["timestamp"] // 1000 % 10, one["change"], one["changeType"], one["source"])
        for item in items[: len(CHANGES)]
        for one in item["changes"]
    ]
    assert sorted(listed) == sorted(CHANGES)
    for item in items:
        cause = item["changes"][0]["causedByEvent"]
        event = http_api.call("GET", f"/email/public/v1/events/{cause['created']}/{cause['id']}")[1]
        assert event["recipient"] == item["recipient"]


def test_the_timeline_is_filtered_by_type_and_time(changed: Container) -> None:
    (one, *_) = changes = [change for item in timeline(changeType="SUBSCRIPTION_STATUS") for change in item["changes"]]
    assert len(changes) == 3
    assert one["subscriptionId"] > 0
    second = 1_795_435_203_000
    items = timeline(startTimestamp=str(second), endTimestamp=str(second))
    assert {item["timestamp"] for item in items} == {second}
    assert call("GET", f"{V1}/timeline", queryStringParameters={"changeType": "MOOD"})[0] == 400
    assert call("GET", f"{V1}/timeline", queryStringParameters={"offset": "x"})[0] == 400
