"""Webhooks and their deliveries, and a tour of their routes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from functions.core import timestamps
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import SEND, request
from tests.support.webhooks import Receiver, receiving

WEBHOOKS = "/staffetta/v1/webhooks"


@contextmanager
def webhook(service: Service, receiver: Receiver, **fields: Any) -> Iterator[dict[str, Any]]:
    """A registered webhook with its secret, for as long as the block lasts."""
    answer = service.http.post(WEBHOOKS, json={"url": receiver.url, **fields})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    try:
        yield created
    finally:
        assert service.http.request("DELETE", f"{WEBHOOKS}/{created['id']}").status_code == 204


def send(service: Service, to: str) -> str:
    status_id: str = service.http.post(SEND, json=request(service, to)).json()["statusId"]
    return status_id


def deliveries(service: Service, created: dict[str, Any]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = service.http.get(f"{WEBHOOKS}/{created['id']}/deliveries").json()["results"]
    return results


def tour_webhooks(service: Service) -> None:
    """Each right of the functions that webhooks have, and theirs of api."""
    since = timestamps.iso(time.time() - 1)
    with receiving() as receiver, webhook(service, receiver) as created:
        path = f"{WEBHOOKS}/{created['id']}"
        service.http.request("PATCH", path, json={"description": "a tour"})
        send(service, "tour@hooks.example.net")
        service.settle()
        service.http.post(f"{path}/deliveries/{deliveries(service, created)[0]['id']}/replay")
        service.http.post(f"{path}/replay", json={"since": since})
        service.settle()
        assert receiver.received("email.delivered", "tour@hooks.example.net")
