"""Reads the paths and queries of the requests about emails."""

from __future__ import annotations

from functions.core.emails.email import LATEST
from functions.core.emails.email_listing import Filter, TimeRange
from functions.core.errors import NotFound
from functions.core.models.format import whole_number
from functions.routes.emails.models import EmailListQuery
from functions.routes.http.gate import ApiRequest


def email_id(request: ApiRequest) -> int:
    return _number(request, "emailId", "email")


def revision_number(request: ApiRequest) -> int:
    """HubSpot names the latest one -1 too."""
    if request.path_parameters["revisionId"] == str(LATEST):
        return LATEST
    return _number(request, "revisionId", "published revision")


def _number(request: ApiRequest, name: str, noun: str) -> int:
    """Raises NotFound if the path has no number there: it names nothing."""
    text = request.path_parameters[name]
    try:
        return whole_number(text)
    except ValueError:
        raise NotFound(f"there is no {noun} {text!r}") from None


def email_filter(query: EmailListQuery) -> Filter:
    return Filter(
        archived=query.archived,
        types=frozenset(query.type or ()),
        published=query.is_published,
        campaign=query.campaign or "",
        created=_range(query.created_at, query.created_after, query.created_before),
        updated=_range(query.updated_at, query.updated_after, query.updated_before),
        published_at=_range(query.published_at, query.published_after, query.published_before),
    )


def _range(at: str | None, after: str | None, before: str | None) -> TimeRange:
    return TimeRange(at or "", after or "", before or "")
