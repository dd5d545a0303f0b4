"""Emails in responses: the author's document, with the service's own fields over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from functions.core.emails.email import Email, Subcategory
from functions.core.emails.email_document import stored_head
from functions.core.emails.email_listing import TYPES, state
from functions.steps.emails.read_emails import EmailWithDocument

# HubSpot's client refuses an email without these.
_REQUIRED = {"subject": "", "content": {}, "from": {}, "to": {}, "sendOnPublish": False}
_OF_TEST = ("isAbVariation", "abStatus", "testId")  # what an email's `testing` reports of its A/B test


def email_view(email: EmailWithDocument, properties: Sequence[str] = ()) -> dict[str, Any]:
    """`properties`: returns these and the required ones; default: all. `content` is empty unless it is one of them."""
    own = _own_fields(email.email) | _testing(email)
    view = _REQUIRED | email.document | own
    if not properties:
        return view
    selected = {name: value for name, value in view.items() if name in {*properties, *_REQUIRED, *own, "name"}}
    return selected if "content" in properties else {**selected, "content": {}}


def draft_view(email: EmailWithDocument) -> dict[str, Any]:
    """The draft of an email. Its state is DRAFT also if another document is live: an author must not take it for that one."""
    return email_view(replace(email, email=replace(_with_own_type(email), published_revision=None)))


def _with_own_type(email: EmailWithDocument) -> Email:
    """Returns the email with the type and the subscription of this document: another one may be live."""
    if email.email.subcategory is Subcategory.SMTP_TOKEN:
        return email.email
    head = stored_head(email.document)
    return replace(email.email, subcategory=head.subcategory, subscription=head.subscription)


def _own_fields(email: Email) -> dict[str, Any]:
    """The fields that an author does not write."""
    always = {
        "id": str(email.id),
        "type": TYPES[email.subcategory],
        "subcategory": str(email.subcategory),
        "state": state(email),
        "isPublished": email.is_published,
        "isTransactional": email.transactional,
        "archived": bool(email.archived_at),
        "version": email.version,
        "isAb": email.ab_partner_id is not None,
        # An email has one campaign, which its events name: itself.
        "primaryEmailCampaignId": str(email.id),
        "allEmailCampaignIds": [str(email.id)],
    }
    optional = {
        "createdAt": email.created_at,
        "createdById": email.created_by,
        "updatedAt": email.updated_at,
        "updatedById": email.updated_by,
        "publishedAt": email.published_at,
        "publishedById": email.published_by,
        "publishedByEmail": email.published_by,
        "publishedByName": email.published_by,
        "unpublishedAt": email.unpublished_at,
        "clonedFrom": str(email.cloned_from or ""),
        "deletedAt": email.archived_at,
    }
    return always | {name: value for name, value in optional.items() if value}


def _testing(email: EmailWithDocument) -> dict[str, Any]:
    """HubSpot's settings of a test are stored as they came. Which test it is, and which email of it, is ours."""
    stored = email.document.get("testing")
    test = _test(email.email)
    settings = {name: value for name, value in (stored or {}).items() if name not in _OF_TEST}
    return {"testing": settings | test} if test or stored is not None else {}


def _test(email: Email) -> dict[str, Any]:
    if email.ab_partner_id is None:
        return {}
    status = "variant" if email.ab_variant else "master"
    return {
        "isAbVariation": email.ab_variant,
        "abStatus": f"automated_{status}" if email.subcategory is Subcategory.AUTOMATED else status,
        "testId": str(email.ab_partner_id if email.ab_variant else email.id),
    }


def version_view(email: EmailWithDocument) -> dict[str, Any]:
    """A published revision, with its document."""
    return {
        "id": str(email.revision),
        "user": {"id": email.by, "email": email.by, "fullName": email.by},
        "object": {**email_view(replace(email, email=_with_own_type(email))), "publishedAt": email.at},
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
