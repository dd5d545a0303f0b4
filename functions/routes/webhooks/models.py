"""Webhooks, and what was delivered to them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from functions.core.webhooks.webhook import ATTEMPTS_STORED, DeliveryState
from functions.core.webhooks.webhook_events import DESCRIPTION, MessageEventType
from functions.routes.http.models import ApiModel, Instant, OpenModel
from functions.routes.http.paging import ForwardPaging
from functions.steps.webhooks.manage_webhooks import DESCRIPTION_MAX

_TYPES = "\n".join(
    ["- `*`: all of them, later ones too", *(f"- `{type_}`: {text}" for type_, text in DESCRIPTION.items())]
)
_URL = "https, port 443 or 8443, at a host of the public Internet, named by its domain name"

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
Description = Annotated[str, Meta(max_length=DESCRIPTION_MAX)]


class WebhookCreateRequest(ApiModel):
    url: Url
    event_types: Types = field(default_factory=lambda: ["*"])
    description: Description = ""
    active: bool = True


class WebhookUpdateRequest(ApiModel):
    """What is given is changed. `active: true` resumes a paused webhook."""

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
    failing_since: Annotated[Instant | None, Meta(description="since when every try has failed")] = None
    paused_at: Annotated[
        Instant | None, Meta(description="it failed for a day, or answered 410: it hears nothing until it is resumed")
    ] = None
    pause_reason: str | None = None


class WebhookSecretView(WebhookView, kw_only=True):
    secret: Annotated[
        str, Meta(description="what its requests are signed with (Standard Webhooks): shown here, and never again")
    ]


class WebhookList(ApiModel):
    results: list[WebhookView]


class DeliveryAttemptView(ApiModel):
    at: Instant
    status: Annotated[int, Meta(description="of HTTP; absent: there was no answer")] = 0
    milliseconds: int = 0
    error: str = ""


class WebhookDeliveryView(ApiModel):
    """What became of one event at one webhook."""

    id: str
    event_id: Annotated[str, Meta(description="the request's `webhook-id`")]
    event_type: MessageEventType
    event_at: Instant
    state: DeliveryState
    attempts: Annotated[list[DeliveryAttemptView], Meta(description=f"the latest {ATTEMPTS_STORED}")]
    next_attempt_at: Instant | None = None
    status_id: Annotated[str | None, Meta(description="of the send that the event is about")] = None
    recipient: Annotated[int | None, Meta(description="which of its recipients: 0 is the To")] = None


class WebhookDeliveryList(ApiModel):
    results: list[WebhookDeliveryView]
    paging: ForwardPaging | None = None


class DeliveriesQuery(ApiModel):
    limit: Annotated[int, Meta(ge=1, le=100)] = 100
    after: Annotated[str, Meta(description="`paging.next.after` of the page before")] = ""


class WebhookQueued(ApiModel):
    """What was queued shows among the deliveries once it was tried."""

    delivery_id: str


class ReplayRequest(ApiModel):
    """The events of a span (the end not included), of messages accepted in it or up to three days before."""

    since: Instant
    until: Annotated[Instant, Meta(description="now if absent")] | None = None
    delivered: Annotated[bool, Meta(description="also those that were delivered already")] = False


class ReplayQueued(ApiModel):
    since: Instant
    until: Instant
    delivered: bool


class WebhookEvent(ApiModel):
    """What is posted to a webhook."""

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
        dict[str, Any], Meta(description="by the type: a bounce's diagnosis, a click's link, why it was not sent, ...")
    ] = {}
