"""Every page of the documentation, run as its reader would: its blocks, from the first to the last, against the running service.

- `sh` runs in a shell. `sh make` and `sh aws-account` cannot run here: tests/docs/test_pages.py checks them. `sh clock` moves the
  clock, so tests/end_to_end/clock runs it at a stack of its own.
- `python` runs in a process of its own.
- `http` is a request, and the `json` after it its answer: `json 404` is an error. Both are checked against the OpenAPI document.
- `json NAME` is an object of that schema. `json event-pattern` is a pattern of EventBridge.
- `jinja` is an email's body: its check finds no error.
- `mjml FILE` is written into the folder where the page's shell runs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from functions.core import timestamps
from functions.routes.table import ROUTES
from infra import ROOT
from tests.end_to_end.service import Service
from tests.support.http import contract, documentation
from tests.support.http.documentation import Block
from tests.support.webhooks import Receiver, receiving

EXAMPLE_WEBHOOK = "http://localhost:9000/hooks"
EXAMPLE_TIME = "2026-12-24T09:00:00Z"  # in the pages: tomorrow
DAY_SECONDS = 86_400

# What later requests of a page name by {name}: the operation that answers it, and where in the answer.
BOUND = {
    "single_send": (("statusId", "statusId"), ("created", "eventId.created"), ("eventId", "eventId.id")),
    "create_upload": (("uploadId", "uploadId"), ("uploadUrl", "url")),
    "create_email": (("emailId", "id"),),
    "create_api_key": (("keyId", "id"),),
    "create_smtp_token": (("tokenId", "id"),),
    "reset_smtp_token_password": (("tokenId", "id"),),
    "create_smtpapi_token": (("userName", "userName"),),
    "create_subscription_type": (("typeId", "id"),),
    "create_contact": (("contactId", "id"),),
    "create_list": (("listId", "list.listId"),),
    "create_import_of_upload": (("importId", "id"),),
    "create_broadcast": (("broadcastId", "id"),),
    "create_webhook": (("webhookId", "id"),),
    "list_webhook_deliveries": (("deliveryId", "results.0.id"),),
}
RUNNABLE = {"sh", "python", "http", "json", "jinja", "mjml"}


class Page:
    """One page's run: the folder of its shell, and what its answers gave names to."""

    def __init__(self, service: Service, receiver: Receiver, folder: Path) -> None:
        self.service, self.folder = service, folder
        self.bound: dict[str, str] = {}
        self.answer: requests.Response | None = None
        ready = service.ready
        self.replaced = {
            EXAMPLE_WEBHOOK: receiver.url,
            EXAMPLE_TIME: timestamps.iso(time.time() + DAY_SECONDS),
            "http://127.0.0.1:8080": ready.api_url,
            "http://127.0.0.1:8025": ready.mailbox_url,
            "http://127.0.0.1:4566": ready.aws_url,
            "127.0.0.1:2587": f"{ready.smtp_host}:{ready.smtp_port}",
            "127.0.0.1:2465": f"{ready.smtp_host}:{ready.smtps_port}",
        }
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CURL_HOME": str(folder),
            "API_KEY": ready.api_key,
            "SMTP_USER": ready.smtp_user,
            "SMTP_PASSWORD": ready.smtp_password,
            "SMTP_CERTIFICATE": ready.smtp_certificate,
            "AWS_ENDPOINT_URL": ready.aws_url,
            "AWS_DEFAULT_REGION": service.stack.cloud.region,
        }
        (folder / ".curlrc").write_text("fail-with-body\n")  # a refusal ends the block
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / "templates").symlink_to(ROOT / "templates")

    def error_of(self, block: Block) -> str:
        """Runs a block. Returns what is wrong with it, or an empty text: a page's errors are reported together."""
        try:
            self.run(block)
        except Exception as error:  # noqa: BLE001 - any failure is reported with its example
            return f"{block}: {type(error).__name__}: {error}"
        return ""

    def run(self, block: Block) -> None:
        getattr(self, f"run_{block.language}")(block, self.filled(block.text))

    def filled(self, text: str) -> str:
        for example, real in self.replaced.items():
            text = text.replace(example, real)
        return re.sub(r"(?<!{){(\w+)}(?!})", lambda name: self.bound.get(name[1], name[0]), text)

    def run_sh(self, block: Block, text: str) -> None:
        if not {"make", "aws-account", "clock"} & set(block.marks):
            self.process(["sh", "-eu", "-c", text])

    def run_python(self, block: Block, text: str) -> None:
        self.process([sys.executable, "-c", text])

    def process(self, command: list[str]) -> None:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"

    def run_http(self, block: Block, text: str) -> None:
        head, _, body = text.partition("\n\n")
        request_line, *lines = head.strip().splitlines()
        method, target = request_line.split(" ", 1)
        path, _, query = target.partition("?")
        headers = dict(line.split(": ", 1) for line in lines)
        self.service.settle()
        self.answer = self.service.http.request(
            method, path, params=query, headers=headers, **({"json": json.loads(body)} if body else {})
        )
        self.bind(method, path)
        assert self.answer.ok or self.refusal_follows(block), self.answer.text

    def refusal_follows(self, block: Block) -> bool:
        """A request without an answer on the page is one that succeeds."""
        blocks = documentation.blocks(block.page)
        after = blocks[blocks.index(block) + 1 :][:1]
        return any(one.language == "json" and one.marks and one.marks[0].isdecimal() for one in after)

    def bind(self, method: str, path: str) -> None:
        assert self.answer is not None
        if not self.answer.ok:
            return
        route = contract._route(method, path)
        for name, place in BOUND.get(route.operation if route else "", ()):
            with suppress(KeyError, IndexError):  # a dry run's answer has less
                self.bound[name] = str(_at(self.answer.json(), place))

    def run_json(self, block: Block, text: str) -> None:
        view = json.loads(text)
        match block.marks:
            case ("event-pattern",):
                self.check_event_pattern(text)
            case (mark,) if not mark.isdecimal():
                contract._conforms(view, {"$ref": f"#/components/schemas/{mark}"})
            case marks:
                self.compare(view, int(marks[0]) if marks else None)

    def check_event_pattern(self, text: str) -> None:
        """Raises ClientError if EventBridge refuses the pattern."""
        events = self.service.stack.cloud.client("events")
        events.put_rule(Name="documented", EventPattern=text)
        events.delete_rule(Name="documented")

    def compare(self, documented: Any, status: int | None) -> None:
        assert self.answer is not None, "there is no request before this answer"
        answer, self.answer = self.answer, None
        assert answer.status_code == status if status else answer.ok, answer.text
        differences = list(_differences(documented, answer.json(), "$"))
        assert not differences, f"{differences}\n{answer.text}"

    def run_jinja(self, block: Block, text: str) -> None:
        content = {"subject": "Hello", "content": {"html": text}}
        email = {"name": str(block), "from": {"replyTo": "shop@example.com"}, **content}
        created = self.service.http.post("/marketing/v3/emails", json=email).json()
        checked = self.service.http.get(f"/staffetta/v1/emails/{created['id']}/check").json()
        assert checked["faults"] == []
        self.service.http.request("DELETE", f"/marketing/v3/emails/{created['id']}")

    def run_mjml(self, block: Block, text: str) -> None:
        path = self.folder / block.marks[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@pytest.fixture
def page_of(service: Service, tmp_path: Path) -> Iterator[Callable[[], Page]]:
    with receiving() as receiver:
        yield lambda: Page(service, receiver, tmp_path)


def runnable(page: Path) -> list[Block]:
    return [block for block in documentation.blocks(page) if block.language in RUNNABLE]


def pages() -> list[Path]:
    return [page for page in documentation.pages() if runnable(page) and page != documentation.README]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_runs_as_printed(path: Path, page_of: Callable[[], Page]) -> None:
    run(path, page_of())


def test_the_readme_runs_and_sends_three_mails(service: Service, page_of: Callable[[], Page]) -> None:
    before = len(service.mails("to:ada@example.net"))
    run(documentation.README, page_of())
    service.settle()
    assert len(service.mails("to:ada@example.net")) == before + 3


def run(path: Path, page: Page) -> None:
    if not shutil.which("curl"):
        pytest.skip("needs curl")
    errors = [error for block in runnable(path) if (error := page.error_of(block))]
    assert not errors, "\n\n".join(errors)


def _at(value: Any, place: str) -> Any:
    for part in place.split("."):
        value = value[int(part)] if part.isdecimal() else value[part]
    return value


def _differences(documented: Any, answered: Any, place: str) -> Iterator[str]:
    """Yields the places that differ from the page. A page may leave fields and list items out. `…` matches any text, and
    numbers differ from day to day.
    """
    match documented:
        case dict() if isinstance(answered, dict):
            for name, value in documented.items():
                yield from (
                    _differences(value, answered[name], f"{place}.{name}")
                    if name in answered
                    else [f"{place} has no {name}"]
                )
        case list() if isinstance(answered, list):
            for number, value in enumerate(documented):
                results = [list(_differences(value, one, f"{place}[{number}]")) for one in answered]
                yield from min(results, key=len, default=[f"{place} is empty"])
        case _ if not _same(documented, answered):
            yield f"{place} is {answered!r}, not {documented!r}"


def _same(documented: Any, answered: Any) -> bool:
    if isinstance(documented, str) and isinstance(answered, str):
        return bool(re.fullmatch(re.escape(documented).replace("…", ".*"), answered, re.DOTALL))
    return {type(documented), type(answered)} <= {int, float} or documented is answered


@pytest.mark.parametrize(
    ("documented", "answered", "same"),
    [
        ({"id": "…"}, {"id": "7", "more": 1}, True),
        ({"id": "a…"}, {"id": "b"}, False),
        ({"id": "7"}, {}, False),
        ({"on": True}, {"on": 1}, False),
        ({"count": 1}, {"count": 2}, True),
        ([{"a": "1"}], [{"a": "0"}, {"a": "1"}], True),
        ([{"a": "1"}], [], False),
    ],
)
def test_an_answer_that_differs_from_its_page_is_reported(documented: Any, answered: Any, same: bool) -> None:
    assert (not list(_differences(documented, answered, "$"))) == same


def test_a_route_that_is_bound_exists() -> None:
    assert BOUND.keys() <= {route.operation for route in ROUTES}
