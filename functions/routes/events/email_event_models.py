"""HubSpot's email events (v1)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from functions.core.events import email_events
from functions.core.events.email_events import EmailEventType
from functions.core.models.format import Format
from functions.routes.events.campaign_models import APP_ID
from functions.routes.http.models import ApiModel, EmailAddress, Id

LIMIT, LIMIT_MAX = 10, 1000
LATEST_MS = 32_503_680_000_000  # the year 3000: Python's dates end long after
Milliseconds = Annotated[int, Meta(description="milliseconds since the epoch")]
QueryMilliseconds = Annotated[Milliseconds, Meta(ge=0, le=LATEST_MS)]


def _event_type(name: str) -> str:
    email_events.types_of([name.upper()])
    return name.upper()


_EVENT_TYPES = [*EmailEventType, *email_events.LEGACY_TYPES]
QueryEventType = Annotated[
    str,
    Meta(
        extra_json_schema={"enum": [str(type_) for type_ in _EVENT_TYPES]},
        extra={"format": Format(_event_type, f"one of {', '.join(_EVENT_TYPES)}", "OPEN")},
    ),
]


class EventPath(ApiModel):
    created: QueryMilliseconds


class EmailEventsQuery(ApiModel):
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = LIMIT
    offset: Annotated[str, Meta(description="the `offset` of the previous page")] | None = None
    start_timestamp: QueryMilliseconds | None = None
    end_timestamp: QueryMilliseconds | None = None
    recipient: EmailAddress | None = None
    event_type: Annotated[list[QueryEventType], Meta(description="one or more, separated by commas")] | None = None
    app_id: Annotated[int, Meta(description=f"{APP_ID} is Staffetta's: any other has no events")] | None = None
    campaign_id: Annotated[Id, Meta(description="an email's id")] | None = None
    exclude_filtered_events: Annotated[bool, Meta(description="leave out machine opens and clicks")] = False


class EventReference(ApiModel):
    id: str
    created: Milliseconds


class BrowserView(ApiModel, omit_defaults=False):
    """The program that opened or clicked. Unknown texts are empty."""

    name: str
    family: str
    type: Annotated[str, Meta(examples=["Browser", "Mobile Browser", "Email client", "unknown"])]
    version: list[str]
    producer: str
    producer_url: str
    url: str


class EventSubscription(ApiModel):
    id: str
    status: str


class EmailEventView(ApiModel):
    """The fields after `sentBy` depend on the type. `statusId` is a Staffetta extension."""

    id: str
    created: Milliseconds
    type: EmailEventType
    recipient: str
    portal_id: Annotated[int, Meta(description="the stage's number, below 2^31")]
    app_id: int
    app_name: str
    email_campaign_id: int
    status_id: str
    hmid: Annotated[str, Meta(description="the message: the statusId, for a cc or bcc with its number")]
    sent_by: Annotated[EventReference, Meta(description="the send's own event")] | None = None
    subject: str | None = None
    sender: Annotated[str, Meta(description="the From of a sent mail")] | None = field(name="from", default=None)
    reply_to: list[str] | None = None
    cc: list[str] | None = None
    bcc: list[str] | None = None
    smtp_id: Annotated[str, Meta(description="SES's id of the mail")] | None = None
    drop_reason: str | None = None
    drop_message: str | None = None
    response: Annotated[str, Meta(description="the mail server's reply, or why delivery is delayed")] | None = None
    status: Annotated[str, Meta(description="a bounce's enhanced status code")] | None = None
    category: Annotated[str, Meta(description="why it bounced")] | None = None
    reason: Annotated[str, Meta(description="the suppression list")] | None = None
    url: str | None = None
    user_agent: str | None = None
    ip_address: str | None = None
    device_type: Annotated[str, Meta(examples=["COMPUTER", "MOBILE", "UNKNOWN"])] | None = None
    browser: BrowserView | None = None
    filtered_event: Annotated[bool, Meta(description="a machine opened or clicked")] | None = None
    source: str | None = None
    requested_by: str | None = None
    portal_subscription_status: str | None = None
    subscriptions: list[EventSubscription] | None = None


class EmailEventList(ApiModel):
    """The events of the latest accepted mail are first. A page may have fewer events than its limit, or none, while `hasMore` is true."""

    events: list[EmailEventView]
    has_more: bool
    offset: str
