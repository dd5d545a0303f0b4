"""Webhooks to test with: the ports in memory, and a receiver that listens on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec.structs import replace
from standardwebhooks import Webhook

from functions.core.webhooks import webhook_signature
from functions.core.webhooks.webhook import Job, WebhookDelivery, WebhookEndpoint
from functions.core.webhooks.webhook_events import MessageEvent
from functions.ports.webhooks import HttpResult
from tests.support.examples import NOON_TEXT

SECRET = webhook_signature.secret_of(b"s" * webhook_signature.SECRET_BYTES)


def an_endpoint(endpoint_id: str = "w-1", **changed: Any) -> WebhookEndpoint:
    values: dict[str, Any] = {
        "id": endpoint_id,
        "url": "https://hooks.example.net/in",
        "event_types": ("*",),
        "description": "",
        "active": True,
        "created_at": NOON_TEXT,
        "updated_at": NOON_TEXT,
        "secret_version": 1,
    }
    return WebhookEndpoint(**{**values, **changed})


@dataclass
class MemoryEndpoints:
    stored: dict[str, WebhookEndpoint] = field(default_factory=dict)

    def get(self, endpoint_id: str) -> WebhookEndpoint | None:
        return self.stored.get(endpoint_id)

    def all(self) -> list[WebhookEndpoint]:
        return sorted(self.stored.values(), key=lambda endpoint: (endpoint.created_at, endpoint.id))

    def save(self, endpoint: WebhookEndpoint) -> WebhookEndpoint | None:
        existing = self.stored.get(endpoint.id)
        if (existing.version if existing else 0) != endpoint.version:
            return None
        self.stored[endpoint.id] = replace(endpoint, version=endpoint.version + 1)
        return self.stored[endpoint.id]

    def delete(self, endpoint_id: str) -> bool:
        return self.stored.pop(endpoint_id, None) is not None


@dataclass
class MemoryDeliveries:
    stored: dict[tuple[str, str], WebhookDelivery] = field(default_factory=dict)

    def get(self, endpoint_id: str, delivery_id: str) -> WebhookDelivery | None:
        return self.stored.get((endpoint_id, delivery_id))

    def save(self, delivery: WebhookDelivery) -> bool:
        key = (delivery.endpoint_id, delivery.id)
        if key in self.stored and self.stored[key].made >= delivery.made:
            return False
        self.stored[key] = delivery
        return True

    def latest(self, endpoint_id: str, most: int, before: str = "") -> list[WebhookDelivery]:
        ours = [
            one for (owner, _), one in self.stored.items() if owner == endpoint_id and (not before or one.id < before)
        ]
        return sorted(ours, key=lambda one: one.id, reverse=True)[:most]


@dataclass
class MemorySecrets:
    stored: dict[str, list[str]] = field(default_factory=dict)

    def put(self, endpoint_id: str, secret: str) -> int:
        self.stored.setdefault(endpoint_id, []).append(secret)
        return len(self.stored[endpoint_id])

    def get(self, endpoint_id: str, version: int) -> str:
        return self.stored[endpoint_id][version - 1]

    def delete(self, endpoint_id: str) -> None:
        self.stored.pop(endpoint_id, None)


@dataclass
class MemoryWebhookQueue:
    jobs: list[tuple[Job, int]] = field(default_factory=list)  # with their delay

    def put(self, jobs: Sequence[Job], *, delay_seconds: int = 0) -> None:
        self.jobs += [(job, delay_seconds) for job in jobs]

    def take(self) -> list[Job]:
        taken, self.jobs = [job for job, _ in self.jobs], []
        return taken


@dataclass
class MemoryWebhookClient:
    """Answers with the response set for each URL, else 200."""

    answers: dict[str, list[int]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    posted: list[tuple[str, Mapping[str, str], str]] = field(default_factory=list)

    def validate(self, url: str) -> str:
        return self.refused.get(url, "")

    def post(self, url: str, headers: Mapping[str, str], body: str) -> HttpResult:
        self.posted.append((url, headers, body))
        answers = self.answers.get(url, [])
        status = answers.pop(0) if answers else 200
        return HttpResult(status, 7, "" if status else "no answer in time")


@dataclass
class MemoryBus:
    events: list[MessageEvent] = field(default_factory=list)

    def put(self, events: Sequence[MessageEvent]) -> None:
        self.events += events


@dataclass
class Receiver:
    """What listens at `url`. It answers with the first of `answers`, then the next; the last one stays."""

    url: str
    answers: list[int] = field(default_factory=lambda: [200])
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def answer(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def events(self, secret: str) -> list[dict[str, Any]]:
        """Each as the library of the Standard Webhooks verifies it. Raises where a signature is not right."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.requests]

    def received(self, type_: str, address: str) -> list[dict[str, Any]]:
        """The events of a type about an address."""
        events = [json.loads(body) for _, body in self.requests]
        return [one for one in events if one["type"] == type_ and one["data"].get("address") == address]


@contextmanager
def receiving(*answers: int) -> Iterator[Receiver]:
    receiver = Receiver("", list(answers) or [200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            receiver.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(receiver.answer())
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hooks?for=tests"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
