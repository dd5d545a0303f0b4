"""What goes over the wire, as models: the OpenAPI document is generated from them, and answers are built from them.

Requests are read by hand (routes.single_send, routes.api_keys), because a caller should hear of every fault at once and HubSpot's
clients are liberal: what these models allow is accepted, and somewhat more.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from functions.core.send import Role, SendResult
from functions.core.timeline import Kind


class Wire(Struct, rename="camel", omit_defaults=True):
    """What has its default is left out of an answer: absent is how HubSpot says null."""


Scope = Literal["transactional-email", "marketing-email", "content", "account"]
Instant = Annotated[str, Meta(description="ISO-8601 with milliseconds, UTC", extra_json_schema={"format": "date-time"})]


class Status(StrEnum):
    """The state of a request, by HubSpot's names. What became of it is in the `sendResult`."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    CANCELED = "CANCELED"
    COMPLETE = "COMPLETE"


class AttachmentGiven(Wire):
    """A file that goes along, or with a `contentId` an image for `<img src="cid:...">`. All together: 4,500,000 bytes at most."""

    filename: str
    content_type: Annotated[str, Meta(examples=["application/pdf"])]
    content: Annotated[str, Meta(extra_json_schema={"contentEncoding": "base64"})]
    content_id: str | None = None


class SingleSendMessage(Wire):
    """Addresses are `ada@example.com` or `Ada <ada@example.com>`; to, cc and bcc name 50 recipients at most."""

    to: str
    sender: str | None = field(name="from", default=None)  # absent: the email's own
    reply_to: list[str] | None = None
    cc: list[str] | None = None
    bcc: list[str] | None = None
    send_id: Annotated[str, Meta(max_length=512, description="at most one mail is sent for each")] | None = None
    attachments: Annotated[list[AttachmentGiven], Meta(description="not HubSpot's", max_length=100)] | None = None
    headers: Annotated[dict[str, str], Meta(description="not HubSpot's", max_length=15)] | None = None
    tags: Annotated[dict[str, str], Meta(description="not HubSpot's", max_length=10)] | None = None
    send_at: Annotated[Instant, Meta(description="when it is sent; not HubSpot's")] | None = None


class SingleSendRequest(Wire):
    email_id: Annotated[int, Meta(gt=0)] | Annotated[str, Meta(pattern="^[0-9]{1,19}$")]
    message: SingleSendMessage
    contact_properties: dict[str, str] | None = None
    custom_properties: dict[str, Any] | None = None


class SingleSendQuery(Wire):
    dry_run: Annotated[
        bool, Meta(description="check and render everything, store and send nothing (not HubSpot's)")
    ] = False


class StatisticsQuery(Wire):
    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None
    email_ids: list[int] | None = None


class EmailStatistics(Wire):
    """Ratios are percents. `open` and `click` count recipients; machines' are counted apart and are no part of them."""

    counters: dict[str, int]
    ratios: dict[str, float]
    device_breakdown: dict[str, dict[str, int]]
    qualifier_stats: dict[str, Any]


class AggregateEmailStatistics(Wire):
    """`campaignAggregations` by email id."""

    aggregate: EmailStatistics
    campaign_aggregations: dict[str, EmailStatistics]
    emails: list[int]


class EventId(Wire):
    """The key under which a send shows in the email events."""

    id: str
    created: Instant


class TimelineEvent(Wire):
    """One thing that SES reported of a mail. `details` depend on the type: a bounce's diagnosis, a click's link, ..."""

    type: Kind
    at: Instant
    details: dict[str, str | bool] = {}


class RecipientStatus(Wire):
    """One recipient's mail: ours, HubSpot tells of the To alone."""

    role: Role
    address: str
    status: Status
    send_result: SendResult | None = None
    message: Annotated[str, Meta(description="why it was not sent")] | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    timeline: list[TimelineEvent] = []


class Preview(Wire):
    """What a dry run rendered."""

    subject: str
    html: str
    text: str


class EmailSendStatusView(Wire):
    """HubSpot's view of a send, with the To's fate. Ours: `sendAt`, `recipients` (in answers to GET), `dryRun`, `preview`."""

    status: Status
    status_id: str
    requested_at: Instant | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    send_result: SendResult | None = None
    message: Annotated[str, Meta(description="why it was not sent, or what it waits for")] | None = None
    event_id: EventId | None = None
    send_at: Annotated[Instant, Meta(description="what it was scheduled for")] | None = None
    recipients: list[RecipientStatus] | None = None
    dry_run: Annotated[bool, Meta(description="nothing was stored or sent, so the status id leads nowhere")] = False
    preview: Preview | None = None


class ApiKeyCreateRequest(Wire):
    name: Annotated[str, Meta(min_length=1, max_length=100, description="what the key is for")]
    scopes: Annotated[list[Scope], Meta(min_length=1)]
    owner: Annotated[
        str, Meta(description="the email address of whoever answers for it; the caller's own if absent")
    ] = ""


class ApiKeyRenameRequest(Wire):
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class ApiKeyView(Wire):
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


class ApiKeyList(Wire):
    results: list[ApiKeyView]


class ProblemDetail(Wire):
    message: str
    code: str
    where: str = field(name="in", default="")  # the field's path in the request
    context: dict[str, Any] = {}


class Problem(Wire):
    """Every answer that is not a success."""

    status: str
    message: str
    correlation_id: str
    category: str
    context: dict[str, list[str]]
    links: dict[str, str]
    errors: list[ProblemDetail]
    policy_name: str | None = None
