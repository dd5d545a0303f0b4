"""The emails API: each operation by HubSpot's own client, then requests that its client cannot send."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import datetime
from typing import Any

import pytest
import requests
from hubspot.marketing.emails import (
    AbTestCreateRequestVNext,
    ContentCloneRequestVNext,
    EmailCreateRequest,
    EmailUpdateRequest,
    PublicEmail,
    PublicEmailContent,
    PublicEmailFromDetails,
    PublicEmailSubscriptionDetails,
)
from hubspot.marketing.emails.exceptions import ApiException

from functions.core import timestamps
from functions.routes.statistics.table import EMAILS_PATH as EMAILS
from tests.end_to_end.service import Service
from tests.end_to_end.support.emails import create_email, html, patch
from tests.end_to_end.support.problems import check_shape
from tests.end_to_end.support.sending.sends import SEND
from tests.support.patience import NO_ANSWER_SECONDS

# What changes an email, and takes the version that was read as its header.
VERBS = ("publish", "unpublish", "draft/reset", "revisions/1/restore", "revisions/1/restore-to-draft")


def api(service: Service) -> Any:
    return service.hubspot.marketing.emails.marketing_emails_api


def draft_html(service: Service, email_id: str) -> str:
    body: str = service.http.get(f"{EMAILS}/{email_id}/draft").json()["content"]["html"]
    return body


def send(service: Service, email_id: str, to: str) -> dict[str, Any]:
    body = {"emailId": int(email_id), "message": {"to": to}, "contactProperties": {"firstname": "Ada"}}
    reported: dict[str, Any] = service.http.post(SEND, json=body).json()
    return reported


def test_create_by_the_clients_models(service: Service) -> None:
    name = str(uuid.uuid4())
    created: PublicEmail = api(service).create(
        email_create_request=EmailCreateRequest(
            name=name,
            subject="Hi",
            _from=PublicEmailFromDetails(
                from_name="Acme", reply_to="shop@example.com", custom_reply_to="help@example.com"
            ),
            content=PublicEmailContent(template_path="receipt", plain_text_version="text", widgets={"a": {"b": 1}}),
            subcategory="marketing_single_send_api",
            subscription_details=PublicEmailSubscriptionDetails(subscription_id="TRANSACTIONAL"),
            language="en",
            send_on_publish=False,
            campaign="spring",
        )
    )
    assert (created.name, created.subject, created.state) == (name, "Hi", "DRAFT")
    assert (created.type, created.subcategory) == ("MARKETING_SINGLE_SEND_API", "marketing_single_send_api")
    assert (created.is_published, created.is_transactional, created.archived) == (False, True, False)
    assert created._from.custom_reply_to == "help@example.com"
    assert created.content.widgets == {"a": {"b": 1}}
    assert created.campaign == "spring"
    assert isinstance(created.created_at, datetime)
    assert 10**11 <= int(created.id) < 2**53
    assert api(service).get_by_id(email_id=created.id) == created


def test_only_the_name_is_needed(service: Service) -> None:
    created = api(service).create(email_create_request=EmailCreateRequest(name="Bare"))
    assert (created.subject, created.subcategory, created.send_on_publish) == ("", "single_send_api", False)


def test_publish_and_send_and_unpublish(service: Service) -> None:
    email_id = create_email(service)["id"]
    assert send(service, email_id, "early@emails.example.net")["sendResult"] == "MISSING_CONTENT"
    assert api(service).publish_or_send(email_id=email_id) is None
    live = api(service).get_by_id(email_id=email_id)
    assert (live.is_published, live.state) == (True, "PUBLISHED")
    assert live.published_at >= live.created_at
    assert send(service, email_id, "a@emails.example.net")["status"] == "PENDING"

    draft = api(service).upsert_draft(email_id=email_id, email_update_request=html("<p>two</p>"))
    assert draft.id == email_id
    assert send(service, email_id, "b@emails.example.net")["status"] == "PENDING"
    api(service).publish_or_send(email_id=email_id)
    assert send(service, email_id, "c@emails.example.net")["status"] == "PENDING"
    assert api(service).unpublish_or_cancel(email_id=email_id) is None
    assert send(service, email_id, "d@emails.example.net")["sendResult"] == "MISSING_CONTENT"
    assert api(service).get_by_id(email_id=email_id).state == "DRAFT"
    service.settle()
    observed = {
        mail["To"][0]["Address"][0]: service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()["HTML"]
        for mail in service.mails("to:emails.example.net")
    }
    assert set(observed) == {"a", "b", "c"}
    assert "one Ada" in observed["a"]
    assert "one Ada" in observed["b"], "a draft is not sent"
    assert "two" in observed["c"]


def test_a_send_gets_the_revision_of_its_acceptance(service: Service) -> None:
    email_id = create_email(service)["id"]
    api(service).publish_or_send(email_id=email_id)
    soon = {"to": "accepted@emails.example.org", "sendAt": timestamps.iso(time.time() + 2)}
    requested = {"emailId": int(email_id), "message": soon, "contactProperties": {"firstname": "Ada"}}
    assert service.http.post(SEND, json=requested).json()["status"] == "PENDING"
    patch(service, email_id, html("<p>two</p>"))
    api(service).publish_or_send(email_id=email_id)
    api(service).unpublish_or_cancel(email_id=email_id)
    api(service).archive(email_id=email_id)
    service.settle()
    (mail,) = service.mails("to:accepted@emails.example.org")
    assert "one Ada" in service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()["HTML"]


def test_an_email_converts_to_single_send_and_back(service: Service) -> None:
    """An email converts as in HubSpot, to automation and to the single-send API. Like every change, this is live once published."""
    email_id = create_email(service, subcategory="automated")["id"]
    api(service).publish_or_send(email_id=email_id)
    live = api(service).get_by_id(email_id=email_id)
    assert (live.type, live.state) == ("AUTOMATED_EMAIL", "AUTOMATED")
    assert send(service, email_id, "a@converted.example.net")["sendResult"] == "MISSING_CONTENT"
    for subcategory, email_type, status in (
        ("single_send_api", "SINGLE_SEND_API", "PENDING"),
        ("batch", "BATCH_EMAIL", "COMPLETE"),
        ("marketing_single_send_api", "MARKETING_SINGLE_SEND_API", "PENDING"),
    ):
        api(service).update(email_id=email_id, email_update_request=EmailUpdateRequest(subcategory=subcategory))
        api(service).publish_or_send(email_id=email_id)
        live = api(service).get_by_id(email_id=email_id)
        assert (live.type, live.subcategory) == (email_type, subcategory)
        assert send(service, email_id, f"{subcategory}@converted.example.net")["status"] == status


def test_emails_include_statistics_on_request(service: Service) -> None:
    email_id = create_email(service)["id"]
    api(service).publish_or_send(email_id=email_id)
    send(service, email_id, "stats@emails.example.net")
    service.settle()
    assert api(service).get_by_id(email_id=email_id, include_stats=True).stats.counters["sent"] == 1
    listed = api(service).get_page(include_stats=True, sort=["-createdAt"], limit=1).results
    assert [one.stats.counters["delivered"] for one in listed] == [1]
    assert api(service).get_by_id(email_id=email_id).stats is None


def test_a_starter_is_published_by_its_template_path(service: Service) -> None:
    email_id = create_email(service, content={"templatePath": "templates/email/receipt"})["id"]
    api(service).publish_or_send(email_id=email_id)
    refused = service.http.post(f"{EMAILS}/{create_email(service, content={'templatePath': 'nothing'})['id']}/publish")
    check_shape(refused, 400, "VALIDATION_ERROR")


def test_an_email_published_by_command_is_like_the_others(service: Service) -> None:
    email_id = service.starter.draft.email_id
    email = service.http.get(f"{EMAILS}/{email_id}").json()
    assert (email["id"], email["isPublished"], email["subject"]) == (
        str(email_id),
        True,
        service.starter.draft.source.subject,
    )
    assert email["content"]["mjml"] == service.starter.draft.source.body
    assert str(email_id) in {
        one["id"] for one in service.http.get(EMAILS, params={"isPublished": True}).json()["results"]
    }


def test_update_changes_the_draft_and_draft_shows_it(service: Service) -> None:
    email_id = create_email(service, custom={"kept": [1, {"deep": None}]})["id"]
    api(service).publish_or_send(email_id=email_id)
    updated = api(service).update(email_id=email_id, email_update_request=EmailUpdateRequest(subject="New"))
    assert updated.subject == "New"
    assert api(service).get_draft(email_id=email_id).subject == "New"
    assert api(service).get_by_id(email_id=email_id).subject == "Hi"
    assert api(service).reset_draft(email_id=email_id) is None
    assert api(service).get_draft(email_id=email_id).subject == "Hi"
    assert service.http.get(f"{EMAILS}/{email_id}").json()["custom"] == {"kept": [1, {"deep": None}]}


def test_archive_and_bring_back(service: Service) -> None:
    email_id = create_email(service)["id"]
    api(service).publish_or_send(email_id=email_id)
    assert api(service).archive(email_id=email_id) is None
    with pytest.raises(ApiException) as missing:
        api(service).get_by_id(email_id=email_id)
    assert missing.value.status == 404
    assert send(service, email_id, "gone@emails.example.net")["sendResult"] == "MISSING_CONTENT"
    gone = api(service).get_by_id(email_id=email_id, archived=True)
    assert gone.archived
    assert gone.deleted_at
    assert email_id in {one.id for one in api(service).get_page(archived=True).results}
    back = api(service).update(
        email_id=email_id, archived=True, email_update_request=EmailUpdateRequest(archived=False, subject="Back")
    )
    assert (back.archived, back.subject) == (False, "Back")
    assert send(service, email_id, "back@emails.example.net")["status"] == "PENDING"
    gone_again = patch(service, email_id, {"archived": True}).json()
    assert gone_again["archived"] is True
    stale = patch(service, email_id, {"archived": False, "subject": "x", "version": gone_again["version"] - 1})
    check_shape(stale, 409, "CONFLICT")
    whole_again = patch(service, email_id, {**gone_again, "archived": False, "subject": "Again"}).json()
    assert (whole_again["archived"], whole_again["subject"]) == (False, "Again"), "on the version that was read"
    check_shape(patch(service, email_id, {"archived": "yes"}), 400, "VALIDATION_ERROR")


def test_clone(service: Service) -> None:
    email = create_email(service)
    clone = api(service).clone(
        content_clone_request_v_next=ContentCloneRequestVNext(id=email["id"], clone_name="The clone")
    )
    assert (clone.name, clone.subject, clone.state) == ("The clone", "Hi", "DRAFT")
    assert clone.id != email["id"]
    check_shape(service.http.post(f"{EMAILS}/clone", json={"id": "x", "cloneName": 1}), 400, "VALIDATION_ERROR")
    check_shape(service.http.post(f"{EMAILS}/clone", json={"id": "1"}), 404, "OBJECT_NOT_FOUND")


def test_revisions(service: Service) -> None:
    email_id = create_email(service)["id"]
    for number in (2, 3):
        api(service).publish_or_send(email_id=email_id)
        api(service).upsert_draft(email_id=email_id, email_update_request={"subject": f"Hi {number}"})
    api(service).publish_or_send(email_id=email_id)

    page = api(service).get_revisions(email_id=email_id)
    assert (page.total, [one.id for one in page.results], page.paging) == (3, ["3", "2", "1"], None)
    assert [one.object.subject for one in page.results] == ["Hi 3", "Hi 2", "Hi"]
    assert page.results[0].user.email == service.http.get("/staffetta/v1/api-keys").json()["results"][0]["owner"]
    first = api(service).get_revisions(email_id=email_id, limit=2)
    assert ([one.id for one in first.results], first.paging.next.after) == (["3", "2"], "2")
    rest = api(service).get_revisions(email_id=email_id, limit=2, after=first.paging.next.after)
    assert ([one.id for one in rest.results], rest.paging) == (["1"], None)
    assert [one.id for one in api(service).get_revisions(email_id=email_id, before="2").results] == ["3"]

    assert api(service).get_revision_by_id(email_id=email_id, revision_id="1").object.subject == "Hi"
    draft = api(service).restore_draft_revision(email_id=email_id, revision_id=1)
    assert draft.subject == "Hi"
    assert api(service).get_by_id(email_id=email_id).subject == "Hi 3"
    assert api(service).restore_revision(email_id=email_id, revision_id="2") is None
    assert api(service).get_by_id(email_id=email_id).subject == "Hi 2"
    assert api(service).get_revisions(email_id=email_id).total == 4
    for nothing in ("9", "0", "x"):
        check_shape(service.http.get(f"{EMAILS}/{email_id}/revisions/{nothing}"), 404, "OBJECT_NOT_FOUND")


def test_an_ab_test(service: Service) -> None:
    email_id = create_email(service)["id"]
    variant = api(service).create_ab_test_variation(
        ab_test_create_request_v_next=AbTestCreateRequestVNext(variation_name="B", content_id=email_id)
    )
    assert (variant.name, variant.subject, variant.state) == ("B", "Hi", "DRAFT_AB_VARIANT")
    assert api(service).get_ab_test_variation(email_id=email_id).id == variant.id
    assert api(service).get_ab_test_variation(email_id=variant.id).state == "DRAFT_AB"
    again = {"variationName": "C", "contentId": email_id}
    check_shape(service.http.post(f"{EMAILS}/ab-test/create-variation", json=again), 409, "CONFLICT")
    check_shape(service.http.post(f"{EMAILS}/ab-test/create-variation", json={}), 400, "VALIDATION_ERROR")


def test_lists(service: Service) -> None:
    campaign = str(uuid.uuid4())
    names = ["beta", "Alpha", "gamma"]
    ids = [create_email(service, name=name, campaign=campaign)["id"] for name in names]
    api(service).publish_or_send(email_id=ids[1])

    def listed(**query: Any) -> list[str]:
        answer = service.http.get(EMAILS, params={"campaign": campaign, **query})
        return [one["name"] for one in answer.json()["results"]]

    assert listed() == names
    assert listed(sort="-createdAt") == names[::-1]
    assert listed(sort=["name", "-createdAt"]) == ["Alpha", "beta", "gamma"]
    assert listed(isPublished="True") == ["Alpha"]
    assert listed(isPublished=False) == ["beta", "gamma"]
    assert listed(type="BATCH_EMAIL") == []
    assert listed(type=["BATCH_EMAIL", "SINGLE_SEND_API"]) == names
    assert listed(archived=True) == []
    first = service.http.get(f"{EMAILS}/{ids[0]}").json()
    assert listed(createdAfter=first["createdAt"]) == names[1:]
    assert listed(createdAt=first["createdAt"]) == names[:1]
    assert listed(updatedBefore=first["createdAt"], publishedAfter="2020-01-01") == []
    assert listed(publishedAfter="2020-01-01T00:00:00Z") == ["Alpha"]

    page = service.http.get(EMAILS, params={"campaign": campaign, "limit": 2}).json()
    assert (page["total"], len(page["results"]), page["paging"]["next"]["after"]) == (3, 2, ids[1])
    path, _, query = page["paging"]["next"]["link"].partition("?")
    last = service.http.get(path, params=query).json()
    assert ([one["id"] for one in last["results"]], "paging" in last) == ([ids[2]], False)


def test_lists_by_the_client(service: Service) -> None:
    newest, created_after = create_email(service), datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    page = api(service).get_page(
        created_after=created_after, sort=["-createdAt"], limit=1, type="SINGLE_SEND_API", is_published=False
    )
    assert [one.id for one in page.results] == [newest["id"]]
    following = api(service).get_page(sort=["-createdAt"], limit=1, after=page.paging.next.after)
    assert following.results[0].id != newest["id"]
    (slim,) = api(service).get_page(sort=["-createdAt"], limit=1, included_properties=["name", "subject"]).results
    assert (slim.name, slim.subject, slim.content.plain_text_version) == (newest["name"], "Hi", None)
    (fat,) = api(service).get_page(sort=["-createdAt"], limit=1, included_properties=["content"]).results
    assert fat.content.plain_text_version == "one"


def test_a_bad_query_reports_every_error(service: Service) -> None:
    query = {
        "limit": "0",
        "after": "x",
        "sort": "colour",
        "type": "no such",
        "isPublished": "maybe",
        "createdAfter": "soon",
        "archived": "2",
    }
    answer = service.http.get(EMAILS, params=query)
    check_shape(answer, 400, "VALIDATION_ERROR")
    assert {error["in"] for error in answer.json()["errors"]} == set(query)
    check_shape(service.http.get(EMAILS, params={"after": "1"}), 400, "VALIDATION_ERROR")
    email_id = create_email(service)["id"]
    answer = service.http.get(f"{EMAILS}/{email_id}/revisions", params={"limit": "1000", "after": "-", "before": "x"})
    assert {error["in"] for error in answer.json()["errors"]} == {"limit", "after", "before"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, {"name"}),
        ({"name": "x", "subject": 1, "content": {"html": 2}, "from": "me"}, {"subject", "content.html", "from"}),
        ({"name": "x", "subcategory": "smtp_token"}, {"subcategory"}),
        (
            {"name": "x", "from": {"replyTo": "a@b@c", "customReplyTo": "me\r\nBcc: you@example.com"}},
            {"from.replyTo", "from.customReplyTo"},
        ),
        ({"name": "x", "content": {"html": "x" * 400_000}}, {"body"}),
        ([], {"body"}),
    ],
)
def test_a_document_that_cannot_be_stored_is_refused(service: Service, body: Any, where: set[str]) -> None:
    before = service.http.get(EMAILS, params={"limit": 1}).json()["total"]
    answer = service.http.post(EMAILS, json=body)
    check_shape(answer, 400, "VALIDATION_ERROR")
    assert {error["in"] for error in answer.json()["errors"]} == where
    assert service.http.get(EMAILS, params={"limit": 1}).json()["total"] == before


def test_publishing_reports_every_error(service: Service) -> None:
    email = create_email(service, content={"html": "{{ 1 | nothing }}"}, **{"from": {"replyTo": "me@elsewhere.com"}})
    answer = service.http.post(f"{EMAILS}/{email['id']}/publish")
    check_shape(answer, 400, "VALIDATION_ERROR")
    assert not service.http.get(f"{EMAILS}/{email['id']}").json()["isPublished"]
    bare = service.http.post(EMAILS, json={"name": "bare"}).json()
    answer = service.http.post(f"{EMAILS}/{bare['id']}/publish")
    assert {error["in"] for error in answer.json()["errors"]} == {"content", "from.replyTo"}


@pytest.mark.parametrize("email_id", ["1", "x", "9" * 30, "-1", "%20"])
def test_an_email_that_does_not_exist_is_not_found(service: Service, email_id: str) -> None:
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/publish"),
        ("POST", "/unpublish"),
        ("GET", "/draft"),
        ("PATCH", "/draft"),
        ("POST", "/draft/reset"),
        ("GET", "/revisions"),
        ("POST", "/revisions/1/restore"),
        ("GET", "/ab-test/get-variation"),
    ):
        answer = service.http.request(method, f"{EMAILS}/{email_id}{path}", json={"subject": "x"})
        check_shape(answer, 404, "OBJECT_NOT_FOUND")


def test_a_stale_version_is_a_conflict_that_names_the_newer(service: Service) -> None:
    email = create_email(service)
    path = f"{email['id']}/draft"
    api(service).publish_or_send(email_id=email["id"])
    assert patch(service, path, {"subject": "Bob's", "version": 2}).json()["version"] == 3
    for stale in (
        patch(service, path, {"subject": "Ada's", "version": email["version"]}),
        patch(service, email["id"], {"subject": "Ada's"}, **{"If-Match": '"1"'}),
        *(service.http.post(f"{EMAILS}/{email['id']}/{verb}", headers={"If-Match": "1"}) for verb in VERBS),
        service.http.request("DELETE", f"{EMAILS}/{email['id']}", headers={"If-Match": "1"}),
    ):
        check_shape(stale, 409, "CONFLICT")
        assert "the current one is 3" in stale.json()["message"]
    assert service.http.get(f"{EMAILS}/{path}").json()["subject"] == "Bob's"
    check_shape(patch(service, path, {"version": "new"}), 400, "VALIDATION_ERROR")
    check_shape(patch(service, path, {}, **{"If-Match": "abc"}), 400, "VALIDATION_ERROR")


def test_racing_changes_are_all_kept(service: Service) -> None:
    email_id = create_email(service)["id"]
    answers: list[int] = []

    def change(number: int) -> None:
        answer = requests.patch(
            f"{service.ready.api_url}{EMAILS}/{email_id}/draft",
            json={"racing": {str(number): True}},
            headers={"Authorization": f"Bearer {service.ready.api_key}"},
            timeout=NO_ANSWER_SECONDS,
        )
        answers.append(answer.status_code)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4
    assert set(service.http.get(f"{EMAILS}/{email_id}/draft").json()["racing"]) == set("0123")


def test_another_key_needs_a_scope_of_these(service: Service) -> None:
    key = service.http.post("/staffetta/v1/api-keys", json={"name": "x", "scopes": ["transactional-email"]}).json()[
        "key"
    ]
    answer = requests.get(
        service.ready.api_url + EMAILS, headers={"Authorization": f"Bearer {key}"}, timeout=NO_ANSWER_SECONDS
    )
    check_shape(answer, 403, "MISSING_SCOPES")
