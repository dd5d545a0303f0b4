"""A running service, and the ways in which its users meet it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any

import requests
from hubspot import Client
from hubspot_sdk import HubSpot

from functions.adapters.templates.starters import Starter
from infra.local.ports import Ports
from infra.local.stack import LocalStack
from infra.local.welcome import publish_starter
from tests.support import patience
from tests.support.http import contract
from tests.support.patience import NO_ANSWER_SECONDS

ANY_PORTS = Ports(http=0, smtp=0, smtps=0, mailbox=0, aws=0)


Check = Callable[[str, str, int, str], None]


class Http:
    """Sends requests below one address. Checks each answer against the contract, if it has one."""

    def __init__(self, base: str, headers: dict[str, str], check: Check | None = None) -> None:
        self._base = base
        self._check = check
        self._session = requests.Session()
        self._session.headers.update(headers)

    def request(self, method: str, path: str, **request: Any) -> requests.Response:
        answer = self._session.request(method, self._base + path, timeout=NO_ANSWER_SECONDS, **request)
        if self._check:
            self._check(method, path, answer.status_code, answer.text)
        return answer

    def get(self, path: str, **request: Any) -> requests.Response:
        return self.request("GET", path, **request)

    def post(self, path: str, **request: Any) -> requests.Response:
        return self.request("POST", path, **request)

    def close(self) -> None:
        self._session.close()


class Service:
    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="local stack")
        self._thread.start()
        with ExitStack() as opened:  # one that starts by half must end, or pytest never would
            opened.callback(self._end_loop)
            self.stack = LocalStack(ANY_PORTS, lambda _name, _seconds: None)
            self.do(self.stack.__aenter__())
            opened.callback(lambda: self.do(self.stack.__aexit__()))
            self.ready = self.stack.ready
            self.starter: Starter = publish_starter(self.stack.container)
            self.http = Http(self.ready.api_url, {"Authorization": f"Bearer {self.ready.api_key}"}, contract.check)
            opened.callback(self.http.close)
            self.mailbox = Http(self.ready.mailbox_url, {})
            opened.callback(self.mailbox.close)
            self.sweep()  # stores the quota, before a worker reads it
            self.hubspot = Client.create(
                access_token=self.ready.api_key, host=self.ready.api_url, base_url=self.ready.api_url
            )
            # Its strict mode raises on an answer that breaks HubSpot's own schema.
            self.hubspot_sdk = HubSpot(
                access_token=self.ready.api_key,
                base_url=self.ready.api_url,
                max_retries=0,
                _strict_response_validation=True,
            )
            opened.callback(self.hubspot_sdk.close)
            self._opened = opened.pop_all()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def settle(self) -> None:
        """Waits until nothing is under way: no send, no event, no counter."""
        if not self.do(self.stack.work.quiet(patience.KILLED_WORKER_SECONDS)):
            raise AssertionError(f"the service does not come to rest: {self.stack.event_sources.waiting()}")

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Waits for what the service does by itself."""
        patience.wait_until(condition, lambda: self.stack.event_sources.finished)

    def sweep(self) -> None:
        """Run the sweeper now, as its schedule would in some minutes."""
        functions = self.stack.cloud.client("lambda").list_functions()["Functions"]
        (name,) = (each["FunctionName"] for each in functions if each["Handler"] == "functions.sweep.handler")
        result = self.do(self.stack.functions.invoke(name, {}))
        assert result.error is None, result.error

    def status(self, status_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.get(f"/marketing/v3/email/send-statuses/{status_id}").json()
        return answer

    def mails(self, query: str) -> list[dict[str, Any]]:
        """What the mailbox has, by Mailpit's search."""
        results = self.mailbox.get("/api/v1/search", params={"query": query, "limit": 1000})
        mails: list[dict[str, Any]] = results.json()["messages"]
        return mails

    def counters(self, **query: str) -> dict[str, int]:
        answer = self.http.get("/marketing/v3/emails/statistics/list", params=query).json()
        counters: dict[str, int] = answer["aggregate"]["counters"]
        return counters

    def close(self) -> None:
        self._opened.close()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
