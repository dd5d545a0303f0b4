"""Messages: how they are listed and shown, and a tour of their routes."""

from __future__ import annotations

from typing import Any

from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import SEND, request

MESSAGES = "/staffetta/v1/messages"


def sent(service: Service, to: str, **message: Any) -> str:
    status_id: str = service.http.post(SEND, json=request(service, to, **message)).json()["statusId"]
    return status_id


def listed(service: Service, **query: Any) -> list[dict[str, Any]]:
    """Every page of a search, as HubSpot's client walks them."""
    results: list[dict[str, Any]] = []
    while True:
        page = service.http.get(MESSAGES, params=query).json()
        results += page["results"]
        if "paging" not in page:
            return results
        query["after"] = page["paging"]["next"]["after"]


def story(service: Service, status_id: str) -> dict[str, Any]:
    reported: dict[str, Any] = service.http.get(f"{MESSAGES}/{status_id}").json()
    return reported


def tour_messages(service: Service) -> None:
    """Searches by each index, and by time; the story of a key's send and of a token's."""
    status_id = sent(service, "tour@story.example.net")
    service.settle()
    listed(service, recipient="tour@story.example.net")
    listed(service, tokenId=service.ready.smtp_user)
    service.http.get(MESSAGES)
    story(service, status_id)
    assert service.http.get(f"{MESSAGES}/{status_id}/0/content").json()["subject"]
    assert service.http.post(f"{MESSAGES}/{status_id}/0/resend").json()["resendOf"] == status_id
