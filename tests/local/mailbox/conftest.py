"""A mailbox with its server running, and a tracker that records visits."""

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from infra.local.mailbox import Mailbox, mailbox_app


@dataclass
class Tracker:
    visits: list[tuple[str, str, str]] = field(default_factory=list)

    def opened(self, token: str, ip_address: str, user_agent: str) -> bool:
        self.visits.append((token, ip_address, user_agent))
        return token == "known"

    def clicked(self, token: str, ip_address: str, user_agent: str) -> str | None:
        self.visits.append((token, ip_address, user_agent))
        return "https://example.com/%7Eq?a=%20&b=c#d" if token == "known.0" else None


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


HISTORY = {
    "acceptedAt": "2026-11-23T15:38:00.000Z",
    "sentBy": {"kind": "API_KEY", "name": "shop"},
    "email": {"id": 1001},
    "recipients": [
        {
            "role": "TO",
            "address": "ada@customer.test",
            "status": "BOUNCED",
            "summary": "It bounced: the mailbox does not exist.",
            "tries": [{"number": 1, "outcome": "SENT"}],
            "events": [
                {"at": "2026-11-23T15:39:00Z", "meaning": "It bounced", "details": {"diagnosticCode": "<b>550"}}
            ],
        }
    ],
}


@dataclass
class Site:
    mailbox: Mailbox
    tracker: Tracker
    histories: dict[str, Any]
    port: int

    def __call__(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        connection.close()
        return answer

    def get(self, path: str) -> Answer:
        return self("GET", path)


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 23, 15, 38, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def mailbox() -> Mailbox:
    """Mails have ids m1, m2, … and arrive a minute apart."""
    numbers = iter(range(1, 100_000))
    return Mailbox(clock=Clock(), new_id=lambda: f"m{next(numbers)}")


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    serving = threading.Thread(target=loop.run_forever)
    serving.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    serving.join()
    loop.close()


@pytest.fixture
def site(mailbox: Mailbox, loop: asyncio.AbstractEventLoop) -> Iterator[Site]:
    tracker = Tracker()
    histories: dict[str, Any] = {}

    async def history(message: str) -> Any:
        return histories.get(message)

    runner = web.AppRunner(mailbox_app(mailbox, tracker, history, "http://console.test"))

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    yield Site(mailbox, tracker, histories, asyncio.run_coroutine_threadsafe(start(), loop).result(5))
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(5)
