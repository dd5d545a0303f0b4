"""`staffetta redrive` on a deployed stage, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid

from functions import wiring
from functions.core import addresses, timestamps
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, MessageKey, RecipientRole, Send, SendRecipient, State
from infra import ROOT
from tests.end_to_end.service import Service

TO = addresses.parse("redriven@example.net")


def test_redrive_delivers_a_send_that_failed(service: Service) -> None:
    send = failed_send(service)
    service.stack.container.get(wiring.adapters.send_queue).dead_letter(send, "SES was down for a day")
    assert service.status(send.id)["sendResult"] == "UNDELIVERABLE"
    assert "back in the send queue" in redrive(service)
    service.settle()
    assert service.status(send.id)["sendResult"] == "SENT"
    assert len(service.mails(f"to:{TO.email}")) == 1
    service.stack.container.get(wiring.adapters.send_queue).dead_letter(send, "a second letter of the same send")
    assert "dropped" in redrive(service)
    service.settle()
    assert len(service.mails(f"to:{TO.email}")) == 1


def failed_send(service: Service) -> Send:
    """Stores a send as deliver leaves it after its last attempt."""
    draft = service.starter.draft
    revision = service.stack.container.get(wiring.adapters.emails).get(draft.email_id)
    assert revision
    assert revision.published_revision
    accepted_at = timestamps.iso(time.time() - 86400)
    send = Send(
        id=str(uuid.uuid4()),
        email_id=draft.email_id,
        revision=revision.published_revision,
        accepted_at=accepted_at,
        recipients=(SendRecipient(RecipientRole.TO, TO),),
        contact=service.starter.sample["contactProperties"],
        custom=service.starter.sample["customProperties"],
        attempts=8,
    )
    failed = Message(
        key=MessageKey(send.id, 0),
        email_id=send.email_id,
        address=TO.email,
        role=RecipientRole.TO,
        state=State.FAILED,
        accepted_at=accepted_at,
        result=SendResult.UNDELIVERABLE,
        reason="given up after 8 tries",
        attempts=8,
        settled_at=accepted_at,
    )
    service.stack.container.get(wiring.adapters.sends).create([failed])
    return send


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
