"""Single send: the request, and what is told of a send."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, field

from functions.core.events.delivery import Delivery
from functions.core.events.timeline import TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import RecipientRole
from functions.routes.http.models import ApiModel, Instant


class Status(StrEnum):
    """The state of a request, by HubSpot's names. What became of it is in the `sendResult`."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    CANCELED = "CANCELED"
    COMPLETE = "COMPLETE"


class AttachmentGiven(ApiModel):
    """A file that goes along, or with a `contentId` an image for `<img src="cid:...">`: by its `content`, 4,500,000 bytes at most in one
    request, or by the `uploadId` of what was uploaded. All that a mail carries: 10,000,000 bytes at most.
    """

    filename: str
    content_type: Annotated[str, Meta(examples=["application/pdf"])]
    content: Annotated[str, Meta(extra_json_schema={"contentEncoding": "base64"})] | None = None
    upload_id: str | None = None
    content_id: str | None = None


class SingleSendMessage(ApiModel):
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


class SingleSendRequest(ApiModel):
    email_id: Annotated[int, Meta(gt=0)] | Annotated[str, Meta(pattern="^[0-9]{1,19}$")]
    message: SingleSendMessage
    contact_properties: dict[str, str] | None = None
    custom_properties: dict[str, Any] | None = None


class SingleSendQuery(ApiModel):
    dry_run: Annotated[
        bool, Meta(description="check and render everything, store and send nothing (not HubSpot's)")
    ] = False


class EventId(ApiModel):
    """The key under which a send shows in the email events."""

    id: str
    created: Instant


class TimelineEvent(ApiModel):
    """One thing that SES reported of a mail. `details` depend on the type: a bounce's diagnosis, a click's link, ..."""

    type: TimelineEventType
    at: Instant
    details: dict[str, str | bool] = {}


class RecipientStatus(ApiModel):
    """One recipient's mail: ours, HubSpot tells of the To alone."""

    role: RecipientRole
    address: str
    status: Status
    send_result: SendResult | None = None
    message: Annotated[str, Meta(description="why it was not sent")] | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    delivery: Annotated[Delivery, Meta(description="what became of the mail, by all of the timeline")] | None = None
    timeline: list[TimelineEvent] = []


class Preview(ApiModel):
    """What a dry run rendered."""

    subject: str
    html: str
    text: str


class EmailSendStatusView(ApiModel):
    """HubSpot's view of a send, with the To's fate. The fields from `sendAt` on are ours; `recipients` is in answers to GET and DELETE."""

    status: Status
    status_id: str
    requested_at: Instant | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    send_result: SendResult | None = None
    message: Annotated[str, Meta(description="why it was not sent, or what it waits for")] | None = None
    event_id: EventId | None = None
    send_at: Annotated[Instant, Meta(description="what it was scheduled for")] | None = None
    requested_by: Annotated[str, Meta(description="an API key's id, or an IAM user of SMTP")] | None = None
    tags: Annotated[dict[str, str], Meta(description="the request's")] = {}
    recipients: list[RecipientStatus] | None = None
    dry_run: Annotated[bool, Meta(description="nothing was stored or sent, so the status id leads nowhere")] = False
    preview: Preview | None = None
    test: Annotated[bool, Meta(description="a test mail: it counts in no statistics")] = False
