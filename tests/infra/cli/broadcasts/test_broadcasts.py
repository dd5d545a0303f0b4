"""Broadcasts by command: the report of one has every recipient."""

from __future__ import annotations

import json

from functions import wiring
from functions.core.broadcasts.broadcast import Audience, Broadcast, Recipient
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.wiring import Container
from tests.support.cli.staffetta_command import staffetta
from tests.support.examples import NOON_TEXT

REPORTED = Broadcast(
    id="b-reported",
    name="Terms",
    email_id=7,
    audience=Audience(contacts=("a@example.net",)),
    created_at=NOON_TEXT,
    created_by="ada@example.com",
    state=BroadcastState.CANCELED,
    pages=2,
)


def test_a_report_has_the_recipients_of_every_page(stage: Container) -> None:
    stage.get(wiring.adapters.broadcasts.broadcast_store).create(REPORTED)
    files = stage.get(wiring.adapters.broadcasts.broadcast_files)
    for number, name in enumerate("ab", 1):
        files.write_page(REPORTED.id, number, [Recipient(f"{name}@example.net")])
    rows = staffetta("broadcast", "report", REPORTED.id).splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["a@example.net", "b@example.net"]
    results = json.loads(staffetta("broadcast", "report", REPORTED.id, "--json"))["results"]
    assert [(one["email"], one["outcome"]) for one in results] == [
        ("a@example.net", "CANCELED"),
        ("b@example.net", "CANCELED"),
    ]
