"""The local stack of a commit, measured from outside: its start, its rest, one accept, and what it carries."""

from __future__ import annotations

import http.client
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

CALLERS = 8
MAILS = 240
ACCEPTS = 30  # one after the other
WARM_UP = 16
REST_SECONDS = 6.0
READY_SECONDS = 120.0
CARRIED_SECONDS = 240.0
LOOK_SECONDS = 0.25
SEND = "/marketing/v4/email/single-send"
STATISTICS = "/marketing/v3/emails/statistics/list?startTimestamp={}&endTimestamp={}&emailIds={}"
HOUR = 3600
START = "import sys; sys.argv = ['staffetta', *sys.argv[1:]]; from infra.{module} import main; main()"
OPTIONS = (
    "local",
    "--http-port=0",
    "--smtp-port=0",
    "--smtps-port=0",
    "--mailbox-port=0",
    "--aws-port=0",
    "--no-welcome",
)
CARRIES, WAIT, IDLE, READY = 4.0, 1 / 3, 0.02, 6.0  # the targets, see report()


class Files(Protocol):
    @property
    def root(self) -> Path: ...
    @property
    def python(self) -> Path: ...
    def environment(self) -> dict[str, str]: ...


def measure(tree: Files) -> dict[str, float]:
    """`ready`: seconds until it takes requests, warm. `idle`: of one processor. `accept`: seconds that one waits, nothing else happens.
    `carries`: mails per second with CALLERS callers, each delivered and counted. `cpu`: seconds of processor for each of them.
    """
    with _running(tree):  # what a first start prepares is there for the second
        pass
    began = time.monotonic()
    with _running(tree) as (process, ready):
        figures = {"ready": time.monotonic() - began}
        example = _request(tree)
        api = Api(ready)
        numbers = count()
        for _ in range(WARM_UP):
            api.send(example, next(numbers))
        api.wait_for_mails(WARM_UP)
        api.wait_for_counted(example["emailId"], WARM_UP)
        before, since = _cpu(process), time.monotonic()
        time.sleep(REST_SECONDS)
        figures["idle"] = (_cpu(process) - before) / (time.monotonic() - since)
        waits = [api.send(example, next(numbers)) for _ in range(ACCEPTS)]
        figures["accept"] = statistics.median(waits)
        api.wait_for_counted(example["emailId"], WARM_UP + ACCEPTS)
        before, since = _cpu(process), time.monotonic()
        with ThreadPoolExecutor(CALLERS) as callers:
            list(callers.map(lambda _: api.send(example, next(numbers)), range(MAILS)))
        api.wait_for_mails(WARM_UP + ACCEPTS + MAILS)
        api.wait_for_counted(example["emailId"], WARM_UP + ACCEPTS + MAILS)
        figures["carries"] = MAILS / (time.monotonic() - since)
        figures["cpu"] = (_cpu(process) - before) / MAILS
    return figures


def report(stacks: tuple[Sequence[Mapping[str, float]], Sequence[Mapping[str, float]]] | None) -> Iterator[str]:
    if stacks is None:
        return
    base, ours = stacks
    yield "Local stack                  base      ours     ratio"
    for name, title, scale, target in (
        ("carries", f"mails/s, {CALLERS} callers", 1, CARRIES),
        ("accept", "one accept, ms", 1e3, WAIT),
        ("cpu", "CPU ms per mail", 1e3, None),
    ):
        old, new = ([run[name] * scale for run in runs] for runs in (base, ours))
        ratio = statistics.median(own / other for other, own in zip(old, new, strict=True))
        reached = (
            "" if target is None else f"   target {target:.2f}   {_reached(ratio, target, more=name == 'carries')}"
        )
        yield f"  {title:<21}{statistics.median(old):>10.1f}{statistics.median(new):>10.1f}{ratio:>10.2f}{reached}"
    for name, title, scale, limit in (("idle", "idle, % of a core", 100, IDLE), ("ready", "ready, warm, s", 1, READY)):
        before, now = (statistics.median(run[name] for run in runs) * scale for runs in (base, ours))
        share = f"{now / before:.2f}" if before else ""  # a short rest may take no tick of the processor's clock
        yield f"  {title:<21}{before:>10.1f}{now:>10.1f}{share:>10}   at most {limit * scale:g}   {_reached(now, limit * scale)}"
    yield ""


def _reached(value: float, target: float, *, more: bool = False) -> str:
    return "reached" if (value >= target if more else value <= target) else "MISSED"


class Api:
    """The stack's API and mailbox, as a caller sees them. Each call has a connection of its own, as of a caller who sends one mail."""

    def __init__(self, ready: Mapping[str, Any]) -> None:
        self._api, self._mailbox, self._key = ready["apiUrl"], ready["mailboxUrl"], ready["apiKey"]

    def send(self, example: Mapping[str, Any], number: int) -> float:
        """Returns the seconds until it is accepted."""
        request = {**example, "message": {"to": f"customer-{number}@example.net", "sendId": f"order-{number}"}}
        since = time.monotonic()
        answer = self._call(self._api, "POST", SEND, request)
        if answer.get("status") != "PENDING":
            raise RuntimeError(f"the send is not accepted: {answer}")
        return time.monotonic() - since

    def wait_for_mails(self, number: int) -> None:
        self._wait(number, lambda: int(self._call(self._mailbox, "GET", "/api/v1/messages?limit=1")["total"]))

    def wait_for_counted(self, email_id: int, number: int) -> None:
        day = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - HOUR))
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + HOUR))
        path = STATISTICS.format(day, later, email_id)
        self._wait(number, lambda: self._call(self._api, "GET", path)["aggregate"]["counters"].get("delivered", 0))

    def _wait(self, number: int, look: Any) -> None:
        until = time.monotonic() + CARRIED_SECONDS
        while (reached := look()) < number:
            if time.monotonic() > until:
                raise RuntimeError(f"{reached} of {number} arrived in {CARRIED_SECONDS:g} s")
            time.sleep(LOOK_SECONDS)

    def _call(self, url: str, method: str, path: str, body: object = None) -> Any:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=CARRIED_SECONDS)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return json.loads(answer.read())
        finally:
            connection.close()


@contextmanager
def _running(tree: Files) -> Iterator[tuple[subprocess.Popen[bytes], Any]]:
    """Starts the stack in a session of its own, and yields it when it takes requests."""
    module = "cli.app" if (tree.root / "infra" / "cli").exists() else "local.cli"
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [str(tree.python), "-c", START.format(module=module), *OPTIONS, f"--ready-file={ready}"]
        environment = {**tree.environment(), "HOME": folder, "XDG_STATE_HOME": folder}
        with subprocess.Popen(
            command, cwd=tree.root, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        ) as process:
            try:
                yield process, _read(ready, process)
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(CARRIED_SECONDS)


def _read(ready: Path, process: subprocess.Popen[bytes]) -> Any:
    until = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < until:
        if ready.exists() and (text := ready.read_text("utf-8")):
            return json.loads(text)
        time.sleep(0.02)
    raise RuntimeError("the local stack does not start")


def _request(tree: Files) -> dict[str, Any]:
    """Returns the request of the starter that every stack publishes."""
    sample = json.loads((tree.root / "templates" / "email" / "receipt" / "sample.json").read_text("utf-8"))
    return {"emailId": 1001, **sample}


def _cpu(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time of the stack's session so far: its running processes, and the ones that have ended."""
    ticks = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text("utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it ended a moment ago
            continue
        if int(fields[3]) == process.pid:  # the session
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
