"""HubSpot's email events, by HubSpot's own client, as programs read them for years."""

from __future__ import annotations

import time
from typing import Any

from functions import wiring
from functions.core import timestamps
from tests.end_to_end.service import Service
from tests.end_to_end.support.messages import sent
from tests.end_to_end.support.sending.sends import A_MACHINE, A_PERSON, SEND, follow_a_link, read, request

EVENTS, CAMPAIGNS = "/email/public/v1/events", "/email/public/v1/campaigns"
COMPLAINS, LISTED = "complaint+legacy@simulator.amazonses.com", "suppressionlist+legacy@simulator.amazonses.com"
BOUNCES = "bounce+legacy@simulator.amazonses.com"


def sdk_get(service: Service, path: str, **query: Any) -> Any:
    """Reads by HubSpot's client, and checks the answer against our contract."""
    service.http.get(path, params=query)
    return service.hubspot.api_request({"path": path, "method": "GET", "qs": query}).json()


def events(service: Service, **query: Any) -> list[dict[str, Any]]:
    """Returns the events of every page, read as in HubSpot's guide."""
    results: list[dict[str, Any]] = []
    while True:
        page = sdk_get(service, EVENTS, **query)
        assert set(page) == {"events", "hasMore", "offset"}
        results += page["events"]
        if not page["hasMore"]:
            return results
        query["offset"] = page["offset"]


def types(results: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in results]


def test_events_of_a_mail_have_hubspots_form(service: Service) -> None:
    to = "ada@legacy.example.net"
    status_id = sent(service, to)
    service.settle()
    read(service, A_MACHINE, to)
    read(service, A_PERSON, to)
    follow_a_link(service, to)
    service.settle()
    results = events(service, recipient=to)
    assert types(results)[-3:] in (["DELIVERED", "PROCESSED", "SENT"], ["PROCESSED", "DELIVERED", "SENT"])
    assert sorted(types(results)) == ["CLICK", "DELIVERED", *["OPEN"] * 4, "PROCESSED", "SENT"]
    own = results[-1]
    for event in results:
        assert event["recipient"] == to
        assert event["emailCampaignId"] == service.starter.draft.email_id
        assert event["statusId"] == status_id
        assert (event["portalId"], event["appName"]) == (service.stack.container.settings.portal_id, "staffetta")
        assert event.get("sentBy", {"id": own["id"], "created": own["created"]}) == {
            "id": own["id"],
            "created": own["created"],
        }
        assert sdk_get(service, f"{EVENTS}/{event['created']}/{event['id']}") == event
    people = events(service, recipient=to, eventType="OPEN", excludeFilteredEvents="true")
    assert [event["filteredEvent"] for event in people] == [False] * len(people)
    assert {event["userAgent"] for event in people} <= {A_PERSON["User-Agent"]}
    (click,) = events(service, recipient=to, eventType="CLICK")
    assert click["url"] == service.starter.sample["customProperties"]["receipt_url"]
    assert click["deviceType"] == "COMPUTER"
    assert click["browser"] == {
        "name": "Thunderbird",
        "family": "Thunderbird",
        "type": "Email client",
        "version": ["142.0"],
        "producer": "Mozilla Foundation",
        "producerUrl": "https://www.mozilla.org/",
        "url": "https://www.thunderbird.net/",
    }


def test_a_sent_event_has_the_mails_headers(service: Service) -> None:
    to, cc, bcc = (f"{role}@headers.example.net" for role in ("to", "cc", "bcc"))
    message = {"cc": [cc], "bcc": [bcc], "replyTo": ["Bär <help@example.com>", "till@example.com"]}
    sent = service.http.post(SEND, json=request(service, to, **message)).json()
    service.settle()
    mail = service.mails(f"to:{to}")[0]
    for recipient in (to, cc, bcc):
        (event,) = events(service, recipient=recipient, eventType="SENT")
        assert event["subject"] == mail["Subject"]
        assert "@example.com" in event["from"]
        assert event["replyTo"] == ["Bär <help@example.com>", "till@example.com"]
        assert (event["cc"], event["bcc"]) == ([cc], [bcc])
        assert event["hmid"].startswith(sent["statusId"])


def test_a_sensitive_mails_subject_is_in_no_event(service: Service) -> None:
    email = {
        "name": "Code",
        "subject": "Your code is 123456",
        "from": {"replyTo": "shop@example.com"},
        "content": {"html": "<p>123456</p>", "sensitive": True},
    }
    email_id = service.http.post("/marketing/v3/emails", json=email).json()["id"]
    assert service.http.post(f"/marketing/v3/emails/{email_id}/publish").ok
    to = "code@headers.example.net"
    assert service.http.post(SEND, json={"emailId": email_id, "message": {"to": to}}).ok
    service.settle()
    (event,) = events(service, recipient=to, eventType="SENT")
    assert "subject" not in event


def test_a_sends_event_id_is_the_key_to_its_event(service: Service) -> None:
    reported = service.http.post(SEND, json=request(service, "key@legacy.example.net")).json()
    refused = service.http.post(SEND, json={"emailId": 99, "message": {"to": "key@legacy.example.net"}}).json()
    service.settle()
    for send, type_ in ((reported, "SENT"), (refused, "DROPPED")):
        key = service.status(send["statusId"])["eventId"]
        assert key == send["eventId"]
        created = timestamps.milliseconds(key["created"])
        event = sdk_get(service, f"{EVENTS}/{created}/{key['id']}")
        assert (event["type"], event["id"], event["statusId"]) == (type_, key["id"], send["statusId"])
    assert event["dropReason"] == "MISSING_CONTENT"


def test_bounces_and_complaints_have_events(service: Service) -> None:
    for to in (BOUNCES, COMPLAINS, LISTED):
        sent(service, to)
    service.settle()
    bounce = events(service, recipient=BOUNCES, eventType="BOUNCE")[0]
    assert bounce["category"] == "UNKNOWN_USER"
    assert bounce["response"]
    assert {"SPAMREPORT", "STATUSCHANGE"} <= set(types(events(service, recipient=COMPLAINS)))
    assert set(types(events(service, recipient=LISTED))) >= {"BOUNCE", "SENT"}


def test_events_of_all_recipients_are_paged_by_time(service: Service) -> None:
    service.settle()
    begun = time.time_ns() // 1_000_000
    people = [f"{number}@paged.example.net" for number in range(4)]
    for person in people:
        sent(service, person)
    service.settle()
    campaign = service.starter.draft.email_id
    for limit in (1, 5, 1000):
        results = events(service, startTimestamp=begun, campaignId=campaign, limit=limit)
        assert {event["recipient"] for event in results} == set(people)
        assert sorted(types(results)) == sorted(["SENT", "PROCESSED", "DELIVERED"] * 4)
        assert len({event["id"] for event in results}) == len(results)
    assert results == events(service, startTimestamp=begun)
    assert events(service, startTimestamp=begun, eventType="SPAMREPORT") == []
    assert events(service, startTimestamp=begun - 1000, endTimestamp=begun - 1, recipient=people[0]) == []


def test_a_bad_query_for_events_is_refused(service: Service) -> None:
    answer = service.http.get(
        EVENTS,
        params={
            "limit": "0",
            "offset": "x",
            "startTimestamp": "2026-01-01",
            "recipient": "x",
            "eventType": "READ",
            "campaignId": "-1",
            "excludeFilteredEvents": "maybe",
        },
    )
    assert answer.status_code == 400
    assert {error["in"] for error in answer.json()["errors"]} == {
        "limit",
        "offset",
        "startTimestamp",
        "recipient",
        "eventType",
        "campaignId",
        "excludeFilteredEvents",
    }
    for path in ("/1/nobody", "/99999999999999999999/x", "/x/x"):
        assert service.http.get(EVENTS + path).status_code in {400, 404}


def test_a_campaign_has_a_name_and_its_counters(service: Service) -> None:
    sent(service, "counted@legacy.example.net")
    service.settle()
    email_id = service.starter.draft.email_id
    reported = sdk_get(service, f"{CAMPAIGNS}/{email_id}")
    assert (reported["id"], reported["name"], reported["type"]) == (
        email_id,
        service.starter.draft.name,
        "SINGLE_SEND_API",
    )
    assert reported["counters"] == service.counters(emailIds=str(email_id))
    assert reported["counters"]["sent"] > 0
    token = service.stack.container.get(wiring.adapters.tokens.smtp_tokens).by_key(service.ready.smtp_user)
    assert token
    assert sdk_get(service, f"{CAMPAIGNS}/{token.campaign_id}")["name"] == token.name
    assert service.http.get(f"{CAMPAIGNS}/123456").status_code == 404


def test_campaigns_are_listed_recent_ones_first(service: Service) -> None:
    sent(service, "listed@legacy.example.net")
    service.settle()
    email_id = service.starter.draft.email_id
    recent = sdk_get(service, CAMPAIGNS)["campaigns"]
    (campaign,) = [one for one in recent if one["id"] == email_id]
    assert recent == sorted(recent, key=lambda one: (one["lastUpdatedTime"], one["id"]), reverse=True)
    assert abs(campaign["lastUpdatedTime"] / 1000 - time.time()) < 3600
    listed, query = [], {"limit": 1}
    while True:
        page = sdk_get(service, f"{CAMPAIGNS}/by-id", **query)
        listed += [one["id"] for one in page["campaigns"]]
        if not page["hasMore"]:
            break
        query["offset"] = page["offset"]
    assert email_id in listed
    assert listed == sorted(set(listed))
