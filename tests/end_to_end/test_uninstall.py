"""`staffetta uninstall` on a running stage: nothing more is accepted, what was accepted is sent, and no password is left."""

from __future__ import annotations

import json
import smtplib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from functions import wiring
from functions.adapters.templates import starters
from functions.core import timestamps
from functions.core.access.audit import AuditAction
from functions.core.account.dedicated_ips import SHARED_POOL
from functions.core.addresses import Address
from functions.core.broadcasts.broadcast import Audience, Broadcast
from functions.core.broadcasts.lifecycle import BroadcastState
from infra.cli import removal
from infra.cli.stage import Stage
from infra.local.welcome import STARTER
from tests.end_to_end.test_command import running
from tests.support.cli.staffetta_command import failing, staffetta
from tests.support.patience import NO_ANSWER_SECONDS

ON = ("--stage", "local")
SEND = "/marketing/v3/transactional/single-email/send"


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A running stage with a webhook; revoked keys are not cached for as long as they are in AWS."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(removal, "CACHE_SECONDS", 0)
    monkeypatch.setattr(removal, "POLL_SECONDS", 0.2)
    monkeypatch.setattr(removal, "WEBHOOK_SECONDS", 1)
    file = tmp_path / "ready.json"
    with running("--no-welcome", "--ready-file", str(file)):
        staffetta("webhooks", "create", "http://127.0.0.1:9/in", *ON)
        yield json.loads(file.read_text())


def send(ready: dict[str, Any], to: str, **message: str) -> requests.Response:
    starter = starters.load(STARTER, Address("receipts@example.com"))
    body = {"emailId": starter.draft.email_id, "message": {"to": to, **message}, **starter.sample}
    headers = {"Authorization": f"Bearer {ready['apiKey']}"}
    return requests.post(ready["apiUrl"] + SEND, json=body, headers=headers, timeout=NO_ANSWER_SECONDS)


def test_a_stage_ends_before_its_removal(ready: dict[str, Any], tmp_path: Path) -> None:
    definition = tmp_path / "welcome.yaml"
    definition.write_text(
        "name: W\ntrigger: {type: contact_created}\nsteps: [{id: a, type: wait, time: 1d}]\n", "utf-8"
    )
    automation = json.loads(staffetta("automations", "create", str(definition), "--json", *ON))["id"]
    staffetta("automations", "publish", str(automation), *ON)
    broadcasts = Stage("local").get(wiring.adapters.broadcasts.broadcast_store)
    scheduled = Broadcast(
        id="b1",
        name="Terms",
        email_id=1,
        audience=Audience(lists=(1,)),
        created_at="2026-11-29T12:00:00.000Z",
        created_by="ada@example.com",
        state=BroadcastState.SCHEDULED,
        send_at="2099-01-01T00:00:00.000Z",
    )
    broadcasts.create(scheduled)
    later = timestamps.iso(time.time() + 3600)
    assert send(ready, "later@example.net", sendAt=later).status_code == 200
    assert "--cancel-scheduled" in failing("uninstall", "--yes", *ON)
    assert send(ready, "ada@example.net").status_code == 200, "nothing has ended yet"

    done = staffetta("uninstall", "--cancel-scheduled", "--yes", *ON)
    assert "API keys revoked: 1" in done
    assert "SMTP tokens and users deleted: 1" in done
    assert "scheduled sends cancelled: 1" in done
    assert "automations ended: 1" in done
    assert "broadcasts cancelled: 1" in done
    assert json.loads(staffetta("automations", "show", str(automation), "--json", *ON))["status"] == "PAUSED"
    assert "the queues are empty" in done
    assert "webhooks deleted: 1" in done
    assert "staffetta protect --off --stage local" in done

    stage = Stage("local")
    assert stage.client("iam").list_users(PathPrefix="/staffetta/")["Users"] == []
    assert stage.client("ssm").get_parameters_by_path(Path="/staffetta", Recursive=True)["Parameters"] == []
    with smtplib.SMTP(ready["smtp"]["host"], ready["smtp"]["port"], timeout=NO_ANSWER_SECONDS) as client:
        client.starttls()
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(ready["smtp"]["user"], ready["smtp"]["password"])
    entries = staffetta("audit", "--json", *ON)
    assert all(
        action in entries
        for action in (AuditAction.KEY_REVOKED, AuditAction.TOKEN_DELETED, AuditAction.WEBHOOK_DELETED)
    )


def test_it_lists_what_remains_and_repeats(ready: dict[str, Any]) -> None:
    assert ready["apiKey"]
    staffetta("domains", "add", "news.example.org", "--own-sets", *ON)
    first, again = (staffetta("uninstall", "--yes", *ON) for _ in range(2))
    assert "API keys revoked: 0" in again
    for kind in ("table", "bucket", "Queue", "ConfigurationSet", "EmailIdentity", "ManagedPolicy"):
        assert kind in first
    assert "staffetta domains remove news.example.org deletes it" in first
    assert "of a domain that was added" in first
    sets = Stage("local").client("sesv2")
    for name in sets.list_configuration_sets()["ConfigurationSets"]:
        options = sets.get_configuration_set(ConfigurationSetName=name)["DeliveryOptions"]
        assert options["SendingPoolName"] == SHARED_POOL, "its own pool goes with the stack"
        assert options["MaxDeliverySeconds"] > 0, "the other options stay"
