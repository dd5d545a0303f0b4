"""Webhooks, their deliveries and their events."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from functions.core.webhooks.webhook import ATTEMPTS_STORED, DeliveryState
from functions.core.webhooks.webhook_events import DESCRIPTION, MessageEventType
from functions.routes.http.models import ApiModel, Instant, OpenModel, OwnModel
from functions.routes.http.paging import ForwardPaging
from functions.steps.webhooks.manage_webhooks import DESCRIPTION_MAX

_TYPES = "\n".join(
    ["- `*`: all types, later ones too", *(f"- `{type_}`: {text}" for type_, text in DESCRIPTION.items())]
)
_URL = "https, port 443 or 8443, a domain name with only public addresses"

Url = Annotated[str, Meta(description=_URL, max_length=2000)]
Types = Annotated[
    list[
        Literal[
            "*",
            "email.sent",
            "email.delivered",
            "email.delayed",
            "email.bounced",
            "email.complained",
            "email.rejected",
            "email.refused",
            "email.failed",
            "email.canceled",
            "email.opened",
            "email.clicked",
            "email.unsubscribed",
            "email.resubscribed",
        ]
    ],
    Meta(min_length=1, description=_TYPES),
]
Description = Annotated[str, Meta(max_length=DESCRIPTION_MAX, extra={"printable": True})]
PAGE_MAX = 100


class WebhookCreateRequest(OwnModel):
    url: Url
    event_types: Types = field(default_factory=lambda: ["*"])
    description: Description = ""
    active: bool = True


class WebhookUpdateRequest(OwnModel):
    """Absent fields do not change. `active: true` resumes a paused webhook."""

    url: Url | None = None
    event_types: Types | None = None
    description: Description | None = None
    active: bool | None = None


class WebhookView(ApiModel):
    """A webhook, without its secret."""

    id: str
    url: str
    event_types: list[str]
    description: str
    active: bool
    created_at: Instant
    updated_at: Instant
    failing_since: Annotated[Instant | None, Meta(description="since when every attempt has failed")] = None
    paused_at: Annotated[
        Instant | None, Meta(description="it failed for a day, or responded 410: it gets no event until it is resumed")
    ] = None
    pause_reason: str | None = None


class WebhookSecretView(WebhookView, kw_only=True):
    secret: Annotated[str, Meta(description="signs its requests (Standard Webhooks): only this response shows it")]


class WebhookList(ApiModel):
    results: list[WebhookView]


class DeliveryAttemptView(ApiModel):
    at: Instant
    status: Annotated[int, Meta(description="the HTTP status; absent without a response")] = 0
    milliseconds: int = 0
    error: str = ""


class WebhookDeliveryView(ApiModel):
    """The delivery of one event to one webhook."""

    id: str
    event_id: Annotated[str, Meta(description="the request's `webhook-id`")]
    event_type: MessageEventType
    event_at: Instant
    state: DeliveryState
    attempts: Annotated[list[DeliveryAttemptView], Meta(description=f"the latest {ATTEMPTS_STORED}")]
    next_attempt_at: Instant | None = None
    status_id: Annotated[str | None, Meta(description="the send of the event")] = None
    recipient: Annotated[int | None, Meta(description="the recipient's number: 0 is the To")] = None


class WebhookDeliveryList(ApiModel):
    results: list[WebhookDeliveryView]
    paging: ForwardPaging | None = None


class DeliveriesQuery(OwnModel):
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = PAGE_MAX
    after: Annotated[str, Meta(description="`paging.next.after` of the previous page")] = ""


class WebhookQueued(ApiModel):
    """The delivery is listed after its first attempt."""

    delivery_id: str


class ReplayRequest(OwnModel):
    """The events of a span, of messages accepted in it or up to three days before. The end is not part of it."""

    since: Instant
    until: Annotated[Instant, Meta(description="default: now")] | None = None
    delivered: Annotated[bool, Meta(description="include the delivered events")] = False


class ReplayQueued(ApiModel):
    since: Instant
    until: Instant
    delivered: bool


class WebhookEvent(ApiModel):
    """The body of a request to a webhook."""

    id: str
    type: MessageEventType
    timestamp: Instant
    data: WebhookEventData


class WebhookEventData(OpenModel):
    status_id: str
    recipient: int
    role: str
    address: str
    email_id: int
    accepted_at: Instant
    tags: dict[str, str]
    ses_message_id: str = ""
    details: Annotated[
        dict[str, Any],
        Meta(description="depend on the type: a bounce's diagnosis, a click's link, why it was not sent, ..."),
    ] = {}
