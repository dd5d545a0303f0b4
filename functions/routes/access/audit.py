"""The audit log on the wire, and how the other resources write to it."""

from __future__ import annotations

import re

from functions import wiring
from functions.core.access.audit import AuditAction, LogEntry
from functions.core.errors import FieldError, Rejected
from functions.routes.access.audit_models import PAGE_MAX, AuditEntry, AuditPage
from functions.routes.http.dispatch import Operation, Request
from functions.routes.http.paging import further

_ENTRY_ID = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[A-Za-z0-9-]{1,64}", re.ASCII)


def note(request: Request, action: AuditAction, subject: str, **detail: str | int) -> None:
    """Once it is done: what fails on its way changes nothing, and is no act."""
    caller = request.caller
    wiring.get(wiring.access.audit_log)(action, caller.owner, subject, key_id=caller.key_id, **detail)


def list_audit_entries(request: Request) -> AuditPage:
    """The latest first."""
    faults: list[FieldError] = []
    limit, after = request.query.get("limit") or str(PAGE_MAX), request.query.get("after", "")
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:9]) <= PAGE_MAX):
        faults.append(FieldError("limit", f"must be a whole number from 1 to {PAGE_MAX}, not {limit!r}"))
    if after and not _ENTRY_ID.fullmatch(after):
        faults.append(FieldError("after", f"must be the paging.next.after of an earlier page, not {after!r}"))
    if faults:
        raise Rejected(faults)
    found = wiring.get(wiring.adapters.audit_entries).latest(int(limit) + 1, before=after)
    page = found[: int(limit)]
    paging = further(request.path, request.query, page[-1].id) if len(found) > len(page) else None
    return AuditPage(results=[_view(entry) for entry in page], paging=paging)


OPERATIONS: dict[str, Operation] = {"list_audit_entries": list_audit_entries}


def _view(entry: LogEntry) -> AuditEntry:
    return AuditEntry(
        id=entry.id,
        at=entry.at,
        action=str(entry.action),
        by=entry.by,
        key_id=entry.key_id or None,
        subject=entry.subject or None,
        detail=dict(entry.detail),
    )
