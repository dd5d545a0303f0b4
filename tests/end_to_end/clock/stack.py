"""A local stack in a process of its own, since its clock moves: every other test counts on today's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from infra import ROOT
from infra.local.clock.routes import PATH
from tests.end_to_end.service import Http
from tests.support.patience import wait_until

COMMAND = [sys.executable, "-m", "infra.cli", "local", "--no-welcome", "--event-sources", "acme.shop"]
ANY_PORT = ("--http-port", "0", "--smtp-port", "0", "--mailbox-port", "0", "--aws-port", "0")


class MovableStack:
    """What a user of it has: its addresses, and the command's `--stage local`."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.http = Http(ready["apiUrl"], {"Authorization": f"Bearer {ready['apiKey']}"})
        self.mailbox_url = ready["mailboxUrl"]
        self.mailbox = Http(self.mailbox_url, {})
        self.aws_url = ready["awsUrl"]

    def move(self, to: str) -> dict[str, Any]:
        answer = self.mailbox.post(PATH, json={"to": to})
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    def post(self, path: str, body: dict[str, Any] | None = None, status: int = 200) -> dict[str, Any]:
        answer = self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        created: dict[str, Any] = answer.json() if answer.text else {}
        return created

    def happened(self, event: str, email: str, /, **properties: Any) -> None:
        self.post("/events/v3/send", {"eventName": event, "email": email, "properties": properties}, 204)

    def mails(self, address: str) -> list[str]:
        """Returns the subjects of the mails to an address, the first one first."""
        matches = self.mailbox.get("/api/v1/search", params={"query": f"to:{address}", "limit": 100}).json()["messages"]
        return [mail["Subject"] for mail in sorted(matches, key=lambda mail: str(mail["Created"]))]

    def run_of(self, address: str) -> dict[str, Any]:
        (run,) = self.runs_of(address)
        return run

    def runs_of(self, address: str) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = self.http.get(f"/staffetta/v1/contacts/{address}/runs").json()["results"]
        return results

    def wait_for_run(self, address: str, step: str) -> None:
        """Waits until a contact's run is at a step. Its events come through queues."""
        wait_until(
            lambda: any(run["step"] == step for run in self.runs_of(address)), lambda: str(self.runs_of(address))
        )


@contextmanager
def movable_stack(folder: Path) -> Iterator[MovableStack]:
    ready_file = folder / "ready.json"
    environment = {name: value for name, value in os.environ.items() if name != "AWS_ENDPOINT_URL"}
    with ExitStack() as opened:
        process = opened.enter_context(
            subprocess.Popen(
                [*COMMAND, *ANY_PORT, "--ready-file", str(ready_file)],
                cwd=ROOT,
                env={**environment, "XDG_STATE_HOME": str(folder)},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        opened.callback(process.kill)
        assert process.stdout
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C ends it all." in line:
                break
        else:
            raise AssertionError("".join(printed))
        yield MovableStack(json.loads(ready_file.read_text()))
