"""ports.AuditEntries: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.audit import AuditAction, LogEntry
from functions.ports.access import AuditEntries
from tests.fakes.access import MemoryAudit
from tests.support.aws.cloud import aws_of


@pytest.fixture(params=["memory", "dynamo"])
def audit(request: pytest.FixtureRequest) -> AuditEntries:
    return MemoryAudit() if request.param == "memory" else aws_of(request).get(wiring.adapters.access.audit_entries)


def test_the_audit_log_returns_the_latest_first(audit: AuditEntries) -> None:
    entries = [
        LogEntry(
            id=f"2026-11-23T12:00:0{second}.000Z#{second}",
            at=f"2026-11-23T12:00:0{second}.000Z",
            action=AuditAction.KEY_MADE,
            by="it@acme.example",
            key_id="k" if second else "",
            subject="s",
            detail={"name": "shop", "number": second} if second else {},
        )
        for second in range(5)
    ]
    for entry in entries:
        audit.add(entry)
    assert audit.latest(3) == entries[:1:-1]
    assert audit.latest(9, before=entries[2].id) == entries[1::-1]
