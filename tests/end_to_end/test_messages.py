"""Every message can be found and explained: whose it was, what was tried, what each event meant, what it cost."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

from functions import wiring
from functions.core import ids, timestamps
from tests.end_to_end.service import Service
from tests.end_to_end.smtp import letter
from tests.end_to_end.test_attribution import campaign, over_smtp
from tests.end_to_end.test_flow import A_MACHINE, SEND, read, request
from tests.end_to_end.test_keys import KEYS

MESSAGES = "/staffetta/v1/messages"
BOUNCES = "bounce+story@simulator.amazonses.com"


def sent(service: Service, to: str, **message: Any) -> str:
    status_id: str = service.http.post(SEND, json=request(service, to, **message)).json()["statusId"]
    return status_id


def listed(service: Service, **query: Any) -> list[dict[str, Any]]:
    """Every page of a search, as HubSpot's client walks them."""
    found: list[dict[str, Any]] = []
    while True:
        page = service.http.get(MESSAGES, params=query).json()
        found += page["results"]
        if "paging" not in page:
            return found
        query["after"] = page["paging"]["next"]["after"]


def story(service: Service, status_id: str) -> dict[str, Any]:
    told: dict[str, Any] = service.http.get(f"{MESSAGES}/{status_id}").json()
    return told


def test_a_send_tells_its_whole_story(service: Service) -> None:
    file = {"filename": "a.txt", "contentType": "text/plain", "content": base64.b64encode(b"x" * 3000).decode()}
    status_id = sent(service, "ada@story.example.net", cc=[BOUNCES], attachments=[file], tags={"kind": "story"})
    service.settle()
    read(service, A_MACHINE, "ada@story.example.net")
    service.settle()
    told = story(service, status_id)

    (key,) = (one for one in service.http.get(KEYS).json()["results"] if one["id"] == told["sentBy"]["id"])
    assert told["sentBy"] == {"kind": "API_KEY"} | {name: key[name] for name in ("id", "name", "prefix", "owner")}
    email = told["email"]
    assert (email["id"], email["revision"]) == (service.starter.draft.email_id, 1)
    assert service.http.get(email["link"]).json()["id"] == "1"
    to, cc = told["recipients"]
    assert (to["role"], to["status"], to["summary"]) == ("to", "DELIVERED", "The mail was delivered.")
    assert [(one["number"], one["outcome"], one["answer"]) for one in to["tries"]] == [(1, "TAKEN", to["sesMessageId"])]
    assert [event["type"] for event in to["events"]][:2] == ["SENT", "DELIVERED"]
    assert {event.get("machine") for event in to["events"] if event["type"] == "OPENED"} == {True}
    assert all(event["meaning"].endswith(".") for event in to["events"])
    assert to["cost"] == {
        "currency": "USD",
        "total": 0.00018036,
        "parts": {"mail": 0.0001, "dedicatedIp": 0.00008, "attachments": 0.00000036},
    }
    assert (cc["status"], cc["tags"]) == ("BOUNCED", {"kind": "story"})
    assert "bounced permanently" in cc["summary"]
    alone = service.http.get(cc["link"]).json()
    assert alone == {**told, "recipients": [cc]}


def test_each_try_that_ses_throttled_is_told(service: Service) -> None:
    quota = service.stack.ses.account.quota
    rate, quota.max_send_rate = quota.max_send_rate, 1
    ids_ = [sent(service, f"{number}@tries.example.net") for number in range(4)]
    service.settle()
    quota.max_send_rate = rate
    tries = [story(service, one)["recipients"][0]["tries"] for one in ids_]
    failed = [one for each in tries for one in each[:-1]]
    assert failed, "none was throttled"
    assert all(one["outcome"] == "RELEASED" and one["answer"] for one in failed)
    assert all(each[-1]["outcome"] == "TAKEN" for each in tries)


def test_a_mail_over_smtp_tells_of_its_token(service: Service) -> None:
    ses_id = over_smtp(service, letter("desk@story.example.net"), "desk@story.example.net")
    service.settle()
    told = story(service, ses_id)
    assert told == story(service, ids.for_ses_message(ses_id))
    token = service.stack.container.get(wiring.adapters.smtp_tokens).get(campaign(service))
    assert token
    assert told["sentBy"] == {
        "kind": "SMTP_TOKEN",
        "id": service.ready.smtp_user,
        "name": token.name,
        "owner": token.created_by,
    }
    assert told["recipients"][0]["cost"]["total"] == 0.00018


def test_a_message_is_found_by_whatever_is_known_of_it(service: Service) -> None:
    to, other = "Found@search.example.net", "other@search.example.net"
    service.settle()
    begun = timestamps.iso(service.stack.container.clock())
    ids_ = [sent(service, to) for _ in range(3)] + [sent(service, other)]
    refused = service.http.post(SEND, json={"emailId": 99, "message": {"to": to}}).json()["statusId"]
    ses_id = over_smtp(service, letter(to.lower()), to.lower())
    service.settle()
    every = [ids.for_ses_message(ses_id), refused, *reversed(ids_)]

    def found(**query: Any) -> set[str]:
        results = listed(service, since=begun, **query)
        assert [one["acceptedAt"] for one in results] == sorted((one["acceptedAt"] for one in results), reverse=True)
        assert len(results) == len({one["statusId"] for one in results})
        return {one["statusId"] for one in results}

    assert found() == found(limit=1) == found(limit=2) == set(every), "by time alone"
    assert found(recipient=to) == found(recipient=to, limit=2) == {*ids_[:3], refused, every[0]}
    assert found(recipient=other) == {ids_[3]}
    assert found(emailId=service.starter.draft.email_id) == set(ids_)
    assert found(tokenId=service.ready.smtp_user) == {every[0]}
    assert found(tokenId=service.ready.smtp_user, recipient=to) == {every[0]}
    assert found(status="DELIVERED") == set(every) - {refused}
    assert found(status="REFUSED,failed", recipient=to) == {refused}
    key_id = story(service, refused)["sentBy"]["id"]
    assert found(keyId=key_id) == {*ids_, refused}
    assert listed(service, until=begun, since=begun) == []
    assert not found(recipient=to) & {one["statusId"] for one in listed(service, recipient=to, until=begun)}


def test_a_search_tells_every_fault_of_its_query(service: Service) -> None:
    query = {
        "recipient": "nobody",
        "emailId": "x",
        "tokenId": "AKIANOBODY",
        "status": "LOST",
        "since": "2026-02-30",
        "until": "0001-01-01",
        "after": "W10",
        "limit": "1000",
    }
    answer = service.http.get(MESSAGES, params=query)
    assert answer.status_code == 400
    assert {fault["in"] for fault in answer.json()["errors"]} >= {*query} - {"until"}


@pytest.mark.parametrize("query", [{"after": "' OR 1=1"}, {"since": "2027-01-01", "until": "2026-01-01"}])
def test_what_cannot_be_searched_for_is_refused(service: Service, query: dict[str, str]) -> None:
    assert service.http.get(MESSAGES, params=query).status_code == 400


def test_a_page_goes_on_only_in_its_own_search(service: Service) -> None:
    for number in range(2):
        sent(service, f"{number}@cursor.example.net")
    service.settle()
    page = service.http.get(MESSAGES, params={"limit": 1}).json()
    after = page["paging"]["next"]["after"]
    path, _, query = page["paging"]["next"]["link"].partition("?")
    assert path == MESSAGES
    (second,) = service.http.get(path, params=dict(parse_qsl(query))).json()["results"]
    assert second["acceptedAt"] <= page["results"][0]["acceptedAt"]
    assert second["statusId"] != page["results"][0]["statusId"]
    other = service.http.get(MESSAGES, params={"limit": 1, "after": after, "recipient": "0@cursor.example.net"})
    assert (other.status_code, other.json()["errors"][0]["in"]) == (400, "after")


@pytest.mark.parametrize("path", ["/nobody", "/nobody/0", "/" + quote("../x", safe="")])
def test_there_is_no_story_of_what_was_never_sent(service: Service, path: str) -> None:
    assert service.http.get(MESSAGES + path).status_code == 404


def test_there_is_no_story_of_a_recipient_that_a_send_has_not(service: Service) -> None:
    status_id = sent(service, "only@story.example.net")
    answer = service.http.get(f"{MESSAGES}/{status_id}/1")
    assert (answer.status_code, answer.json()["category"]) == (404, "OBJECT_NOT_FOUND")


def test_whoever_may_not_look_is_refused(service: Service) -> None:
    made = service.http.post(KEYS, json={"name": "no stories", "scopes": ["account"]}).json()
    answer = service.http.get(MESSAGES, headers={"Authorization": f"Bearer {made['key']}"})
    assert answer.status_code == 403


def tour_messages(service: Service) -> None:
    """Searches by each index, and by time; the story of a key's send and of a token's."""
    status_id = sent(service, "tour@story.example.net")
    service.settle()
    listed(service, recipient="tour@story.example.net")
    listed(service, tokenId=service.ready.smtp_user)
    service.http.get(MESSAGES)
    story(service, status_id)
