"""Emails as answers say them: the author's document, with what the service knows over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from functions.core.emails.email import TRANSACTIONAL, Email
from functions.core.emails.email_listing import TYPES, state
from functions.steps.emails.read_emails import EmailWithDocument

# HubSpot's client takes no email without these, whatever it asked for.
_REQUIRED = {"subject": "", "content": {}, "from": {}, "to": {}, "sendOnPublish": False}


def email_view(shown: EmailWithDocument, properties: Sequence[str] = ()) -> dict[str, Any]:
    """With all its properties, or with those named and the required ones (of which `content` is empty unless it is named)."""
    email = shown.email
    told = _REQUIRED | shown.document | _ours(email)
    if not properties:
        return told
    kept = {name: value for name, value in told.items() if name in {*properties, *_REQUIRED, *_ours(email), "name"}}
    return kept if "content" in properties else {**kept, "content": {}}


def _ours(email: Email) -> dict[str, Any]:
    known = {
        "id": str(email.id),
        "type": TYPES[email.subcategory],
        "subcategory": str(email.subcategory),
        "state": state(email),
        "isPublished": email.published_revision is not None,
        "isTransactional": email.subscription == TRANSACTIONAL,
        "archived": bool(email.archived_at),
        "version": email.version,
    }
    told = {
        "createdAt": email.created_at,
        "createdById": email.created_by,
        "updatedAt": email.updated_at,
        "updatedById": email.updated_by,
        "publishedAt": email.published_at,
        "publishedById": email.published_by,
        "deletedAt": email.archived_at,
    }
    return known | {name: text for name, text in told.items() if text}


def version_view(shown: EmailWithDocument) -> dict[str, Any]:
    """A published revision, with the document that it was made from."""
    return {
        "id": str(shown.revision),
        "user": {"id": shown.by, "email": shown.by},
        "object": {**email_view(shown), "publishedAt": shown.at},
        "updatedAt": shown.at,
    }


def paged(
    results: list[dict[str, Any]], total: int, after: int | None, path: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """`after`: where the next page begins. HubSpot's clients go on for as long as they see `paging`, so the last page has none."""
    page: dict[str, Any] = {"total": total, "results": results}
    if after is not None:
        link = f"{path}?{urlencode({**query, 'after': str(after)})}"
        page["paging"] = {"next": {"after": str(after), "link": link}}
    return page
