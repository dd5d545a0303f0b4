"""Subscription statuses, as HubSpot's v4 and dated preferences APIs write them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from functions.core.contacts.subscriptions.legal_basis import EXPLANATION_MAX, LegalBasis
from functions.core.contacts.subscriptions.status import StatusState
from functions.routes.contacts.models import TypeReference
from functions.routes.http.models import ApiModel, EmailAddress, Instant
from functions.steps.contacts.statuses import StatusChange

BATCH_MAX = 100  # contacts: HubSpot's own limit for a batch

Channel = Literal["EMAIL"]
Verbose = Annotated[bool, Meta(description="whether the answer lists the statuses that changed")]
Number = Annotated[int, Meta(description="the subscription type's number")]


class ChannelQuery(ApiModel):
    channel: Channel


class UnsubscribeAllQuery(ApiModel):
    channel: Channel
    verbose: Verbose = False


class DefinitionsQuery(ApiModel):
    include_translations: bool = False


class SubscriberPath(ApiModel):
    subscriber_id_string: EmailAddress


class PartialStatusRequest(ApiModel):
    channel: Channel
    status_state: Annotated[StatusState, Meta(description="SUBSCRIBED or UNSUBSCRIBED: a decision cannot be removed")]
    subscription_id: TypeReference
    legal_basis: LegalBasis | None = None
    legal_basis_explanation: Annotated[str, Meta(max_length=EXPLANATION_MAX)] | None = None


class StatusRequest(PartialStatusRequest, kw_only=True):
    subscriber_id_string: EmailAddress


class LinkGenerationRequest(ApiModel):
    subscriber_id_string: EmailAddress
    subscription_id: TypeReference | None = None
    language: Annotated[str, Meta(max_length=35, description="of the page; default: the reader's")] | None = None


class LinkGenerationResponse(ApiModel):
    """Links for the sender's own pages. Each call makes a new secret; a contact's 50 latest ones are valid."""

    subscriber_id_string: str
    manage_preferences_url: str
    unsubscribe_all_url: str
    unsubscribe_single_url: Annotated[str, Meta(description="with a subscriptionId in the request")] | None = None


class StatusBatchRequest(ApiModel):
    inputs: Annotated[list[StatusRequest], Meta(min_length=1, max_length=BATCH_MAX)]


class AddressBatchRequest(ApiModel):
    inputs: Annotated[list[EmailAddress], Meta(min_length=1, max_length=BATCH_MAX)]


class Completed(ApiModel, kw_only=True):
    """HubSpot's answer of an action, which here is always done."""

    status: Literal["COMPLETE"]
    started_at: Instant
    completed_at: Instant


class PublicStatus(ApiModel):
    subscriber_id_string: str
    subscription_id: Number
    subscription_name: str
    channel: Channel
    status: Annotated[StatusState, Meta(description="NOT_SPECIFIED: without a decision; that mail is sent")]
    source: Annotated[str, Meta(description="who decided; empty without a decision")]
    timestamp: Annotated[Instant, Meta(description="of the decision; without one, when the type was created")]
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None
    set_status_success_reason: StatusChange | None = None


class WideStatus(ApiModel):
    """The status for all mail but transactional mail."""

    subscriber_id_string: str
    channel: Channel
    status: StatusState
    timestamp: Instant
    wide_status_type: Literal["PORTAL_WIDE"]


class ContactStatuses(ApiModel):
    subscriber_id_string: str
    statuses: list[PublicStatus] | None = None


class ContactWideStatuses(ApiModel):
    subscriber_id_string: str
    wide_statuses: list[WideStatus]


class NumberedDefinition(ApiModel):
    """A subscription type. Its id is its number, as text."""

    id: str
    name: str
    description: str
    purpose: str
    communication_method: str
    is_active: bool
    is_default: bool
    is_internal: bool
    created_at: Instant
    updated_at: Instant
    subscription_translations: Annotated[list[str], Meta(max_length=0, description="always empty")] | None = None


class DefinitionResults(Completed):
    results: list[NumberedDefinition]


class StatusResults(Completed):
    results: list[PublicStatus]


class WideStatusResults(Completed):
    results: Annotated[list[WideStatus], Meta(description="empty if the contact did not unsubscribe from all")]


class ContactStatusResults(Completed):
    results: list[ContactStatuses]


class ContactWideStatusResults(Completed):
    results: list[ContactWideStatuses]
