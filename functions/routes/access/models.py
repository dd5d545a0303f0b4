"""API keys and the audit log."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta

from functions.core.models.format import Format
from functions.routes.http.models import ApiModel, EmailAddress, Instant, OwnModel
from functions.routes.http.paging import ForwardPaging
from functions.steps.access.create_api_key import NAME_MAX

PAGE_MAX = 100
_ENTRY_ID = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[A-Za-z0-9-]{1,64}", re.ASCII)

Scope = Literal["transactional-email", "marketing-email", "content", "contacts", "account", "reports"]
ApiKeyName = Annotated[
    str, Meta(min_length=1, max_length=NAME_MAX, description="what the key is for", extra={"printable": True})
]


def _entry_id(text: str) -> str:
    if not _ENTRY_ID.fullmatch(text):
        raise ValueError(text)
    return text


class ApiKeyCreateRequest(OwnModel):
    name: ApiKeyName
    scopes: Annotated[list[Scope], Meta(min_length=1)]
    owner: Annotated[EmailAddress, Meta(description="the owner's email address; default: the caller's")] | None = None


class ApiKeyRenameRequest(OwnModel):
    name: ApiKeyName


class ApiKeyView(ApiModel):
    """A key, without its secret."""

    id: Annotated[str, Meta(description="the SHA-256 of the key")]
    name: str
    prefix: Annotated[str, Meta(description="the first characters of the key")]
    owner: str
    scopes: list[str]
    created_at: Instant
    last_used_at: Annotated[Instant, Meta(description="to the hour")] | None = None
    revoked_at: Instant | None = None


class ApiKeyCreatedView(ApiKeyView, kw_only=True):
    key: Annotated[str, Meta(description="the key itself: only this response shows it")]


class ApiKeyList(ApiModel):
    results: list[ApiKeyView]


class AuditQuery(OwnModel):
    after: (
        Annotated[
            str,
            Meta(
                description="`paging.next.after` of the previous page",
                extra={
                    "format": Format(
                        _entry_id, "the paging.next.after of an earlier page", "2026-11-23T12:00:00.000Z#1"
                    )
                },
            ),
        ]
        | None
    ) = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = PAGE_MAX


class AuditEntry(ApiModel):
    id: str
    at: Instant
    action: Annotated[str, Meta(description="what was done: api_key.made, email.published, contact.erased, ...")]
    by: Annotated[str, Meta(description="the owner of the API key, or the AWS identity that ran the command")]
    key_id: Annotated[str, Meta(description="the API key; absent for a command")] | None = None
    subject: (
        Annotated[str, Meta(description="the id of the changed object; for an erased person, a hash of the address")]
        | None
    ) = None
    detail: dict[str, str | int] = {}


class AuditPage(ApiModel):
    results: list[AuditEntry]
    paging: ForwardPaging | None = None
