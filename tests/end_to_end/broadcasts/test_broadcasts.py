"""A broadcast over real HTTP, through the deployed functions of the local stack."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from functions.routes.statistics.table import EMAILS_PATH as EMAILS
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.broadcasts import (
    BROADCASTS,
    act,
    batch_email,
    change,
    create,
    get,
    late_event,
    list_of,
    uploaded_file,
    wait_for,
)


def test_a_list_and_a_file_get_one_mail_each(service: Service) -> None:
    email_id = batch_email(service)
    list_id = list_of(service, "one", "ada@one.example.net", "bob@one.example.net")
    file = uploaded_file(service, "Email;year\nbob@one.example.net;2026\neve@one.example.net;2027\nnobody;1\n")
    broadcast_id = create(service, email_id, {"contactIlsLists": {"include": [list_id]}, "file": file})["id"]
    act(service, broadcast_id, "check")
    service.wait_until(lambda: service.http.get(f"{BROADCASTS}/{broadcast_id}/check").json()["done"])
    check = service.http.get(f"{BROADCASTS}/{broadcast_id}/check").json()
    assert (check["recipients"], check["deliverable"], check["unreadable"]) == (3, 3, 1)
    assert [problem["line"] for problem in check["problems"]] == [4]
    act(service, broadcast_id, "send")
    done = wait_for(service, broadcast_id)
    assert done["progress"]["outcomes"] == {"sent": 3}
    subjects = {mail["To"][0]["Address"]: mail["Subject"] for mail in service.mails("to:one.example.net")}
    assert subjects == {
        "ada@one.example.net": "Terms",
        "bob@one.example.net": "Terms",
        "eve@one.example.net": "Terms 2027",
    }
    rows = service.http.get(f"{BROADCASTS}/{broadcast_id}/recipients").json()["results"]
    assert {row["outcome"] for row in rows} == {"SENT"}
    service.settle()
    assert service.status(rows[0]["statusId"])["sendResult"] == "SENT"
    messages = service.http.get("/staffetta/v1/messages", params={"emailId": email_id}).json()["results"]
    assert {one["address"] for one in messages} == set(subjects)
    events = service.http.get("/email/public/v1/events", params={"campaignId": email_id, "eventType": "SENT"}).json()[
        "events"
    ]
    assert {one["recipient"] for one in events} == set(subjects)


def test_the_sums_follow_an_event_that_is_late(service: Service) -> None:
    list_id = list_of(service, "late", "ada@late.example.net", "bob@late.example.net")
    broadcast_id = create(service, batch_email(service), {"contactIlsLists": {"include": [list_id]}})["id"]
    act(service, broadcast_id, "send")
    wait_for(service, broadcast_id)
    late_event(service, broadcast_id, "ada@late.example.net")
    assert get(service, broadcast_id)["progress"]["outcomes"] == {"sent": 2}


def test_a_test_mail_comes_first(service: Service) -> None:
    email_id = batch_email(service)
    file = uploaded_file(service, "email,year\nfirst@two.example.net,1999\n")
    broadcast_id = create(service, email_id, {"file": file})["id"]
    act(service, broadcast_id, "test", to=["author@two.example.net"])
    service.settle()
    (mail,) = service.mails("to:two.example.net")
    assert (mail["To"][0]["Address"], mail["Subject"]) == ("author@two.example.net", "[Test] Terms 1999")
    previews = service.http.get(f"{BROADCASTS}/{broadcast_id}/previews").json()["results"]
    assert [(one["email"], one["subject"]) for one in previews] == [("first@two.example.net", "Terms 1999")]


def test_publishing_an_email_with_recipients_sends_it(service: Service) -> None:
    list_id = list_of(service, "three", "ada@three.example.net", "bob@three.example.net")
    to = {"contactIlsLists": {"include": [list_id], "exclude": []}}
    email_id = batch_email(service, to=to, sendOnPublish=True)
    service.wait_until(lambda: service.http.get(f"{EMAILS}/{email_id}").json()["state"] == "PUBLISHED")
    assert len(service.mails("to:three.example.net")) == 2


def test_a_publish_date_schedules_it_and_unpublish_cancels(service: Service) -> None:
    list_id = list_of(service, "four", "ada@four.example.net")
    to = {"contactIlsLists": {"include": [list_id]}}
    later = (datetime.now(UTC) + timedelta(days=40)).isoformat()
    email_id = batch_email(service, to=to, publishDate=later)
    assert service.http.get(f"{EMAILS}/{email_id}").json()["state"] == "SCHEDULED"
    service.http.post(f"{EMAILS}/{email_id}/unpublish")
    assert service.http.get(f"{EMAILS}/{email_id}").json()["state"] == "CANCELED"
    assert service.mails("to:four.example.net") == []


def test_a_past_publish_date_publishes_nothing(service: Service) -> None:
    list_id = list_of(service, "five", "ada@five.example.net")
    document = {
        "name": "Late",
        "subject": "Late",
        "from": {"fromName": "Acme", "replyTo": "shop@example.com"},
        "content": {"html": "<p>Late</p>"},
        "subcategory": "batch",
        "to": {"contactIlsLists": {"include": [list_id, 999_999]}},
        "publishDate": "2026-01-01T00:00:00Z",
    }
    email_id = service.http.post(EMAILS, json=document).json()["id"]
    answer = service.http.post(f"{EMAILS}/{email_id}/publish")
    assert answer.status_code == 400
    wrong = {error["in"] for error in answer.json()["errors"]}
    assert wrong == {"publishDate", "to.contactIlsLists.include[1]"}
    assert not service.http.get(f"{EMAILS}/{email_id}").json()["isPublished"]


def test_a_canceled_broadcast_sends_nothing(service: Service) -> None:
    email_id = batch_email(service)
    list_id = list_of(service, "six", "ada@six.example.net")
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    broadcast_id = create(service, email_id, {"contactIlsLists": {"include": [list_id]}}, sendAt=later)["id"]
    assert act(service, broadcast_id, "send")["state"] == "SCHEDULED"
    assert act(service, broadcast_id, "cancel")["state"] == "CANCELED"
    answer = service.http.post(f"{BROADCASTS}/{broadcast_id}/resume")
    assert (answer.status_code, get(service, broadcast_id)["state"]) == (409, "CANCELED")


def test_a_scheduled_broadcast_is_changed_until_it_begins(service: Service) -> None:
    email_id = batch_email(service)
    broadcast_id = create(service, email_id, {"contactIds": {"include": ["a@changed.example.net"]}})["id"]
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    act(service, broadcast_id, "send", sendAt=at)
    to = {"contactIds": {"include": ["b@changed.example.net"]}}
    changed = change(service, broadcast_id, to=to, name="Changed", customProperties={"year": "2028"})
    assert (changed["state"], changed["to"]["contactIds"]["include"]) == ("SCHEDULED", ["b@changed.example.net"])
    assert get(service, broadcast_id)["name"] == "Changed"
    refused = service.http.request("PATCH", f"{BROADCASTS}/{broadcast_id}", json={"sendAt": None})
    assert (refused.status_code, "cancel it" in refused.text) == (400, True)
    soon = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    change(service, broadcast_id, sendAt=soon)

    def is_done() -> bool:
        service.sweep()
        return bool(get(service, broadcast_id)["state"] == "DONE")

    service.wait_until(is_done)
    assert [mail["To"][0]["Address"] for mail in service.mails("to:changed.example.net")] == ["b@changed.example.net"]
    late = service.http.request("PATCH", f"{BROADCASTS}/{broadcast_id}", json={"name": "Late"})
    assert (late.status_code, "DONE cannot change" in late.text) == (409, True)
