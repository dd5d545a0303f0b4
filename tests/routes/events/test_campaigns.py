"""HubSpot's lists of campaigns: each campaign once, in pages of any size."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core.statistics.counter_updates import Change
from functions.steps.statistics.measure import measure
from functions.wiring import Container
from tests.support.examples import a_message, an_email
from tests.support.http.api import call

CAMPAIGNS, BY_ID = "/email/public/v1/campaigns", "/email/public/v1/campaigns/by-id"
IDS = (7, 8, 9, 10)


@pytest.fixture
def campaigns(aws: Container) -> Container:
    """Four emails, all but the last with mail: 8 has the latest, and 7 and 9 have theirs at one instant."""
    for email_id in IDS:
        email = an_email(id=email_id, created_at="2026-11-01T00:00:00.000Z", published_revision=None, revisions=0)
        assert aws.get(wiring.adapters.emails.emails).save(email)
    instants = {7: "2026-11-23T10:00:00.000Z", 8: "2026-11-23T11:00:00.000Z", 9: "2026-11-23T10:00:00.000Z"}
    messages = [
        a_message(key=replace(a_message().key, send_id=f"send-{email_id}"), email_id=email_id, accepted_at=at)
        for email_id, at in (*instants.items(), (99, "2026-11-23T12:00:00.000Z"))
    ]
    for message in messages:
        assert aws.get(wiring.adapters.sending.sends).create([message])
    changes = [Change(number, None, message) for number, message in enumerate(messages, 1)]
    listings, metrics = aws.get(wiring.adapters.sending.listings), aws.get(wiring.adapters.statistics.counters)
    measure("shard", changes, listings=listings, metrics=metrics, clock=aws.clock)
    return aws


def pages(path: str, limit: int) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    query = {"limit": str(limit)}
    while True:
        status, page = call("GET", path, queryStringParameters=query)
        assert status == 200
        assert len(page["campaigns"]) <= limit
        listed += page["campaigns"]
        if not page["hasMore"]:
            assert page["offset"] == ""
            return listed
        query["offset"] = page["offset"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 1000])
def test_every_campaign_is_listed_once_by_id(campaigns: Container, limit: int) -> None:
    assert pages(BY_ID, limit) == [{"id": number, "appId": 0, "appName": "staffetta"} for number in IDS]


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_campaigns_with_mail_are_listed_latest_first(campaigns: Container, limit: int) -> None:
    listed = pages(CAMPAIGNS, limit)
    assert [campaign["id"] for campaign in listed] == [8, 9, 7]
    assert listed[0]["lastUpdatedTime"] == 1_795_431_600_000


def test_a_campaign_named_by_its_id_is_no_list(campaigns: Container) -> None:
    assert call("GET", f"{CAMPAIGNS}/8")[1]["id"] == 8
    assert call("GET", f"{CAMPAIGNS}/by-ids")[0] == 400


@pytest.mark.parametrize("path", [CAMPAIGNS, BY_ID])
@pytest.mark.parametrize("wrong", [{"limit": "0"}, {"limit": "1001"}, {"offset": "next"}, {"offset": "1-2-3"}])
def test_a_wrong_page_is_refused(campaigns: Container, path: str, wrong: dict[str, str]) -> None:
    status, problem = call("GET", path, queryStringParameters=wrong)
    assert (status, [error["in"] for error in problem["errors"]]) == (400, list(wrong))
