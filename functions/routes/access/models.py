"""API keys."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from functions.routes.http.models import ApiModel, Instant

Scope = Literal["transactional-email", "marketing-email", "content", "account"]


class ApiKeyCreateRequest(ApiModel):
    name: Annotated[str, Meta(min_length=1, max_length=100, description="what the key is for")]
    scopes: Annotated[list[Scope], Meta(min_length=1)]
    owner: Annotated[
        str, Meta(description="the email address of whoever answers for it; the caller's own if absent")
    ] = ""


class ApiKeyRenameRequest(ApiModel):
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class ApiKeyView(ApiModel):
    """A key, without its secret."""

    id: Annotated[str, Meta(description="the SHA-256 of the key")]
    name: str
    prefix: Annotated[str, Meta(description="how the key begins")]
    owner: str
    scopes: list[str]
    created_at: Instant
    last_used_at: Annotated[Instant, Meta(description="to the hour")] | None = None
    revoked_at: Instant | None = None


class ApiKeyCreatedView(ApiKeyView, kw_only=True):
    key: Annotated[str, Meta(description="the key itself: shown here, and never again")]


class ApiKeyList(ApiModel):
    results: list[ApiKeyView]
