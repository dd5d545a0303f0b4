"""Single send and uploads: the requests, and the status of a send.

Annotations are evaluated with the module. As texts, the reader would compile each of them, and a caller would wait for it at a cold start.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from functions.core.events.delivery_status import Delivery
from functions.core.events.timeline import TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending import max_delivery_time
from functions.core.sending.attachments import COUNT_MAX as ATTACHMENTS_MAX
from functions.core.sending.attachments import FILE_MAX, TOTAL_MAX
from functions.core.sending.headers import COUNT_MAX as HEADERS_MAX
from functions.core.sending.send import RecipientRole
from functions.core.sending.tags import COUNT_MAX as TAGS_MAX
from functions.routes.http.models import (
    ApiModel,
    ContactProperties,
    ContactPropertyValue,
    CustomPropertyValue,
    ExtendedModel,
    Id,
    Instant,
    Mailbox,
    Mailboxes,
    OwnModel,
)

RECIPIENTS_MAX = 50  # as SES counts the recipients of one mail
SEND_ID_MAX = 512  # characters


SendId = Annotated[
    str,
    Meta(
        max_length=SEND_ID_MAX,
        description="at most one mail is sent for each `sendId`",
        extra={"lenient": True},  # HubSpot's clients check no types, and many ids are numbers of orders
    ),
]


class Status(StrEnum):
    """The state of a send, in HubSpot's names. Its outcome is the `sendResult`."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    CANCELED = "CANCELED"
    COMPLETE = "COMPLETE"


class SingleSendAttachment(ExtendedModel):
    """A file, or with a `contentId` an image for `<img src="cid:...">`. It has its `content`, at most 4,500,000 bytes in one request, or the
    `uploadId` of an uploaded file. One mail carries at most 10,000,000 bytes.
    """

    filename: Annotated[str, Meta(examples=["invoice.pdf"])]
    content_type: Annotated[str, Meta(examples=["application/pdf"])]
    content: Annotated[str, Meta(extra_json_schema={"contentEncoding": "base64"})] | None = None
    upload_id: str | None = None
    content_id: str | None = None


class SingleSendMessage(ExtendedModel):
    """Addresses are `ada@example.com` or `Ada <ada@example.com>`. To, cc and bcc have at most 50 recipients together. An address in several
    of them gets one mail, in its first role.
    """

    to: Mailbox
    sender: Annotated[Mailbox, Meta(description="default: the email's own")] | None = field(name="from", default=None)
    reply_to: Mailboxes | None = None
    cc: Mailboxes | None = None
    bcc: Mailboxes | None = None
    send_id: SendId | None = None
    attachments: (
        Annotated[list[SingleSendAttachment], Meta(description="a Staffetta extension", max_length=ATTACHMENTS_MAX)]
        | None
    ) = None
    headers: Annotated[dict[str, str], Meta(description="a Staffetta extension", max_length=HEADERS_MAX)] | None = None
    tags: Annotated[dict[str, str], Meta(description="a Staffetta extension", max_length=TAGS_MAX)] | None = None
    send_at: Annotated[Instant, Meta(description="when to send it; a Staffetta extension")] | None = None
    max_delivery_seconds: (
        Annotated[
            int,
            Meta(
                ge=max_delivery_time.SHORTEST,
                le=max_delivery_time.LONGEST,
                description="how late it may be delivered, from `sendAt` or now, such as a one-time code; a Staffetta extension",
            ),
        ]
        | None
    ) = None


ContactPropertyInput = ContactProperties | list[ContactPropertyValue]
CustomPropertyInput = dict[str, Any] | list[CustomPropertyValue]


class SingleSendRequest(ExtendedModel):
    """Properties are an object, or a list of names and values as in HubSpot's v1 API."""

    email_id: Id
    message: SingleSendMessage
    contact_properties: ContactPropertyInput | None = None
    custom_properties: CustomPropertyInput | None = None


class SingleSendQuery(ExtendedModel):
    dry_run: Annotated[
        bool, Meta(description="check and render everything, store and send nothing (a Staffetta extension)")
    ] = False


class UploadRequest(OwnModel):
    size: Annotated[
        int,
        Meta(
            ge=1,
            le=FILE_MAX,
            description=f"of the file, in bytes; {TOTAL_MAX:,} at most for an attachment",
        ),
    ]
    purpose: Annotated[
        Literal["attachment", "file"],
        Meta(description="file: a CSV file for an import or a broadcast, which is stored for 14 days"),
    ] = "attachment"


class UploadView(ApiModel):
    """PUT the file to `url`, without a key, before `expiresAt`. Any number of sends may name its `uploadId` for 24 hours after that."""

    upload_id: str
    url: str
    expires_at: Instant


class EventId(ApiModel):
    """Identifies the send among the email events."""

    id: str
    created: Instant


class TimelineEventView(ApiModel):
    """One event that SES reported about a mail. `details` depend on the type: a bounce's diagnosis, a click's link, ..."""

    type: TimelineEventType
    at: Instant
    details: dict[str, str | bool] = {}


class RecipientStatus(ApiModel):
    """One recipient's mail. A Staffetta extension: HubSpot reports only the To."""

    role: RecipientRole
    address: str
    status: Status
    send_result: SendResult | None = None
    message: Annotated[str, Meta(description="why it was not sent")] | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    delivery: Annotated[Delivery, Meta(description="the mail's delivery status, from the whole timeline")] | None = None
    timeline: list[TimelineEventView] = []
    also: Annotated[
        list[RecipientRole], Meta(description="further roles of the address in the request: one address gets one mail")
    ] = []


class Preview(ApiModel):
    """What a dry run rendered."""

    subject: str
    html: str
    text: str


class EmailSendStatusView(ApiModel):
    """HubSpot's view of a send, with the To's outcome. The fields from `sendAt` on are Staffetta extensions. GET and DELETE return `recipients`."""

    status: Status
    status_id: str
    requested_at: Instant | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    send_result: SendResult | None = None
    message: Annotated[str, Meta(description="why it was not sent, or why it waits")] | None = None
    event_id: EventId | None = None
    send_at: Annotated[Instant, Meta(description="when it is scheduled")] | None = None
    requested_by: Annotated[str, Meta(description="an API key's id, or an IAM user of SMTP")] | None = None
    tags: Annotated[dict[str, str], Meta(description="the tags of the request")] = {}
    recipients: list[RecipientStatus] | None = None
    dry_run: Annotated[bool, Meta(description="nothing was stored or sent: the status id does not exist")] = False
    preview: Preview | None = None
    test: Annotated[bool, Meta(description="a test send: no statistics count it")] = False
