"""The `staffetta local` command, as `make run` starts it: in a process of its own, ended by a Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import smtplib
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import requests

from infra import ROOT
from infra.local.stack import PATIENCE_SECONDS
from tests.end_to_end import smtp
from tests.end_to_end.support.sending.sends import SEND
from tests.support.cli.staffetta_command import staffetta
from tests.support.patience import NO_ANSWER_SECONDS, wait_until

ANY_PORT = ("--http-port", "0", "--smtp-port", "0", "--mailbox-port", "0", "--aws-port", "0")
COMMAND = [sys.executable, "-m", "infra.cli", "local"]


class Run:
    """A running command and what it has printed so far."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.printed = ""

    def read_until(self, mark: str) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            self.printed += line
            if mark in line:
                return self.printed
        raise AssertionError(f"ended without saying {mark!r}:\n{self.printed}")

    def interrupt(self) -> str:
        """Returns what it prints from the Ctrl-C on."""
        before = len(self.printed)
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate()
        self.printed += out
        return self.printed[before:]


@contextmanager
def running(*arguments: str) -> Iterator[Run]:
    run = Run(*ANY_PORT, *arguments)
    with run.process:  # waits for its end, and closes its output
        try:
            run.read_until("Ctrl-C ends it all.")
            yield run
        finally:
            run.process.kill()


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has its own state files, and does not see those of a stack that the developer runs."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return tmp_path / "state" / "staffetta"


def test_stage_local_is_the_running_stack(tmp_path: Path, state_folder: Path) -> None:
    """Without any setting: the commands find its endpoint and print its ports. At its end, the file is gone."""
    ready_file = tmp_path / "ready.json"
    with running("--no-welcome", "--ready-file", str(ready_file)) as run:
        ready = json.loads(ready_file.read_text())
        (state_file,) = state_folder.glob("local-*.json")
        assert [stat.S_IMODE(path.stat().st_mode) for path in (ready_file, state_file)] == [0o600, 0o600]
        assert ready["apiKey"] not in state_file.read_text()
        assert ready["smtp"]["password"] not in state_file.read_text()
        token = json.loads(
            staffetta("tokens", "create", "--name", "till", "--owner", "ada@example.com", "--json", "--stage", "local")
        )
        assert (token["host"], token["port"], token["tlsPort"]) == (
            ready["smtp"]["host"],
            ready["smtp"]["port"],
            ready["smtp"]["tlsPort"],
        )
        send_by_smtp({**token, "certificate": ready["smtp"]["certificate"]})
        wait_for_mails(ready, 1)
        sent = json.loads(staffetta("send-test", "1001", "bob@example.net", "--json", "--stage", "local"))["results"]
        wait_for_mails(ready, 2)
        assert "bob@example.net" in staffetta("messages", "show", sent[0]["statusId"], "--stage", "local")
        assert "till" in staffetta("tokens", "list", "--stage", "local")
        run.interrupt()
        assert list(state_folder.glob("local-*.json")) == []


def test_what_it_prints_works_as_printed(tmp_path: Path) -> None:
    """A line and a time per step; then the SMTP settings, the curl and the SDK snippet, as they are, each send a mail."""
    ready_file = tmp_path / "ready.json"
    with running("--ready-file", str(ready_file)) as run:
        ready = json.loads(ready_file.read_text())
        assert ready.keys() == {"apiUrl", "apiKey", "awsUrl", "console", "mailboxUrl", "smtp"}
        assert ready["smtp"].keys() == {"host", "port", "tlsPort", "user", "password", "certificate"}
        assert len(re.findall(r"^  .+ \d+\.\d s$", run.printed, re.MULTILINE)) >= 5
        assert mails(ready) == 1, "the welcome"
        send_by_smtp(settings(run.printed))
        wait_for_mails(ready, 2)
        assert exported(run.printed) == [
            ready["apiKey"],
            *(ready["smtp"][name] for name in ("user", "password", "certificate")),
        ]
        curl, sdk = snippets(run.printed)
        if shutil.which("curl"):
            reported = subprocess.run(["sh", "-c", curl], capture_output=True, text=True, check=True).stdout
            assert json.loads(reported)["status"] == "PENDING"
        reported = subprocess.run([sys.executable, "-c", sdk], capture_output=True, text=True, check=True).stdout
        assert "PENDING" in reported
        assert "every accepted send is finished" in run.interrupt().lower()
        assert run.process.returncode == 0


def snippets(printed: str) -> tuple[str, str]:
    """Returns the two unindented blocks between the guide's sentences."""
    curl = printed[printed.index("curl -sS") : printed.index("or with HubSpot's own SDK")]
    sdk = printed[printed.index("from hubspot import") : printed.index("The examples of")]
    return curl, sdk


def exported(printed: str) -> list[str]:
    """What a shell has after the guide's `export`."""
    (line,) = re.findall(r"^export .+$", printed, re.MULTILINE)
    assert shutil.which("staffetta", path=line.partition("PATH=")[2])
    show = 'printf "%s\\n" "$API_KEY" "$SMTP_USER" "$SMTP_PASSWORD" "$SMTP_CERTIFICATE"'
    return subprocess.run(["sh", "-c", f"{line}; {show}"], capture_output=True, text=True, check=True).stdout.split()


def settings(printed: str) -> dict[str, str]:
    """The first word of each of the guide's SMTP settings."""
    block = printed[printed.index("SMTP, as at SES:") : printed.index("Staffetta runs.")]
    return dict(re.findall(r"^  (\w+) +([^\s,]+)", block, re.MULTILINE))


def send_by_smtp(smtp_settings: dict[str, str]) -> None:
    trust = ssl.create_default_context(cafile=smtp_settings["certificate"])
    with smtplib.SMTP(smtp_settings["host"], int(smtp_settings["port"]), timeout=NO_ANSWER_SECONDS) as client:
        client.starttls(context=trust)
        client.login(smtp_settings["user"], smtp_settings["password"])
        client.send_message(smtp.letter("ada@example.net"))


def wait_for_mails(ready: dict[str, Any], count: int) -> None:
    """SES answers a moment before the mail arrives."""
    wait_until(lambda: mails(ready) >= count, lambda: mails(ready))
    assert mails(ready) == count


def mails(ready: dict[str, Any]) -> int:
    return int(requests.get(f"{ready['mailboxUrl']}/api/v1/messages", timeout=NO_ANSWER_SECONDS).json()["total"])


def test_ctrl_c_amid_a_hundred_sends_loses_none(tmp_path: Path) -> None:
    """Whatever was answered 200 is finished before the command ends, and it leaves no process behind."""
    ready_file = tmp_path / "ready.json"
    with running("--no-welcome", "--ready-file", str(ready_file)) as run:
        ready = json.loads(ready_file.read_text())
        children = children_of(run.process.pid)
        assert children
        with ThreadPoolExecutor(8) as callers:
            answers = [callers.submit(accepted, ready, number) for number in range(100)]
            for _ in islice(as_completed(answers), 30):
                pass
            message = run.interrupt()
        count = sum(answer.result() for answer in answers)
        assert count >= 30
        assert "Every accepted send is finished" in message
        assert not any(alive(pid) for pid in children)


def test_ctrl_c_names_its_waits_and_leaves_a_dead_webhook(tmp_path: Path) -> None:
    """The mail's webhook goes to a receiver that accepts connections and never answers."""
    ready_file = tmp_path / "ready.json"
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        running("--no-welcome", "--ready-file", str(ready_file)) as run,
    ):
        ready = json.loads(ready_file.read_text())
        webhook = {"url": f"http://127.0.0.1:{silent.getsockname()[1]}/", "eventTypes": ["email.delivered"]}
        answer = requests.post(
            f"{ready['apiUrl']}/staffetta/v1/webhooks",
            json=webhook,
            headers={"Authorization": f"Bearer {ready['apiKey']}"},
            timeout=NO_ANSWER_SECONDS,
        )
        assert answer.status_code == 201, answer.text
        assert accepted(ready, 1)
        wait_for_mails(ready, 1)
        began = time.monotonic()
        message = run.interrupt()
        assert time.monotonic() - began < PATIENCE_SECONDS
        assert "Ctrl-C again ends at once" in message
        assert "still waiting for" in message
        assert "webhooks to deliver" in message
        assert "Some webhooks were NOT delivered" in message
        assert "Every accepted send is finished" in message


def accepted(ready: dict[str, Any], number: int) -> bool:
    """Returns whether the service accepted it. The service answers 503 while it ends, and then does not answer at all."""
    body = {
        "emailId": 1001,
        "message": {"to": f"p{number}@ctrl-c.example.net"},
        "customProperties": json.loads((ROOT / "templates/email/receipt/sample.json").read_text())["customProperties"],
    }
    headers = {"Authorization": f"Bearer {ready['apiKey']}"}
    try:
        return (
            requests.post(ready["apiUrl"] + SEND, json=body, headers=headers, timeout=NO_ANSWER_SECONDS).status_code
            == 200
        )
    except requests.ConnectionError:
        return False


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("needs Linux's /proc")
    return [int(child) for child in listed.read_text().split()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def failed(*arguments: str, **environment: str) -> str:
    """Returns the error output of a command that cannot start."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr


def test_a_busy_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = failed(*ANY_PORT, "--mailbox-port", str(port))
    assert message == (
        f"staffetta: port {port} is in use: stop the program that listens there, or choose another port with --mailbox-port N (0: any free port)\n"
    )


def test_a_broken_template_is_one_clear_line() -> None:
    """Here the CDK app itself breaks: its Node is not one."""
    message = failed(*ANY_PORT, JSII_NODE="/bin/false")
    assert message.startswith("staffetta: the CDK app cannot be synthesized: ")
    assert message.count("\n") == 1
