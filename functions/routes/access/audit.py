"""The audit log over HTTP."""

from __future__ import annotations

from functions import wiring
from functions.core.access.audit import LogEntry
from functions.routes.access.models import AuditEntry, AuditPage, AuditQuery
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import query_of
from functions.routes.http.paging import cut_page


def list_audit_entries(request: ApiRequest) -> AuditPage:
    """The latest first."""
    query = query_of(request, AuditQuery)
    entries = wiring.get(wiring.adapters.access.audit_entries).latest(query.limit + 1, before=query.after or "")
    page, paging = cut_page(request, entries, query.limit, lambda entry: entry.id)
    return AuditPage(results=[_view(entry) for entry in page], paging=paging)


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
