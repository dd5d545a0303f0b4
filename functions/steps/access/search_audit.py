"""Search the audit log: by who, what and when, the latest first."""

from __future__ import annotations

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.access.audit import LogEntry
from functions.core.access.scopes import ACCOUNT
from functions.ports.access import AuditEntries

READ_MAX = 2000  # entries that one search reads: the next page continues
READ_BATCH = 200


class AuditSearch(Struct, frozen=True, kw_only=True):
    """Empty fields match everything. `action` may be the beginning of one; days are '2026-11-29'."""

    by: str = ""
    action: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    def matches(self, entry: LogEntry) -> bool:
        return (
            self.by.lower() in entry.by.lower()
            and entry.action.startswith(self.action)
            and (not self.subject or entry.subject == self.subject)
            and (not self.until or entry.at[: len(self.until)] <= self.until)
        )


class SearchAudit(Struct, frozen=True):
    """The step with its dependencies."""

    entries: AuditEntries

    def __call__(self, query: AuditSearch, limit: int, by: Actor, before: str = "") -> tuple[list[LogEntry], str]:
        """Returns matching entries, and the place where the next page begins; empty after the last one."""
        by.require(ACCOUNT)
        matches: list[LogEntry] = []
        for _ in range(READ_MAX // READ_BATCH):
            batch = self.entries.latest(READ_BATCH, before=before)
            for entry in batch:
                if query.since and entry.at < query.since:
                    return matches, ""
                if query.matches(entry):
                    if len(matches) == limit:
                        return matches, before
                    matches.append(entry)
                before = entry.id
            if len(batch) < READ_BATCH:
                return matches, ""
        return matches, before
