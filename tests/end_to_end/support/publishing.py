"""Published emails and partials, and a tour of their routes."""

from __future__ import annotations

import uuid
from typing import Any

from functions.routes.statistics.table import EMAILS_PATH as EMAILS
from tests.end_to_end.service import Service

PARTIALS = "/staffetta/v1/partials"
OURS = "/staffetta/v1/emails"


def create_draft(service: Service, **content: Any) -> str:
    """Creates a draft. Returns its id."""
    document = {
        "name": f"email {uuid.uuid4()}",
        "subject": "Hi",
        "from": {"fromName": "Acme", "replyTo": "shop@example.com"},
        "content": content,
    }
    answer = service.http.post(EMAILS, json=document)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def published(service: Service, **content: Any) -> str:
    email_id = create_draft(service, **content)
    answer = service.http.post(f"{EMAILS}/{email_id}/publish")
    assert answer.status_code == 204, answer.text
    return email_id


def received(service: Service, to: str) -> dict[str, Any]:
    (mail,) = service.mails(f"to:{to}")
    results: dict[str, Any] = service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()
    return results


def tour_publishing(service: Service) -> None:
    """Each way to the stored partials."""
    service.http.request("PUT", f"{PARTIALS}/tour", json={"text": "x"})
    service.http.get(PARTIALS)
    service.http.request("DELETE", f"{PARTIALS}/tour")
