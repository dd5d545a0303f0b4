"""HubSpot's marketing emails on the wire (their statistics are routes.statistics')."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.errors import FieldError, Rejected
from functions.core.statistics import periods
from functions.routes.access.audit import note
from functions.routes.emails.email_queries import (
    cursor,
    email_id,
    id_of,
    included,
    limit,
    list_query,
    revision_number,
    version_read,
)
from functions.routes.emails.email_views import email_view, paged, version_view
from functions.routes.emails.table import EMAILS_PATH
from functions.routes.http.dispatch import Operation, Request
from functions.routes.statistics.statistics import data_view
from functions.steps.emails.read_emails import EmailWithDocument

JSON = dict[str, Any]


def list_emails(request: Request) -> JSON:
    asked = list_query(request)
    try:
        page = wiring.get(wiring.emails.read_emails)(
            asked.wanted, sorts=asked.sorts, after=asked.after, limit=asked.limit
        )
    except LookupError as error:
        raise Rejected([FieldError("after", str(error))]) from error
    following = page.emails[-1].email.id if page.more else None
    return paged(_views(request, page.emails), page.total, following, EMAILS_PATH, request.query)


def create_email(request: Request) -> JSON:
    return email_view(wiring.get(wiring.emails.edit_emails).create(request.json(), request.caller.owner))


def get_email(request: Request) -> JSON:
    shown = wiring.get(wiring.emails.edit_emails).get(email_id(request), archived=request.flag("archived"))
    return _views(request, [shown])[0]


def update_email(request: Request) -> JSON:
    """Of the draft, as update_draft; and `archived` is written here."""
    author, changes, by, number = (
        wiring.get(wiring.emails.edit_emails),
        request.json(),
        request.caller.owner,
        email_id(request),
    )
    archived, version = changes.pop("archived", None), version_read(request, changes.pop("version", None))
    if not isinstance(archived, bool | None):
        raise Rejected([FieldError("archived", "must be true or false")])
    if archived is False:
        back = author.unarchive(number, by, version)
        version = version and back.email.version
    shown = author.update(number, changes, by, version) if changes or not archived else None
    if archived:
        author.archive(number, by, None if shown else version)
        note(request, AuditAction.EMAIL_ARCHIVED, str(number))
        shown = author.get(number, archived=True)
    return email_view(shown or author.get(number))


def archive_email(request: Request) -> None:
    wiring.get(wiring.emails.edit_emails).archive(email_id(request), request.caller.owner, version_read(request, None))
    note(request, AuditAction.EMAIL_ARCHIVED, str(email_id(request)))


def clone_email(request: Request) -> JSON:
    body, faults = request.json(), list[FieldError]()
    number = _id(body, "id", faults)
    name = body.get("cloneName")
    if name is not None and not isinstance(name, str):
        faults.append(FieldError("cloneName", "must be a text"))
    if faults:
        raise Rejected(faults)
    return email_view(wiring.get(wiring.emails.edit_emails).clone(number, name, request.caller.owner))


def publish_email(request: Request) -> None:
    """Without a version it publishes the latest draft."""
    wiring.get(wiring.emails.edit_emails).publish(email_id(request), request.caller.owner, version_read(request, None))
    note(request, AuditAction.EMAIL_PUBLISHED, str(email_id(request)))


def unpublish_email(request: Request) -> None:
    wiring.get(wiring.emails.edit_emails).unpublish(
        email_id(request), request.caller.owner, version_read(request, None)
    )
    note(request, AuditAction.EMAIL_UNPUBLISHED, str(email_id(request)))


def get_draft(request: Request) -> JSON:
    return email_view(wiring.get(wiring.emails.edit_emails).draft(email_id(request)))


def update_draft(request: Request) -> JSON:
    changes = request.json()
    version = version_read(request, changes.pop("version", None))
    return email_view(
        wiring.get(wiring.emails.edit_emails).update(email_id(request), changes, request.caller.owner, version)
    )


def reset_draft(request: Request) -> None:
    wiring.get(wiring.emails.edit_emails).discard_draft(
        email_id(request), request.caller.owner, version_read(request, None)
    )


def list_revisions(request: Request) -> JSON:
    """`after` and `before` are revisions' ids: the list goes on after the one, and stops before the other."""
    faults: list[FieldError] = []
    after, before = cursor(request.query, "after", faults), cursor(request.query, "before", faults)
    most = limit(request.query, faults)
    if faults:
        raise Rejected(faults)
    number = email_id(request)
    page = wiring.get(wiring.emails.read_emails).revisions(number, after=after, before=before, limit=most)
    following = page.emails[-1].revision if page.more else None
    results = [version_view(one) for one in page.emails]
    return paged(results, page.total, following, f"{EMAILS_PATH}/{number}/revisions", request.query)


def get_revision(request: Request) -> JSON:
    return version_view(wiring.get(wiring.emails.edit_emails).revision(email_id(request), revision_number(request)))


def restore_revision(request: Request) -> None:
    version = version_read(request, None)
    wiring.get(wiring.emails.edit_emails).restore(
        email_id(request), revision_number(request), request.caller.owner, version
    )
    note(request, AuditAction.EMAIL_PUBLISHED, str(email_id(request)), restored=revision_number(request))


def restore_revision_to_draft(request: Request) -> JSON:
    number, by, version = revision_number(request), request.caller.owner, version_read(request, None)
    return email_view(wiring.get(wiring.emails.edit_emails).restore_to_draft(email_id(request), number, by, version))


def create_variation(request: Request) -> JSON:
    body, faults = request.json(), list[FieldError]()
    number = _id(body, "contentId", faults)
    name = body.get("variationName")
    if not isinstance(name, str) or not name.strip():
        faults.append(FieldError("variationName", "must be a text", "REQUIRED_FIELD"))
    if faults:
        raise Rejected(faults)
    return email_view(wiring.get(wiring.emails.edit_emails).create_variation(number, str(name), request.caller.owner))


def get_variation(request: Request) -> JSON:
    return email_view(wiring.get(wiring.emails.edit_emails).variation(email_id(request)))


OPERATIONS: dict[str, Operation] = {
    "list_emails": list_emails,
    "create_email": create_email,
    "get_email": get_email,
    "update_email": update_email,
    "archive_email": archive_email,
    "clone_email": clone_email,
    "publish_email": publish_email,
    "unpublish_email": unpublish_email,
    "get_draft": get_draft,
    "update_draft": update_draft,
    "reset_draft": reset_draft,
    "list_revisions": list_revisions,
    "get_revision": get_revision,
    "restore_revision": restore_revision,
    "restore_revision_to_draft": restore_revision_to_draft,
    "create_variation": create_variation,
    "get_variation": get_variation,
}


def _views(request: Request, shown: Sequence[EmailWithDocument]) -> list[JSON]:
    views = [email_view(one, included(request)) for one in shown]
    if not shown or not request.flag("includeStats"):
        return views
    counted = wiring.get(wiring.adapters.counters).by_email(
        periods.FIRST, periods.LAST, [one.email.id for one in shown]
    )
    counters = {str(one.email_id): one.counters for one in counted}
    return [{**view, "stats": data_view(counters.get(view["id"], {}))} for view in views]


def _id(body: JSON, name: str, faults: list[FieldError]) -> int:
    number = id_of(body.get(name))
    if number is None:
        faults.append(FieldError(name, "must be the id of an email", "REQUIRED_FIELD"))
    return number or 0
