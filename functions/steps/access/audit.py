"""Audit: log each administrative action and its actor, once it is done."""

from __future__ import annotations

from msgspec import Struct

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction, LogEntry
from functions.ports import Clock, NewId
from functions.ports.access import AuditEntries


class AuditLog(Struct, frozen=True):
    """The step with its dependencies."""

    audit: AuditEntries
    clock: Clock
    new_id: NewId

    def __call__(self, action: AuditAction, by: Actor, subject: str, **detail: str | int) -> None:
        now = self.clock()
        at = timestamps.iso(now)
        # Entries of one millisecond are in order, too. `at` is the nearest one, so it may be half a millisecond later.
        microsecond = 500 + round(now * 1_000_000) - 1000 * round(now * 1000)
        entry_id = f"{at}#{microsecond:04}-{self.new_id()}"
        self.audit.add(
            LogEntry(id=entry_id, at=at, action=action, by=by.name, key_id=by.key_id, subject=subject, detail=detail)
        )
