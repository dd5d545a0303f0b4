"""Subscription types, and what contacts decide about them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from functions.core.contacts.contact import SubscriptionStatus
from functions.core.contacts.subscription import TEXTS_MAX
from functions.routes.http.models import ApiModel, Instant

LegalBasis = Literal[
    "LEGITIMATE_INTEREST_PQL",
    "LEGITIMATE_INTEREST_CLIENT",
    "PERFORMANCE_OF_CONTRACT",
    "CONSENT_WITH_NOTICE",
    "NON_GDPR",
    "PROCESS_AND_STORE",
    "LEGITIMATE_INTEREST_OTHER",
]
Name = Annotated[str, Meta(min_length=1, max_length=TEXTS_MAX["name"])]
Description = Annotated[str, Meta(max_length=TEXTS_MAX["description"], description="shown to who chooses")]
Purpose = Annotated[str, Meta(max_length=TEXTS_MAX["purpose"], examples=["Marketing"])]


class SubscriptionDefinition(ApiModel):
    """A subscription type. The one called TRANSACTIONAL is built in: nobody can leave it."""

    id: str
    name: str
    description: str
    purpose: str
    communication_method: str
    is_active: Annotated[bool, Meta(description="emails of an inactive one are not sent")]
    is_default: bool
    is_internal: bool
    created_at: Instant
    updated_at: Instant


class SubscriptionDefinitionsResponse(ApiModel):
    subscription_definitions: list[SubscriptionDefinition]


class SubscriptionTypeList(ApiModel):
    results: list[SubscriptionDefinition]


class SubscriptionTypeCreateRequest(ApiModel):
    name: Name
    description: Description = ""
    purpose: Purpose = ""
    active: bool = True
    id: (
        Annotated[
            str, Meta(pattern="^[A-Za-z0-9_-]{1,50}$", description="what emails name it by; a fresh number if absent")
        ]
        | None
    ) = None


class SubscriptionTypeChangeRequest(ApiModel):
    """What is absent stays."""

    name: Name | None = None
    description: Description | None = None
    purpose: Purpose | None = None
    active: bool | None = None


class UnsubscribeQuery(ApiModel):
    all: Annotated[bool, Meta(description="all emails that are not transactional, in place of this mail's type")] = (
        False
    )


class PublicUpdateSubscriptionStatusRequest(ApiModel):
    email_address: str
    subscription_id: str
    legal_basis: LegalBasis | None = None
    legal_basis_explanation: Annotated[str, Meta(max_length=1000)] | None = None


class PublicSubscriptionStatus(ApiModel):
    """Where a contact stands with a subscription type."""

    id: str
    name: str
    description: str
    status: Annotated[
        SubscriptionStatus, Meta(description="NOT_SUBSCRIBED also where nothing was decided: such mail is sent")
    ]
    source_of_status: Literal["PORTAL_WIDE_STATUS", "SUBSCRIPTION_STATUS"]
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None
    decided_at: Annotated[Instant, Meta(description="absent: nothing was decided (not HubSpot's)")] | None = None


class PublicSubscriptionStatusesResponse(ApiModel):
    recipient: str
    subscription_statuses: list[PublicSubscriptionStatus]
