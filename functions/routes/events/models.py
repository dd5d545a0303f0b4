"""Messages, one for each recipient of a send: what is listed of each, and each one's whole story. Ours: HubSpot has no such resource."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.core.events.delivery import Delivery
from functions.core.events.message_history import MessageOutcome, MessageStatus
from functions.core.events.timeline import TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import RecipientRole, State
from functions.routes.http.models import ApiModel, Instant
from functions.routes.http.paging import ForwardPaging
from functions.steps.events.get_message import SenderType

FATES = ", ".join(MessageStatus)


class MessagesQuery(ApiModel):
    """All of them together; what is not given is not asked. Sends are listed the newest first."""

    recipient: Annotated[str, Meta(description="an email address")] | None = None
    email_id: int | None = None
    token_id: Annotated[str, Meta(description="an SMTP token's user name, or an earlier one")] | None = None
    key_id: Annotated[str, Meta(description="an API key's id")] | None = None
    status: Annotated[str, Meta(description=f"some of {FATES}, with commas between")] | None = None
    since: Annotated[Instant, Meta(description="accepted then or later")] | None = None
    until: Annotated[Instant, Meta(description="accepted before then")] | None = None
    after: Annotated[str, Meta(description="the paging.next.after of the page before")] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class MessageView(ApiModel):
    """One recipient's mail, as it is now."""

    status_id: str
    recipient: Annotated[int, Meta(description="which of the send: 0 is the To, cc and bcc follow")]
    role: RecipientRole
    address: str
    email_id: int
    status: Annotated[MessageStatus, Meta(description="where it stands, in one word")]
    state: Annotated[State, Meta(description="of the attempt to send it")]
    accepted_at: Instant
    link: Annotated[str, Meta(description="the path of its whole story")]
    send_result: SendResult | None = None
    delivery: Annotated[Delivery, Meta(description="what became of the mail")] | None = None
    reason: Annotated[str, Meta(description="why it was not sent, or what it waits for")] | None = None
    send_at: Instant | None = None
    started_at: Instant | None = None
    settled_at: Instant | None = None
    ses_message_id: str | None = None
    attempts: int = 0
    tags: dict[str, str] = {}


class MessagePage(ApiModel):
    """It may hold less than was asked for, or nothing, although more follows: then `paging` says so."""

    results: list[MessageView]
    paging: ForwardPaging | None = None


class FailedAttemptView(ApiModel):
    """One try to hand the mail to SES, and SES's answer: its id of the mail, or its error."""

    number: int
    outcome: MessageOutcome
    at: Annotated[Instant, Meta(description="when it ended")] | None = None
    answer: str | None = None


class HistoryEventView(ApiModel):
    """One thing that happened to the mail. `details` depend on the type: a bounce's diagnosis, a click's link, ..."""

    type: TimelineEventType
    at: Instant
    meaning: Annotated[str, Meta(description="in plain words")]
    details: dict[str, str | bool] = {}
    machine: (
        Annotated[bool, Meta(description="of opens and clicks: whether a machine did it, and no person")] | None
    ) = None


class CostView(ApiModel):
    """At SES's list price, in US dollars: by the mail, by the addresses that it was sent from, and by its attachments."""

    currency: str
    total: float
    parts: dict[str, float]


class MessageHistory(MessageView):
    summary: Annotated[str, Meta(description="one sentence about what became of it")] = ""
    tries: list[FailedAttemptView] = []
    events: list[HistoryEventView] = []
    cost: CostView | None = None


class SenderView(ApiModel):
    """Whoever sent it: an API key by its id, or an SMTP token by its user name."""

    kind: SenderType
    id: str | None = None
    name: str | None = None
    prefix: Annotated[str, Meta(description="how the API key begins")] | None = None
    owner: str | None = None
    ended: Annotated[bool, Meta(description="revoked or deleted since")] = False


class EmailReference(ApiModel):
    id: int
    name: str | None = None
    revision: Annotated[int, Meta(description="what was published of it when the send was accepted")] | None = None
    link: Annotated[str, Meta(description="the path of that revision, or of the email")] | None = None


class SendHistory(ApiModel):
    status_id: str
    accepted_at: Instant
    sent_by: SenderView
    email: EmailReference
    recipients: list[MessageHistory]
