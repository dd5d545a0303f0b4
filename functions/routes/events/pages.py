"""Reads the cursor of a page of messages or events. A cursor belongs to one query."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from msgspec import Struct

from functions.core.events import pagination
from functions.core.events.pagination import Cursor
from functions.core.models.field_errors import FieldErrors
from functions.routes.http.gate import ApiRequest


class PageStart(Struct, frozen=True):
    query: str  # the cursors of another query are refused
    after: Cursor | None


def page_start(request: ApiRequest, cursor: str, names: Sequence[str], errors: FieldErrors) -> PageStart:
    """`cursor`: the query parameter of the cursor. `names`: the parameters that the list depends on."""
    query = urlencode({name: request.query.get(name, "") for name in names})
    text = request.query.get(cursor, "").strip()
    try:
        return PageStart(query, pagination.decode(text, query) if text else None)
    except (ValueError, OverflowError, OSError):
        errors.add(cursor, f"must be a cursor of the previous page of the same query, not {text[:100]!r}")
        return PageStart(query, None)


def spellings(email: str | None) -> tuple[str, ...]:
    """Mails over SMTP store an address in lower case; sends may store it as the caller wrote it."""
    return tuple(dict.fromkeys((email, email.lower()))) if email else ()
