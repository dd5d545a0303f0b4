"""The audit log."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.routes.http.models import ApiModel, Instant
from functions.routes.http.paging import ForwardPaging

PAGE_MAX = 100


class AuditQuery(ApiModel):
    after: Annotated[str, Meta(description="paging.next.after of the page before")] = ""
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = PAGE_MAX


class AuditEntry(ApiModel):
    id: str
    at: Instant
    action: Annotated[str, Meta(description="what was done: api_key.made, email.published, contact.erased, ...")]
    by: Annotated[str, Meta(description="the owner of the key, or the AWS identity that ran the command")]
    key_id: Annotated[str, Meta(description="the API key; absent where it was no request over the API")] | None = None
    subject: (
        Annotated[str, Meta(description="the id of what it was done to; of an erased person a hash of the address")]
        | None
    ) = None
    detail: dict[str, str | int] = {}


class AuditPage(ApiModel):
    results: list[AuditEntry]
    paging: ForwardPaging | None = None
