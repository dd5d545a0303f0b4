"""The dated API as HubSpot's newer client sees it, with its strict validation on: every operation that it has of ours."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hubspot_sdk import BadRequestError, NotFoundError
from hubspot_sdk.types.marketing.public_email import PublicEmail

from functions.core import ids
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import request

NEWS = "sdk-news"
NEWS_NUMBER = ids.subscription_number(NEWS)
CONTENT: Any = {"html": "<p>Hi {{ contact.firstname }}</p>", "plainTextVersion": "Hi {{ contact.firstname }}"}
SENDER: Any = {"from_name": "Acme", "reply_to": "shop@example.com"}


def to(address: str) -> Any:
    """The client's type demands lists of cc, bcc and Reply-To, which HubSpot's API does not."""
    return {"to": address}


def create(service: Service, **changed: Any) -> Any:
    return service.hubspot_sdk.marketing.emails.create(
        name=f"email {uuid.uuid4()}", subject="Hi", from_=SENDER, content=CONTENT, **changed
    )


def get(service: Service, email_id: str, **query: bool) -> PublicEmail:
    """The client has no method for this operation: its `emails.get` is the statistics."""
    options: Any = {"params": query}
    email: PublicEmail = service.hubspot_sdk.get(
        f"/marketing/emails/2026-03/{email_id}", cast_to=PublicEmail, options=options
    )
    return email


@pytest.fixture(scope="module", autouse=True)
def _type(service: Service) -> None:
    answer = service.http.post("/staffetta/v1/subscription-types", json={"name": "News", "id": NEWS})
    assert answer.status_code in {201, 409}


def test_single_sends(service: Service) -> None:
    body = request(service, "sdk@dated.example.net")
    custom = body.get("customProperties", {})
    arguments = {"email_id": body["emailId"], "contact_properties": {}, "custom_properties": custom}
    transactional = service.hubspot_sdk.marketing.transactional.single_email.send(
        message=to("sdk@dated.example.net"), **arguments
    )
    marketing = service.hubspot_sdk.marketing.single_send.create(message=to("sdk2@dated.example.net"), **arguments)
    assert (transactional.status, marketing.status) == ("PENDING", "PENDING")
    service.settle()
    assert len(service.mails("to:sdk@dated.example.net")) == 1
    assert len(service.mails("to:sdk2@dated.example.net")) == 1


def test_smtp_tokens(service: Service) -> None:
    tokens = service.hubspot_sdk.marketing.transactional.smtp_tokens
    created = tokens.create(campaign_name="dated", create_contact=False)
    assert created.password
    email = get(service, created.email_campaign_id)
    assert (email.type, email.state, email.is_published) == ("SMTP_TOKEN", "PUBLISHED", True)
    assert tokens.get(created.id).password is None
    assert created.id in [one.id for one in tokens.list(campaign_name="dated")]
    reset = tokens.reset_password(created.id)
    assert reset.password != created.password
    tokens.delete(reset.id)
    with pytest.raises(NotFoundError):
        tokens.get(reset.id)


def test_the_life_of_an_email(service: Service) -> None:
    emails = service.hubspot_sdk.marketing.emails
    created = create(service, language="de")
    assert (created.is_ab, created.primary_email_campaign_id, created.state) == (False, created.id, "DRAFT")
    emails.publish(created.id)
    changed = emails.update(created.id, subject="New")
    assert (changed.subject, changed.state, changed.is_published) == ("New", "DRAFT", False)
    live = get(service, created.id)
    assert (live.subject, live.state, live.is_published) == ("Hi", "PUBLISHED", True)
    assert live.published_by_email
    assert emails.get_draft(created.id).subject == "New"
    assert emails.update_draft(created.id, subject="Newer").subject == "Newer"
    emails.reset_draft(created.id)
    assert emails.get_draft(created.id).subject == "Hi"
    emails.unpublish(created.id)
    assert get(service, created.id).unpublished_at
    emails.delete(created.id)
    with pytest.raises(NotFoundError):
        get(service, created.id)
    assert get(service, created.id, archived=True).archived


def test_revisions_copies_and_tests(service: Service) -> None:
    emails = service.hubspot_sdk.marketing.emails
    email_id = create(service).id
    emails.publish(email_id)
    emails.update_draft(email_id, subject="Second")
    emails.publish(email_id)
    revisions = list(emails.list_revisions(email_id))
    assert [(one.id, one.object.subject) for one in revisions] == [("2", "Second"), ("1", "Hi")]
    assert revisions[0].user.full_name
    assert emails.get_revision("1", email_id=email_id).object.subject == "Hi"
    assert emails.get_revision("-1", email_id=email_id).object.subject == "Second"
    restored = emails.restore_revision_to_draft(1, email_id=email_id)
    assert (restored.subject, restored.state) == ("Hi", "DRAFT")
    emails.restore_revision("1", email_id=email_id)
    assert get(service, email_id).subject == "Hi"

    copy = emails.clone(id=email_id, clone_name="Copy", language="it")
    assert (copy.name, copy.cloned_from, copy.language) == ("Copy", email_id, "it")
    variant = emails.create_ab_test_variation(content_id=email_id, variation_name="B")
    assert variant.id
    assert (variant.is_ab, variant.testing and variant.testing.is_ab_variation) == (True, True)
    master = emails.get_ab_test_variation(variant.id)
    assert (master.id, master.testing and master.testing.ab_status) == (email_id, "master")


def test_lists_of_emails(service: Service) -> None:
    for _ in range(3):
        create(service)
    page = service.hubspot_sdk.marketing.emails.list(limit=2, sort=["-createdAt"], include_stats=True)
    assert len(page.results) == 2
    assert page.has_next_page()
    following = page.get_next_page()
    assert not {one.id for one in page.results} & {one.id for one in following.results}
    assert page.results[0].stats


def test_statistics(service: Service) -> None:
    email = create(service)
    service.hubspot_sdk.marketing.emails.publish(email.id)
    service.http.post(
        "/marketing/transactional/2026-03/single-email/send",
        json={
            "emailId": int(email.id),
            "message": {"to": "stats@dated.example.net"},
            "contactProperties": {"firstname": "A"},
        },
    )
    service.settle()
    emails = service.hubspot_sdk.marketing.emails
    span: Any = {"start_timestamp": "2026-01-01T00:00:00Z", "end_timestamp": "2099-01-01T00:00:00Z"}
    totals = emails.get(email_ids=[int(email.id)], **span)
    assert totals.aggregate.counters["delivered"] == 1
    histogram = emails.get_histogram(email_ids=[int(email.id)], interval="MONTH", **span)
    assert sum(one.aggregations.counters.get("delivered", 0) for one in histogram.results) == 1
    stats = get(service, email.id, includeStats=True).stats
    assert stats
    assert stats.counters["delivered"] == 1


def test_preferences_of_a_contact(service: Service) -> None:
    preferences = service.hubspot_sdk.communication_preferences
    person = f"{uuid.uuid4().hex}@dated.example.net"
    definitions = {one.name: one.id for one in preferences.definitions.list().results}
    assert definitions["News"] == str(NEWS_NUMBER)
    changed = preferences.update_status(
        person, channel="EMAIL", status_state="SUBSCRIBED", subscription_id=NEWS_NUMBER
    ).results[0]
    assert (changed.status, changed.set_status_success_reason) == ("SUBSCRIBED", "REQUESTED_CHANGE_OCCURRED")
    verbose = preferences.unsubscribe_all(person, channel="EMAIL", verbose=True).results
    assert {one.status for one in verbose} == {"UNSUBSCRIBED"}
    (wide,) = preferences.get_unsubscribe_all_status(person, channel="EMAIL").results
    assert wide.status == "UNSUBSCRIBED"
    back = preferences.update_status(person, channel="EMAIL", status_state="SUBSCRIBED", subscription_id=NEWS_NUMBER)
    assert back.results[0].set_status_success_reason == "RESUBSCRIBE_OCCURRED"
    statuses = preferences.get_statuses(person, channel="EMAIL").results
    assert {one.subscription_id: one.status for one in statuses}[NEWS_NUMBER] == "SUBSCRIBED"
    with pytest.raises(BadRequestError):
        preferences.update_status(person, channel="EMAIL", status_state="SUBSCRIBED", subscription_id=9)


def test_preferences_of_many_contacts(service: Service) -> None:
    batch = service.hubspot_sdk.communication_preferences.statuses.batch
    people = [f"{uuid.uuid4().hex}@dated.example.net" for _ in range(2)]
    inputs: Any = [
        {
            "subscriber_id_string": person,
            "status_state": "UNSUBSCRIBED",
            "subscription_id": NEWS_NUMBER,
            "channel": "EMAIL",
        }
        for person in people
    ]
    assert [one.status for one in batch.update_statuses(inputs=inputs).results] == ["UNSUBSCRIBED"] * 2
    assert [one.subscriber_id_string for one in batch.read(channel="EMAIL", inputs=people).results] == people
    batch.unsubscribe_all(channel="EMAIL", inputs=people[:1])
    wide = batch.get_unsubscribe_all_statuses(channel="EMAIL", inputs=people).results
    assert [len(one.wide_statuses) for one in wide] == [1, 0]


def test_links_to_preferences(service: Service) -> None:
    created = service.hubspot_sdk.communication_preferences.generate_links(
        channel="EMAIL", subscriber_id_string="links@dated.example.net", subscription_id=NEWS_NUMBER, language="it"
    )
    for url in (created.manage_preferences_url, created.unsubscribe_all_url, created.unsubscribe_single_url):
        assert url
        page = service.http.get(url.removeprefix(service.ready.api_url))
        assert page.status_code == 200
        assert "links@dated.example.net" in page.text
