"""Contacts, their subscriptions, and subscription types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from functions.core.contacts.contact import SubscriptionStatus
from functions.core.contacts.subscriptions.legal_basis import EXPLANATION_MAX, LegalBasis
from functions.core.contacts.subscriptions.subscription import ID_PATTERN, TEXTS_MAX
from functions.core.models.format import Format
from functions.routes.http.models import ApiModel, EmailAddress, Instant, OwnModel

Name = Annotated[str, Meta(min_length=1, max_length=TEXTS_MAX["name"])]
Description = Annotated[str, Meta(max_length=TEXTS_MAX["description"], description="shown to the person who chooses")]
Purpose = Annotated[str, Meta(max_length=TEXTS_MAX["purpose"], examples=["Marketing"])]
TypeId = Annotated[
    str,
    Meta(
        pattern=f"^{ID_PATTERN}$",
        description="emails name the type by it; default: a new number",
        examples=["news"],
        extra={"expected": "1 to 50 letters, digits, - or _"},
    ),
]


def _reference(value: object) -> str:
    """HubSpot's ids are numbers, and its clients may send one as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(value)
    return str(value)


TypeReference = Annotated[
    str,
    Meta(
        description="the id of a subscription type",
        extra={"format": Format(_reference, "the id of a subscription type", "news")},
    ),
]


class ContactPath(ApiModel):
    email: EmailAddress


class StatusPath(ApiModel):
    email_address: EmailAddress


class ContactProperty(ApiModel):
    value: str
    accepted_at: Annotated[Instant, Meta(description="when the send with this value was accepted")] = field(
        name="toldAt"
    )


class ContactDecision(ApiModel):
    """A decision about one subscription type."""

    subscription_id: Annotated[str, Meta(description="a subscription type's id; `*` is all types")]
    status: Literal["SUBSCRIBED", "NOT_SUBSCRIBED"]
    decided_at: Instant
    source: Annotated[str, Meta(description="who decided")]
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None


class ContactView(ApiModel):
    """Everything that is stored of a contact. GET /staffetta/v1/messages?recipient= lists the messages to it."""

    email: str
    created_at: Instant
    properties: dict[str, ContactProperty]
    decisions: list[ContactDecision]
    bounced_at: (
        Annotated[Instant, Meta(description="the time of a hard bounce: the address gets only transactional mail")]
        | None
    ) = None
    bounce_reason: str | None = None
    complained_at: Annotated[Instant, Meta(description="the time of a spam report")] | None = None
    spellings: Annotated[list[str], Meta(description="other spellings of the address in mail to it")] = field(
        default_factory=list
    )


class SuppressionView(ApiModel):
    """What SES's suppression list had for one spelling of an address: its API respects case."""

    email_address: str
    reason: Annotated[str, Meta(description="BOUNCE or COMPLAINT; absent if it was not on the list")] | None
    removed: Annotated[bool, Meta(description="an entry for a complaint stays")]


class LiftedQuarantineView(ApiModel):
    """The lifted bounce, if the contact was in quarantine, and SES's answers."""

    email: str
    suppressions: list[SuppressionView]
    bounced_at: Instant | None = None
    bounce_reason: str | None = None


class ErasureView(ApiModel):
    """Erasure takes minutes, or longer with a long archive. Then the audit log has the entry `contact.erased`."""

    status: Literal["PENDING"]
    requested_at: Instant
    subject: Annotated[str, Meta(description="the hash that names the person in the audit log")]
    messages: Annotated[int, Meta(description="anonymised so far")]
    canceled: Annotated[int, Meta(description="messages that were still to be sent")]
    events: Annotated[int, Meta(description="removed from the archive so far")]
    archive_scanned_to: Annotated[
        str | None, Meta(description="the part of the archive that was scanned last; absent: the scan has not begun")
    ] = None


class SubscriptionDefinition(ApiModel):
    """A subscription type. TRANSACTIONAL is built in, and has no unsubscribing."""

    id: str
    number: Annotated[int, Meta(description="names the type wherever its id does, for clients that take numbers only")]
    name: str
    description: str
    purpose: str
    communication_method: str
    is_active: Annotated[bool, Meta(description="emails of an inactive type are not sent")]
    is_default: bool
    is_internal: bool
    created_at: Instant
    updated_at: Instant


class SubscriptionDefinitionsResponse(ApiModel):
    subscription_definitions: list[SubscriptionDefinition]


class SubscriptionTypeList(ApiModel):
    results: list[SubscriptionDefinition]


class SubscriptionTypeCreateRequest(OwnModel):
    name: Name
    description: Description = ""
    purpose: Purpose = ""
    active: bool = True
    id: TypeId | None = None


class SubscriptionTypeChangeRequest(OwnModel):
    """Absent fields do not change."""

    name: Name | None = None
    description: Description | None = None
    purpose: Purpose | None = None
    active: bool | None = None


class UnsubscribeQuery(ApiModel):
    subscription: Annotated[str, Meta(description="the type that a link without a mail is about")] | None = None
    all: Annotated[bool, Meta(description="all marketing mail, instead of this mail's subscription type")] = False
    language: (
        Annotated[str, Meta(description="of the page, instead of the contact's or the browser's: en or it")] | None
    ) = None


class PublicUpdateSubscriptionStatusRequest(ApiModel):
    email_address: EmailAddress
    subscription_id: TypeReference
    legal_basis: LegalBasis | None = None
    legal_basis_explanation: Annotated[str, Meta(max_length=EXPLANATION_MAX)] | None = None


class PublicSubscriptionStatus(ApiModel):
    """A contact's status for one subscription type."""

    id: str
    name: str
    description: str
    status: Annotated[SubscriptionStatus, Meta(description="NOT_SUBSCRIBED without a decision, too: that mail is sent")]
    source_of_status: Literal["PORTAL_WIDE_STATUS", "SUBSCRIPTION_STATUS"]
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None
    decided_at: Annotated[Instant, Meta(description="absent without a decision (a Staffetta extension)")] | None = None


class PublicSubscriptionStatusesResponse(ApiModel):
    recipient: str
    subscription_statuses: list[PublicSubscriptionStatus]
