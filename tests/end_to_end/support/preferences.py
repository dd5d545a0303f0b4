"""Marketing emails and subscriptions, and a tour of the preferences."""

from __future__ import annotations

from typing import Any

import requests
from msgspec.structs import replace

from functions import wiring
from functions.core.addresses import Address
from functions.core.emails.email import EmailDraft, Subcategory, TemplateSource, TemplateSyntax
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import SEND

TYPES = "/staffetta/v1/subscription-types"
NEWS = "e2e-news"
NEWS_EMAIL, NOTE_EMAIL = 3301, 3302
AT = "2026-01-01T00:00:00.000Z"
BODY = '<p>Hello {{ contact.firstname }}</p><p><a href="{{ unsubscribe_link }}">Leave</a></p>'


def publish(service: Service) -> None:
    """A newsletter of a type of its own, and a transactional note."""
    if not any(one["id"] == NEWS for one in service.http.get(TYPES).json()["results"]):
        service.http.post(TYPES, json={"id": NEWS, "name": "News", "purpose": "Marketing"})
        news = draft(NEWS_EMAIL, BODY, subcategory=Subcategory.MARKETING_SINGLE_SEND_API, subscription=NEWS)
        service.stack.container.get(wiring.emails.publish_email)(news)
        service.stack.container.get(wiring.emails.publish_email)(
            draft(NOTE_EMAIL, "<p>Hello {{ contact.firstname }}</p>")
        )


def draft(email_id: int, body: str, **changed: Any) -> EmailDraft:
    source = TemplateSource(subject="Hello", body=body, syntax=TemplateSyntax.HTML)
    created = EmailDraft(email_id=email_id, name="e2e", source=source, sender=Address("news@example.com", "News"))
    return replace(created, **changed)


def send(service: Service, email_id: int, to: str, path: str = SEND, **message: Any) -> dict[str, Any]:
    requested = {"emailId": email_id, "message": {"to": to, **message}}
    answer: dict[str, Any] = service.http.post(path, json=requested).json()
    service.settle()
    return answer


def add_contact(service: Service, email: str, **properties: str) -> None:
    service.stack.container.get(wiring.adapters.contacts.contacts).upsert(email, properties, AT)


def bounced_at_ses(service: Service, to: str, reason: str = "BOUNCE") -> None:
    service.stack.container.get(wiring.adapters.contacts.contacts).quarantine(to, AT, "550 5.1.1")
    service.stack.cloud.client("sesv2").put_suppressed_destination(EmailAddress=to, Reason=reason)


def lift(service: Service, to: str) -> requests.Response:
    return service.http.request("DELETE", f"/staffetta/v1/contacts/{to}/quarantine")


def tour_preferences(service: Service) -> None:
    """Each right that contacts and consent need, through both doors."""
    publish(service)
    to = "tour@people.example.net"
    add_contact(service, to, firstname="T")
    for door in (SEND, f"/{SEND}"):
        send(service, NEWS_EMAIL, to, door, cc=["copy@people.example.net"])
    service.http.get(f"/communication-preferences/v3/status/email/{to}")
    bounced_at_ses(service, to)
    lift(service, to)
