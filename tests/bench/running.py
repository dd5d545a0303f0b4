"""Each measurement in processes of its own: the worker, and the server that it speaks to."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.scopes import SCOPES
from functions.wiring import Container
from tests.bench import mail
from tests.support.aws.cloud import SETTINGS
from tests.support.events import SEND, http, sqs
from tests.support.examples import a_document, a_revision, an_email

ROOT = Path(__file__).parents[2]
COLD_STARTS = 7


def staffetta(messages: int, cold_starts: int = COLD_STARTS) -> dict[str, Any]:
    """`flow`: per step, microseconds and AWS calls per send. `cold`: per function, milliseconds to import and for the first work.
    `stored_bytes`: of a send in the table, its indexes and the listings; `restorable_bytes`: without the indexes; `content_bytes`: of what was sent. `yardstick`: microseconds, see yardstick.py.
    """
    with server("tests.bench.stub") as port:
        os.environ.update(environment(port))
        _prepare(Container(SETTINGS))
        flow = worker("flow", messages)
        stored = taken()
        sends = len(stored["stored bytes"])
        stored_bytes, restorable_bytes, content_bytes, listing_bytes = (
            sum(stored[f"{name} bytes"]) / sends for name in ("stored", "restorable", "content", "listing")
        )
        accept = http("POST", SEND, mail.request(0), headers={"authorization": f"Bearer {os.environ['BENCH_API_KEY']}"})
        cold = {"single_send": cold_start("single_send", accept, cold_starts)}
        taken()
        worker("cold", "single_send", event=accept)
        cold["deliver"] = cold_start("deliver", sqs(*taken()["bodies"]), cold_starts)
    return {
        "flow": flow,
        "cold": cold,
        "stored_bytes": stored_bytes + listing_bytes,
        "restorable_bytes": restorable_bytes + listing_bytes,
        "content_bytes": content_bytes,
        "yardstick": _run("tests.bench.yardstick"),
    }


def broadcasts(*recipients: int) -> list[dict[str, Any]]:
    """The figures of a broadcast for each number of recipients."""
    figures = []
    for number in recipients:
        with server("tests.bench.stub") as port:
            os.environ.update(environment(port))
            _prepare(Container(SETTINGS))
            figures.append(_run("tests.bench.broadcast_worker", number))
    return figures


def _prepare(container: Container) -> None:
    """Stores what the first send needs: an email, an API key, and SES's quota."""
    revision = a_revision(subject=mail.SUBJECT, html=mail.HTML, text=mail.TEXT)
    container.get(wiring.adapters.emails.emails).publish(an_email(), revision, a_document())
    create_api_key, owner = container.get(wiring.access.create_api_key), unrestricted("bench@example.com")
    os.environ["BENCH_API_KEY"], _ = create_api_key("bench", owner.name, SCOPES, owner)
    wiring.account.refresh_quota(container)


def django(messages: int) -> dict[str, float]:
    """Microseconds per mail of django-post-office, to accept and to deliver it."""
    with server("tests.bench.smtp_sink") as port:
        figures: dict[str, float] = _run("tests.bench.django_peer", port, messages)
    return figures


def cold_start(name: str, event: Any, times: int) -> dict[str, float]:
    """Returns the median of several fresh processes."""
    runs = [worker("cold", name, event=event) for _ in range(times)]
    return {part: statistics.median(run[part] for run in runs) for part in runs[0]}


def worker(what: str, argument: object, event: Any = None) -> Any:
    return _run("tests.bench.lambda_worker", what, argument, event=event)


def taken() -> Any:
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/taken") as answer:  # noqa: S310 - our own stub
        return json.load(answer)


def environment(port: int) -> Mapping[str, str]:
    """Returns the environment of a Lambda function, for the workers that this process starts."""
    return {
        **SETTINGS.to_env(),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_SESSION_TOKEN": "bench" * 100,  # as long as a role's
        "POWERTOOLS_METRICS_NAMESPACE": "Staffetta",
        "POWERTOOLS_SERVICE_NAME": "bench",
    }


@contextmanager
def server(module: str) -> Iterator[int]:
    """Starts a server that ends with its standard input, and yields its port."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def _run(*command: object, event: Any = None) -> Any:
    """Runs a module, and returns the JSON that it prints. Python may cache its bytecode, since a deployed function comes with it."""
    words = [sys.executable, "-m", *map(str, command)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        words, cwd=ROOT, env=env, check=True, text=True, stdout=subprocess.PIPE, input=json.dumps(event)
    )
    return json.loads(done.stdout)
