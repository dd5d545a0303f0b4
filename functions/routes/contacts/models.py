"""Contacts, and the erasure of one."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from functions.routes.http.models import ApiModel, Instant


class ContactProperty(ApiModel):
    value: str
    told_at: Annotated[Instant, Meta(description="when the send that told it was accepted")]


class ContactDecision(ApiModel):
    """What somebody decided about a subscription type."""

    subscription_id: Annotated[str, Meta(description="a subscription type's id; * is all of them")]
    status: Literal["SUBSCRIBED", "NOT_SUBSCRIBED"]
    decided_at: Instant
    source: Annotated[str, Meta(description="who said so")]
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None


class ContactView(ApiModel):
    """All that is stored of a contact. The messages to them: GET /staffetta/v1/messages?recipient=."""

    email: str
    created_at: Instant
    properties: dict[str, ContactProperty]
    decisions: list[ContactDecision]
    bounced_at: (
        Annotated[Instant, Meta(description="a hard bounce: only transactional mail still goes there")] | None
    ) = None
    bounce_reason: str | None = None
    complained_at: Annotated[Instant, Meta(description="a report of spam")] | None = None


class ErasureView(ApiModel):
    """It is done within minutes, or later where a long archive is to be looked through. The audit log then says `contact.erased`."""

    status: Literal["PENDING"]
    requested_at: Instant
    subject: Annotated[str, Meta(description="what the audit log names the person by")]
