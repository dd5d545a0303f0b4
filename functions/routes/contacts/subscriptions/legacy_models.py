"""Subscriptions in HubSpot's v1 API. A subscription type's id is its number, and times are in milliseconds."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from functions.core.contacts.subscriptions.legal_basis import EXPLANATION_MAX, LegalBasis
from functions.core.events.subscription_changes import ChangeType
from functions.routes.contacts.models import TypeReference
from functions.routes.events.email_event_models import EventReference, Milliseconds, QueryMilliseconds
from functions.routes.http.models import ApiModel

LIMIT, LIMIT_MAX = 10, 1000
STATUSES_MAX = 100

Portal = Annotated[int, Meta(description="the stage's number")]
OptState = Literal["OPT_IN", "OPT_OUT", "NOT_OPTED"]


class LegacySubscriptionType(ApiModel, omit_defaults=False):
    id: int
    name: str
    description: str
    active: bool
    portal_id: Portal


class LegacySubscriptionTypes(ApiModel):
    subscription_definitions: list[LegacySubscriptionType]


class LegacySubscriptionStatus(ApiModel, omit_defaults=False):
    id: int
    subscribed: bool
    opt_state: OptState
    updated_at: Milliseconds
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None


class LegacySubscriptions(ApiModel, omit_defaults=False):
    """`subscriptionStatuses` has the types that the contact decided about."""

    email: str
    portal_id: Portal
    subscribed: Annotated[bool, Meta(description="false if the contact left all mail or reported spam")]
    unsubscribe_from_portal: Annotated[bool, Meta(description="whether the contact left all mail")]
    marked_as_spam: bool
    bounced: Annotated[bool, Meta(description="whether a hard bounce blocks the address")]
    status: Literal["subscribed", "unsubscribed"]
    subscription_statuses: list[LegacySubscriptionStatus]


class LegacyStatusChange(ApiModel):
    id: TypeReference
    subscribed: bool | None = None
    opt_state: OptState | None = None
    legal_basis: LegalBasis | None = None
    legal_basis_explanation: Annotated[str, Meta(max_length=EXPLANATION_MAX)] | None = None


class LegacySubscriptionsRequest(ApiModel):
    """Without `unsubscribeFromAll`, each status has `subscribed`, or an `optState` of OPT_IN or OPT_OUT."""

    unsubscribe_from_all: bool = False
    subscription_statuses: Annotated[list[LegacyStatusChange], Meta(max_length=STATUSES_MAX)] | None = None


class LegacyUpdateView(ApiModel):
    status: str


class TimelineQuery(ApiModel):
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = LIMIT
    offset: Annotated[str, Meta(description="the `offset` of the previous page")] | None = None
    start_timestamp: QueryMilliseconds | None = None
    end_timestamp: QueryMilliseconds | None = None
    change_type: ChangeType | None = None


class TimelineChange(ApiModel):
    change: Annotated[str, Meta(examples=["SUBSCRIBED", "UNSUBSCRIBED", "BOUNCED", "REPORTED_SPAM"])]
    change_type: ChangeType
    source: str
    portal_id: Portal
    caused_by_event: EventReference
    subscription_id: Annotated[int, Meta(description="the subscription type's number")] | None = None


class TimelineItem(ApiModel, omit_defaults=False):
    timestamp: Milliseconds
    portal_id: Portal
    recipient: str
    changes: list[TimelineChange]


class SubscriptionTimeline(ApiModel):
    """A page may have fewer items than its limit, or none, while `hasMore` is true."""

    timeline: list[TimelineItem]
    has_more: bool
    offset: str
