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
from tests.end_to_end.support.attribution import campaign, over_smtp
from tests.end_to_end.support.keys import KEYS
from tests.end_to_end.support.messages import MESSAGES, listed, sent, story
from tests.end_to_end.support.sending.sends import A_MACHINE, SEND, read

BOUNCES = "bounce+story@simulator.amazonses.com"


def test_a_send_shows_its_whole_history(service: Service) -> None:
    file = {"filename": "a.txt", "contentType": "text/plain", "content": base64.b64encode(b"x" * 3000).decode()}
    status_id = sent(service, "ada@story.example.net", cc=[BOUNCES], attachments=[file], tags={"kind": "story"})
    service.settle()
    read(service, A_MACHINE, "ada@story.example.net")
    service.settle()
    reported = story(service, status_id)

    (key,) = (one for one in service.http.get(KEYS).json()["results"] if one["id"] == reported["sentBy"]["id"])
    assert reported["sentBy"] == {"kind": "API_KEY"} | {name: key[name] for name in ("id", "name", "prefix", "owner")}
    email = reported["email"]
    assert (email["id"], email["revision"]) == (service.starter.draft.email_id, 1)
    assert service.http.get(email["link"]).json()["id"] == "1"
    to, cc = reported["recipients"]
    assert (to["role"], to["status"], to["summary"]) == ("to", "DELIVERED", "The mail was delivered.")
    assert [(one["number"], one["outcome"], one["answer"]) for one in to["tries"]] == [(1, "TAKEN", to["sesMessageId"])]
    assert [event["type"] for event in to["events"]][:2] == ["SENT", "DELIVERED"]
    assert {event.get("machine") for event in to["events"] if event["type"] == "OPENED"} == {True}
    assert all(event["meaning"].endswith(".") for event in to["events"])
    assert to["cost"] == {
        "currency": "USD",
        "plan": "NONE",
        "total": 0.00018036,
        "parts": {"mail": 0.0001, "dedicatedIp": 0.00008, "attachments": 0.00000036},
    }
    assert (cc["status"], cc["tags"]) == ("BOUNCED", {"kind": "story"})
    assert "bounced permanently" in cc["summary"]
    linked = service.http.get(cc["link"]).json()
    assert linked == {**reported, "recipients": [cc]}


def test_each_throttled_attempt_is_in_the_history(service: Service) -> None:
    service.stack.ses.account.quota.throttled_next = 2
    ids_ = [sent(service, f"{number}@tries.example.net") for number in range(4)]
    service.settle()
    tries = [story(service, one)["recipients"][0]["tries"] for one in ids_]
    failed = [one for each in tries for one in each[:-1]]
    assert failed, "none was throttled"
    assert all(one["outcome"] == "RELEASED" and one["answer"] for one in failed)
    assert all(each[-1]["outcome"] == "TAKEN" for each in tries)


def test_the_history_of_smtp_mail_names_its_token(service: Service) -> None:
    ses_id = over_smtp(service, letter("desk@story.example.net"), "desk@story.example.net")
    service.settle()
    reported = story(service, ses_id)
    assert reported == story(service, ids.for_ses_message(ses_id))
    token = service.stack.container.get(wiring.adapters.tokens.smtp_tokens).get(campaign(service))
    assert token
    assert reported["sentBy"] == {
        "kind": "SMTP_TOKEN",
        "id": service.ready.smtp_user,
        "name": token.name,
        "owner": token.created_by,
    }
    assert reported["recipients"][0]["cost"]["total"] == 0.00018


def test_a_message_is_found_by_each_of_its_properties(service: Service) -> None:
    to, other = "Found@search.example.net", "other@search.example.net"
    service.settle()
    begun = timestamps.iso(service.stack.container.clock())
    ids_ = [sent(service, to) for _ in range(3)] + [sent(service, other)]
    refused = service.http.post(SEND, json={"emailId": 99, "message": {"to": to}}).json()["statusId"]
    ses_id = over_smtp(service, letter(to.lower()), to.lower())
    service.settle()
    every = [ids.for_ses_message(ses_id), refused, *reversed(ids_)]

    def status_ids(**query: Any) -> set[str]:
        results = listed(service, since=begun, **query)
        assert [one["acceptedAt"] for one in results] == sorted((one["acceptedAt"] for one in results), reverse=True)
        assert len(results) == len({one["statusId"] for one in results})
        return {one["statusId"] for one in results}

    assert status_ids() == status_ids(limit=1) == status_ids(limit=2) == set(every), "by time only"
    assert status_ids(recipient=to) == status_ids(recipient=to, limit=2) == {*ids_[:3], refused, every[0]}
    assert status_ids(recipient=other) == {ids_[3]}
    assert status_ids(emailId=service.starter.draft.email_id) == set(ids_)
    assert status_ids(tokenId=service.ready.smtp_user) == {every[0]}
    assert status_ids(tokenId=service.ready.smtp_user, recipient=to) == {every[0]}
    assert status_ids(status="DELIVERED") == set(every) - {refused}
    assert status_ids(status="REFUSED,failed", recipient=to) == {refused}
    key_id = story(service, refused)["sentBy"]["id"]
    assert status_ids(keyId=key_id) == {*ids_, refused}
    assert listed(service, until=begun, since=begun) == []
    assert not status_ids(recipient=to) & {one["statusId"] for one in listed(service, recipient=to, until=begun)}


def test_a_search_reports_every_error_of_its_query(service: Service) -> None:
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
    assert {error["in"] for error in answer.json()["errors"]} >= {*query} - {"until"}


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


def test_an_unknown_recipient_of_a_send_is_404(service: Service) -> None:
    status_id = sent(service, "only@story.example.net")
    answer = service.http.get(f"{MESSAGES}/{status_id}/1")
    assert (answer.status_code, answer.json()["category"]) == (404, "OBJECT_NOT_FOUND")


def test_a_key_without_the_scope_is_refused(service: Service) -> None:
    created = service.http.post(KEYS, json={"name": "no stories", "scopes": ["account"]}).json()
    answer = service.http.get(MESSAGES, headers={"Authorization": f"Bearer {created['key']}"})
    assert answer.status_code == 403
