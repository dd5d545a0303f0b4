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
        at = timestamps.iso(self.clock())
        entry_id = f"{at}#{self.new_id()}"
        self.audit.add(
            LogEntry(id=entry_id, at=at, action=action, by=by.name, key_id=by.key_id, subject=subject, detail=detail)
        )
