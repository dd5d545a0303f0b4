"""Emails as their API creates and changes them, and a tour of its routes."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import requests

from functions.routes.statistics.table import EMAILS_PATH as EMAILS
from tests.end_to_end.service import Service
from tests.support.images import png

IMAGES = "/staffetta/v1/images"
SENDER = {"fromName": "Acme", "replyTo": "shop@example.com"}


def whole(**changed: Any) -> dict[str, Any]:
    """A document that can be published, under a name of its own."""
    content = {"html": "<p>one {{ contact.firstname }}</p>", "plainTextVersion": "one"}
    return {"name": f"email {uuid.uuid4()}", "subject": "Hi", "from": SENDER, "content": content, **changed}


def create_email(service: Service, **changed: Any) -> dict[str, Any]:
    answer = service.http.post(EMAILS, json=whole(**changed))
    assert answer.status_code == 201, answer.text
    reported: dict[str, Any] = answer.json()
    return reported


def html(text: str) -> dict[str, Any]:
    return {"content": {"html": text}}


def patch(service: Service, path: str, body: Any, **headers: str) -> requests.Response:
    return service.http.request("PATCH", f"{EMAILS}/{path}", json=body, headers=headers)


def upload_image(service: Service, octets: bytes) -> dict[str, Any]:
    body = {"content": base64.b64encode(octets).decode(), "altText": "Our shop", "filename": "shop.png"}
    uploaded: dict[str, Any] = service.http.post(IMAGES, json=body).json()
    return uploaded


def tour_emails(service: Service) -> None:
    """Each right of the emails API, once: a list, and an email's life."""
    email_id = create_email(service)["id"]
    patch(service, email_id, {"subject": "New"})
    service.http.post(f"{EMAILS}/{email_id}/publish")
    service.http.get(f"{EMAILS}/{email_id}/revisions")
    service.http.get(EMAILS)
    image = upload_image(service, png(1, 1, 250))
    service.http.get(IMAGES)
    once_published(service, image["url"])
    service.http.request("DELETE", f"{IMAGES}/{image['id']}")


def once_published(service: Service, image_url: str) -> None:
    """Publishes and unpublishes an email with an image: a deletion then looks for mail that waits."""
    email_id = create_email(service, **html(f'<p><img src="{image_url}" alt="Our shop"></p>'))["id"]
    for action in ("publish", "unpublish"):
        assert service.http.post(f"{EMAILS}/{email_id}/{action}").ok
