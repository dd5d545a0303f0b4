"""`staffetta redrive` on a deployed stage, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from functions import wiring
from infra import ROOT
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.dead_letters import abandoned_send

TO = "redriven@example.net"


def test_redrive_delivers_a_send_that_failed(service: Service) -> None:
    send = abandoned_send(service, TO)
    service.stack.container.get(wiring.adapters.sending.send_queue).dead_letter(send, "SES was down for a day")
    assert service.status(send.id)["sendResult"] == "UNDELIVERABLE"
    assert "back in the send queue" in redrive(service)
    service.settle()
    assert service.status(send.id)["sendResult"] == "SENT"
    assert len(service.mails(f"to:{TO}")) == 1
    service.stack.container.get(wiring.adapters.sending.send_queue).dead_letter(
        send, "a second letter of the same send"
    )
    assert "dropped" in redrive(service)
    service.settle()
    assert len(service.mails(f"to:{TO}")) == 1


def redrive(service: Service) -> str:
    here = {
        "AWS_ENDPOINT_URL": service.ready.aws_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
    }
    command = [sys.executable, "-m", "infra.cli", "redrive", "--stage", "local"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **here}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
