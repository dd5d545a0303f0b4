"""Messages, a Staffetta extension: one for each recipient of a send, and its history."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

from functions.core.account.prices import PlanName
from functions.core.events.delivery_status import Delivery
from functions.core.events.message_history import MessageOutcome, MessageStatus
from functions.core.events.timeline import TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import RecipientRole, State
from functions.routes.http.models import ApiModel, EmailAddress, Id, Instant, OwnModel
from functions.routes.http.paging import ForwardPaging
from functions.steps.events.get_message import SenderType

LIMIT, LIMIT_MAX = 20, 100


class MessagesQuery(OwnModel):
    """A message matches all given parameters. The newest send is first."""

    recipient: EmailAddress | None = None
    email_id: Id | None = None
    token_id: Annotated[str, Meta(description="an SMTP token's current or earlier user name")] | None = None
    key_id: Annotated[str, Meta(description="an API key's id")] | None = None
    status: Annotated[list[MessageStatus], Meta(description="one or more, separated by commas")] | None = None
    subject: Annotated[str, Meta(description="a part of the subject, in capital or small letters", max_length=150)] = ""
    since: Annotated[Instant, Meta(description="accepted at this time or later")] | None = None
    until: Annotated[Instant, Meta(description="accepted before this time")] | None = None
    after: Annotated[str, Meta(description="`paging.next.after` of the previous page")] | None = None
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = LIMIT


class MessageView(ApiModel):
    """One recipient's mail, and its current status."""

    status_id: str
    recipient: Annotated[int, Meta(description="the recipient's number: 0 is the To, cc and bcc follow")]
    role: RecipientRole
    address: str
    email_id: int
    status: Annotated[MessageStatus, Meta(description="the status in one word")]
    state: Annotated[State, Meta(description="the state of sending it")]
    accepted_at: Instant
    link: Annotated[str, Meta(description="the path of its history")]
    send_result: SendResult | None = None
    subject: Annotated[str, Meta(description="the beginning of the subject, once SES has reported the mail")] | None = (
        None
    )
    resend_of: Annotated[str, Meta(description="the status id of the send that this one repeats")] | None = None
    delivery: Annotated[Delivery, Meta(description="the mail's delivery status")] | None = None
    reason: Annotated[str, Meta(description="why it was not sent, or why it waits")] | None = None
    send_at: Instant | None = None
    started_at: Instant | None = None
    settled_at: Instant | None = None
    ses_message_id: str | None = None
    attempts: int = 0
    tags: dict[str, str] = {}


class MessagePage(ApiModel):
    """A page may have fewer results than the limit, or none, while more follow: then it has a `paging`."""

    results: list[MessageView]
    paging: ForwardPaging | None = None


class FailedAttemptView(ApiModel):
    """One attempt to send the mail, and SES's response: its id of the mail, or its error."""

    number: int
    outcome: MessageOutcome
    at: Annotated[Instant, Meta(description="when it ended")] | None = None
    answer: str | None = None


class HistoryEventView(ApiModel):
    """One event of the mail. `details` depend on the type: a bounce's diagnosis, a click's link, ..."""

    type: TimelineEventType
    at: Instant
    meaning: Annotated[str, Meta(description="in plain words")]
    details: dict[str, str | bool] = {}
    machine: Annotated[bool, Meta(description="for opens and clicks: whether a machine opened or clicked")] | None = (
        None
    )


class SentAttachmentView(ApiModel):
    file_name: str
    content_type: str
    size: Annotated[int, Meta(description="in bytes; the content is not stored")]


class SentMailView(ApiModel):
    """A mail as it was sent, built again from the values that are stored of it. Its unsubscribe link is redacted."""

    status_id: str
    recipient: int
    sent_at: Instant
    email_id: int
    revision: int
    language: str
    from_: Annotated[str, Meta(description="the From header")] = field(name="from")
    reply_to: list[str]
    subject: str
    html: str
    text: str
    custom_properties: dict[str, Any]
    contact_properties: Annotated[dict[str, str], Meta(description="the values that the template may have used")]
    headers: Annotated[dict[str, str], Meta(description="the headers that the request added")]
    attachments: list[SentAttachmentView]


class CostView(ApiModel):
    """The cost at SES's list price, in US dollars: of the mail, of the IP addresses, and of the attachments."""

    currency: str
    plan: Annotated[PlanName, Meta(description="SES's pricing plan of the account")]
    total: float
    parts: dict[str, float]


class MessageHistory(MessageView):
    summary: Annotated[str, Meta(description="the outcome in one sentence")] = ""
    tries: list[FailedAttemptView] = []
    events: list[HistoryEventView] = []
    cost: CostView | None = None


class SenderView(ApiModel):
    """The sender: an API key by its id, or an SMTP token by its user name."""

    kind: SenderType
    id: str | None = None
    name: str | None = None
    prefix: Annotated[str, Meta(description="the first characters of the API key")] | None = None
    owner: str | None = None
    ended: Annotated[bool, Meta(description="whether the key or token is revoked or deleted")] = False


class EmailReference(ApiModel):
    id: int
    name: str | None = None
    revision: Annotated[int, Meta(description="the published revision when the send was accepted")] | None = None
    link: Annotated[str, Meta(description="the path of the revision, or of the email")] | None = None


class SendHistory(ApiModel):
    status_id: str
    accepted_at: Instant
    sent_by: SenderView
    email: EmailReference
    recipients: list[MessageHistory]
