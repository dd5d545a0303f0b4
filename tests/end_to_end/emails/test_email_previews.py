"""Previews, tests and differences of emails, over the API and out to the mailbox."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from functions.routes.statistics.table import EMAILS_PATH as EMAILS
from tests.end_to_end.service import Service
from tests.end_to_end.support.keys import KEYS, bearer
from tests.end_to_end.support.problems import check_shape
from tests.end_to_end.support.publishing import OURS, create_draft, published, received
from tests.support.patience import NO_ANSWER_SECONDS

HTML = "<p>Hi {{ contact.firstname }}, {{ custom.order }}</p>"
SAMPLE = {"contactProperties": {"firstname": "Sam"}, "customProperties": {"order": "A7"}}


def preview(service: Service, email_id: str, raw: str = "false", **body: Any) -> dict[str, Any]:
    answer = service.http.post(f"{OURS}/{email_id}/preview", json=body, params={"raw": raw})
    assert answer.status_code == 200, answer.text
    reported: dict[str, Any] = answer.json()
    return reported


def test_a_preview_shows_draft_and_live_email_together(service: Service) -> None:
    email_id = published(service, html=HTML, sample=SAMPLE, previewText="For {{ contact.firstname }}")
    service.http.request("PATCH", f"{EMAILS}/{email_id}/draft", json={"subject": "New"})
    draft, live = preview(service, email_id), preview(service, email_id, revision=1)
    assert (draft["revision"], draft["subject"], live["revision"], live["subject"]) == ("draft", "New", 1, "Hi")
    assert (live["text"].strip(), live["previewText"], live["missing"]) == ("Hi Sam, A7", "For Sam", [])
    assert live["htmlSize"] == len(live["html"].encode())


def test_a_preview_shows_the_rendered_from_name(service: Service) -> None:
    email_id = create_draft(service, html=HTML, sample=SAMPLE)
    change = {"from": {"fromName": "{{ custom.order }} & team"}}
    service.http.request("PATCH", f"{EMAILS}/{email_id}/draft", json=change).raise_for_status()
    reported = preview(service, email_id, raw="true")
    assert reported["fromName"] == "A7 & team"
    assert "From: A7 & team <" in reported["raw"]
    unreadable = {"from": {"fromName": "{{ custom.order"}}
    service.http.request("PATCH", f"{EMAILS}/{email_id}/draft", json=unreadable).raise_for_status()
    checked = service.http.get(f"{OURS}/{email_id}/check").json()
    assert [issue["where"] for issue in checked["faults"]] == ["from.fromName"]


def test_a_preview_without_a_body_lists_missing_properties(service: Service) -> None:
    email_id = create_draft(service, html=HTML)
    reported = service.http.post(f"{OURS}/{email_id}/preview").json()
    assert (reported["missing"], reported["text"].strip()) == (["custom.order"], "Hi ,"), (
        "a contact without a name gets the mail"
    )


def test_a_starters_sample_is_shown(service: Service) -> None:
    email_id = create_draft(service, templatePath="templates/email/receipt")
    reported = preview(service, email_id)
    assert reported["missing"] == []
    assert service.starter.sample["customProperties"]["order_number"] in reported["html"]
    assert preview(service, str(service.starter.draft.email_id), revision=1)["missing"] == []


def test_a_stored_contact_is_shown_to_keys_that_may_send(service: Service) -> None:
    email_id = published(service, html=HTML)
    body = {"emailId": int(email_id), "message": {"to": "ada@shown.example.net"}}
    values = {"contactProperties": {"firstname": "Augusta"}, "customProperties": {"order": "1"}}
    service.http.post("/marketing/v4/email/single-send", json={**body, **values})
    service.settle()
    reported = preview(service, email_id, "true", contact="ada@shown.example.net", customProperties={"order": "2"})
    assert reported["text"].strip() == "Hi Augusta, 2"
    assert "To: ada@shown.example.net" in reported["raw"]
    assert len(reported["raw"]) == reported["size"]
    path = f"{service.ready.api_url}{OURS}/{email_id}/preview"
    key = service.http.post(KEYS, json={"name": "author", "scopes": ["content"]}).json()["key"]
    assert requests.post(path, json={}, headers=bearer(key), timeout=NO_ANSWER_SECONDS).ok
    refused = requests.post(
        path, json={"contact": "ada@shown.example.net"}, headers=bearer(key), timeout=NO_ANSWER_SECONDS
    )
    check_shape(refused, 403, "MISSING_SCOPES")
    refused = requests.post(path.replace("/preview", "/test"), json={}, headers=bearer(key), timeout=NO_ANSWER_SECONDS)
    check_shape(refused, 403, "MISSING_SCOPES")
    check_shape(
        service.http.post(f"{OURS}/{email_id}/preview", json={"contact": "nobody@shown.example.net"}),
        404,
        "OBJECT_NOT_FOUND",
    )


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"revision": "latest"}, {"revision"}),
        ({"revision": 0, "contact": "x", "customProperties": [], "language": 1}, {"revision", "contact", "customProperties", "language"}),
        ({"contactProperties": {"a": {}}}, {"contactProperties.a"}),
        ({"language": "fr"}, {"language"}),
    ],
)  # fmt: skip
def test_a_bad_preview_reports_every_error(service: Service, body: dict[str, Any], fields: set[str]) -> None:
    answer = service.http.post(f"{OURS}/{create_draft(service, html=HTML)}/preview", json=body)
    check_shape(answer, 400, "VALIDATION_ERROR")
    assert {error["in"] for error in answer.json()["errors"]} == fields


def test_a_preview_that_is_too_long_is_refused(service: Service) -> None:
    email_id = create_draft(service, html="<p>{{ custom.x * 1500 }}</p>", plainTextVersion="x")
    answer = service.http.post(
        f"{OURS}/{email_id}/preview", json={"customProperties": {"x": "é" * 1000}}, params={"raw": "true"}
    )
    check_shape(answer, 400, "VALIDATION_ERROR")
    assert "a response can have at most 4,000,000" in answer.json()["message"]


def test_an_error_of_a_draft_has_line_and_column(service: Service) -> None:
    answer = service.http.post(f"{OURS}/{create_draft(service, html='<p>{{ 1 | nothing }}</p>')}/preview", json={})
    check_shape(answer, 400, "VALIDATION_ERROR")
    (error,) = answer.json()["errors"]
    assert (error["in"], error["context"]["line"]) == ("content.html", ["1"])
    for path, body in (("preview", {}), ("test", {"to": ["ada@example.net"]})):
        answer = service.http.post(f"{OURS}/1/{path}", json=body)
        check_shape(answer, 404, "OBJECT_NOT_FOUND")


def test_a_test_arrives_marked_has_a_status_and_counts_nowhere(service: Service) -> None:
    email_id = create_draft(service, html=HTML, sample=SAMPLE)
    to = ["ada@tested.example.net", "Bob <bob@tested.example.net>"]
    answer = service.http.post(f"{OURS}/{email_id}/test", json={"to": to})
    assert answer.status_code == 200, answer.text
    service.settle()
    mail = received(service, "bob@tested.example.net")
    assert (mail["Subject"], mail["Text"].strip()) == ("[Test] Hi", "Hi Sam, A7")
    (listed,) = service.mails("to:bob@tested.example.net")
    headers = service.mailbox.get(f"/api/v1/message/{listed['ID']}/raw").text.lower()
    assert "x-staffetta-test: true" in headers
    for reported in answer.json()["results"]:
        status = service.status(reported["statusId"])
        assert (status["status"], status["sendResult"], status["test"]) == ("COMPLETE", "SENT", True)
        assert {event["type"] for event in status["recipients"][0]["timeline"]} >= {"SENT", "DELIVERED"}
    assert service.counters(emailIds=email_id)["selected"] == 0


@pytest.mark.parametrize("to", [None, [], "nobody", ["x"], ["a@example.net"] * 11, 1])
def test_whom_a_test_may_go_to(service: Service, to: Any) -> None:
    answer = service.http.post(f"{OURS}/{create_draft(service, html=HTML, sample=SAMPLE)}/test", json={"to": to})
    check_shape(answer, 400, "VALIDATION_ERROR")


def test_a_test_that_lacks_a_property_is_refused_by_name(service: Service) -> None:
    email_id = published(service, html=HTML)
    answer = service.http.post(f"{OURS}/{email_id}/test", json={"to": ["ada@lacks.example.net"], "revision": 1})
    check_shape(answer, 400, "VALIDATION_ERROR")
    assert "custom.order" in answer.json()["message"]


def test_a_marketing_test_obeys_nobodys_status(service: Service) -> None:
    type_id = service.http.post("/staffetta/v1/subscription-types", json={"name": "Tried out"}).json()["id"]
    choice = {"emailAddress": "gone@tested.example.net", "subscriptionId": type_id}
    service.http.post("/communication-preferences/v3/unsubscribe", json=choice)
    email_id = create_draft(service, html="<p>News <a href='{{ unsubscribe_link }}'>leave</a></p>")
    details = {"subscriptionDetails": {"subscriptionId": type_id}}
    service.http.request("PATCH", f"{EMAILS}/{email_id}/draft", json=details)
    answer = service.http.post(f"{OURS}/{email_id}/test", json={"to": ["gone@tested.example.net"]})
    assert answer.status_code == 200, answer.text
    service.settle()
    assert received(service, "gone@tested.example.net")["Subject"] == "[Test] Hi"


def test_two_revisions_differ_in_what_they_read_like(service: Service) -> None:
    email_id = published(service, html=HTML, sample=SAMPLE)
    service.http.request("PATCH", f"{EMAILS}/{email_id}/draft", json={"content": {"html": HTML.replace("Hi", "Hello")}})
    reported = service.http.get(f"{OURS}/{email_id}/diff", params={"from": "1"}).json()
    assert {"--- revision 1", "+++ draft", "-Hi Sam, A7", "+Hello Sam, A7"} <= set(reported["text"].splitlines())
    assert (reported["subject"], reported["missing"]) == ("", [])
    same = service.http.get(f"{OURS}/{email_id}/diff", params={"from": "draft", "to": "draft"}).json()
    assert same == {"subject": "", "text": "", "html": "", "missing": []}
    for query in ({}, {"from": "x"}, {"from": "1", "to": "0"}):
        check_shape(service.http.get(f"{OURS}/{email_id}/diff", params=query), 400, "VALIDATION_ERROR")
    check_shape(service.http.get(f"{OURS}/{email_id}/diff", params={"from": "9"}), 404, "OBJECT_NOT_FOUND")
