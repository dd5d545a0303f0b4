"""Emails in responses: the author's document, with the service's own fields over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from functions.core.emails.email import TRANSACTIONAL, Email
from functions.core.emails.email_listing import TYPES, state
from functions.steps.emails.read_emails import EmailWithDocument

# HubSpot's client refuses an email without these.
_REQUIRED = {"subject": "", "content": {}, "from": {}, "to": {}, "sendOnPublish": False}


def email_view(email: EmailWithDocument, properties: Sequence[str] = ()) -> dict[str, Any]:
    """`properties`: returns these and the required ones; default: all. `content` is empty unless it is one of them."""
    own = _own_fields(email.email)
    view = _REQUIRED | email.document | own
    if not properties:
        return view
    selected = {name: value for name, value in view.items() if name in {*properties, *_REQUIRED, *own, "name"}}
    return selected if "content" in properties else {**selected, "content": {}}


def _own_fields(email: Email) -> dict[str, Any]:
    """The fields that an author does not write."""
    always = {
        "id": str(email.id),
        "type": TYPES[email.subcategory],
        "subcategory": str(email.subcategory),
        "state": state(email),
        "isPublished": email.published_revision is not None,
        "isTransactional": email.subscription == TRANSACTIONAL,
        "archived": bool(email.archived_at),
        "version": email.version,
    }
    optional = {
        "createdAt": email.created_at,
        "createdById": email.created_by,
        "updatedAt": email.updated_at,
        "updatedById": email.updated_by,
        "publishedAt": email.published_at,
        "publishedById": email.published_by,
        "deletedAt": email.archived_at,
    }
    return always | {name: text for name, text in optional.items() if text}


def version_view(email: EmailWithDocument) -> dict[str, Any]:
    """A published revision, with its document."""
    return {
        "id": str(email.revision),
        "user": {"id": email.by, "email": email.by},
        "object": {**email_view(email), "publishedAt": email.at},
        "updatedAt": email.at,
    }


def paged(
    results: list[dict[str, Any]], total: int, after: int | None, path: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """`after`: the cursor of the next page. HubSpot's clients read on while there is a `paging`, so the last page has none."""
    page: dict[str, Any] = {"total": total, "results": results}
    if after is not None:
        link = f"{path}?{urlencode({**query, 'after': str(after)})}"
        page["paging"] = {"next": {"after": str(after), "link": link}}
    return page
