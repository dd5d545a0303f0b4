"""The audit log: its entries are in their order."""

from __future__ import annotations

from functions.core.access.actor import unrestricted
from functions.core.access.audit import AuditAction
from functions.steps.access.audit import AuditLog
from tests.fakes import Clock
from tests.fakes.access import MemoryAudit
from tests.support.examples import NOON


def test_entries_of_one_millisecond_are_in_order() -> None:
    audit, clock = MemoryAudit(), Clock()
    random = iter("zyxwvutsrq")
    for number in range(10):
        clock.now = NOON + number * 0.0002
        AuditLog(audit, clock, lambda: next(random))(AuditAction.PARTIAL_STORED, unrestricted("ada"), str(number))
    assert [entry.subject for entry in audit.latest(10)] == [str(number) for number in reversed(range(10))]
