"""HubSpot's marketing emails over HTTP (the statistics room has their statistics)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions import wiring
from functions.core.emails.email import Subcategory
from functions.core.errors import FieldError, Rejected
from functions.core.models.field_errors import FieldErrors
from functions.routes.emails.email_queries import email_filter, email_id, revision_number
from functions.routes.emails.email_views import draft_view, email_view, paged, version_view
from functions.routes.emails.if_match import base_version, header_version
from functions.routes.emails.models import (
    EmailChange,
    EmailCloneRequest,
    EmailListQuery,
    EmailQuery,
    VariationCreateRequest,
    VersionListQuery,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, query_of, read_body
from functions.routes.statistics.statistics_views import data_view
from functions.steps.broadcasts.publish_batch import STATES
from functions.steps.emails.read_emails import EmailWithDocument

JSON = dict[str, Any]


def list_emails(request: ApiRequest) -> JSON:
    query = query_of(request, EmailListQuery)
    after = None if query.after is None else int(query.after)
    try:
        page = wiring.get(wiring.emails.read_emails)(
            email_filter(query), sorts=query.sort or (), after=after, limit=query.limit
        )
    except LookupError as error:
        raise Rejected([FieldError("after", str(error))]) from error
    next_after = page.emails[-1].email.id if page.more else None
    return paged(_views(query, page.emails), page.total, next_after, request.path, request.query)


def create_email(request: ApiRequest) -> JSON:
    return email_view(wiring.get(wiring.emails.edit_emails).create(request.json(), request.caller))


def get_email(request: ApiRequest) -> JSON:
    query = query_of(request, EmailQuery)
    email = wiring.get(wiring.emails.edit_emails).get(email_id(request), archived=query.archived)
    view = _views(query, [email])[0]
    if email.email.subcategory is Subcategory.BATCH:
        broadcast = wiring.get(wiring.broadcasts.publish_batch).of_email(email.email)
        return view | ({"state": STATES[broadcast.state]} if broadcast and broadcast.state in STATES else {})
    return view


def update_email(request: ApiRequest) -> JSON:
    """Updates the draft, as update_draft does, and also archives and unarchives. Returns the draft if it changed."""
    editor, by, number = wiring.get(wiring.emails.edit_emails), request.caller, email_id(request)
    changes, change = _change(request)
    version = change.version
    if change.archived is False:
        unarchived = editor.unarchive(number, by, version)
        version = version and unarchived.email.version
    email = editor.update(number, changes, by, version) if changes or change.archived is None else None
    if change.archived:
        editor.archive(number, by, None if email else version)
        return email_view(editor.get(number, archived=True))
    return draft_view(email) if email else email_view(editor.get(number))


def archive_email(request: ApiRequest) -> None:
    wiring.get(wiring.emails.edit_emails).archive(email_id(request), request.caller, base_version(request))


def clone_email(request: ApiRequest) -> JSON:
    body = body_of(request, EmailCloneRequest)
    editor = wiring.get(wiring.emails.edit_emails)
    return email_view(editor.clone(int(body.id), body.clone_name, body.language, request.caller))


def publish_email(request: ApiRequest) -> None:
    """Without a version it publishes the latest draft. An email to lists or contacts is sent, too."""
    wiring.get(wiring.broadcasts.publish_batch).publish(email_id(request), request.caller, base_version(request))


def unpublish_email(request: ApiRequest) -> None:
    wiring.get(wiring.broadcasts.publish_batch).unpublish(email_id(request), request.caller, base_version(request))


def get_draft(request: ApiRequest) -> JSON:
    return draft_view(wiring.get(wiring.emails.edit_emails).draft(email_id(request)))


def update_draft(request: ApiRequest) -> JSON:
    changes, change = _change(request)
    editor = wiring.get(wiring.emails.edit_emails)
    return draft_view(editor.update(email_id(request), changes, request.caller, change.version))


def reset_draft(request: ApiRequest) -> None:
    editor = wiring.get(wiring.emails.edit_emails)
    editor.discard_draft(email_id(request), request.caller, base_version(request))


def list_revisions(request: ApiRequest) -> JSON:
    """`after` and `before` are revisions' ids: the list begins after the one, and stops before the other."""
    query, number = query_of(request, VersionListQuery), email_id(request)
    after, before = (None if cursor is None else int(cursor) for cursor in (query.after, query.before))
    page = wiring.get(wiring.emails.read_emails).revisions(number, after=after, before=before, limit=query.limit)
    next_after = page.emails[-1].revision if page.more else None
    results = [version_view(revision) for revision in page.emails]
    return paged(results, page.total, next_after, request.path, request.query)


def get_revision(request: ApiRequest) -> JSON:
    return version_view(wiring.get(wiring.emails.edit_emails).revision(email_id(request), revision_number(request)))


def restore_revision(request: ApiRequest) -> None:
    version = base_version(request)
    wiring.get(wiring.emails.edit_emails).restore(email_id(request), revision_number(request), request.caller, version)


def restore_revision_to_draft(request: ApiRequest) -> JSON:
    number, by, version = revision_number(request), request.caller, base_version(request)
    return draft_view(wiring.get(wiring.emails.edit_emails).restore_to_draft(email_id(request), number, by, version))


def create_variation(request: ApiRequest) -> JSON:
    body = body_of(request, VariationCreateRequest)
    editor = wiring.get(wiring.emails.edit_emails)
    return email_view(editor.create_variation(int(body.content_id), body.variation_name, request.caller))


def get_variation(request: ApiRequest) -> JSON:
    return email_view(wiring.get(wiring.emails.edit_emails).variation(email_id(request)))


def _change(request: ApiRequest) -> tuple[JSON, EmailChange]:
    """Returns the changes of the document, and the change of the email itself. Raises Rejected with every error."""
    errors = FieldErrors()
    document = request.json()
    change = read_body(EmailChange, document, errors)
    if change.version is None:
        change.version = header_version(request, errors)
    errors.check()
    return {name: value for name, value in document.items() if name not in {"archived", "version"}}, change


def _views(query: EmailListQuery | EmailQuery, emails: Sequence[EmailWithDocument]) -> list[JSON]:
    views = [email_view(email, query.included_properties or ()) for email in emails]
    if not query.include_stats:
        return views
    counters = wiring.get(wiring.statistics.read_statistics).totals([email.email.id for email in emails])
    return [{**view, "stats": data_view(counters.get(int(view["id"]), {}))} for view in views]
