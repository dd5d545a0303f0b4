"""HubSpot's single send v1: the request, and its synchronous answer."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from functions.core.outcomes import SendResult
from functions.routes.http.models import ApiModel, Id, Mailbox, Mailboxes
from functions.routes.sending.models import ContactPropertyInput, CustomPropertyInput, SendId


class LegacySendMessage(ApiModel):
    """Addresses are `ada@example.com` or `Ada <ada@example.com>`."""

    to: Mailbox
    sender: Annotated[Mailbox, Meta(description="default: the email's own")] | None = field(name="from", default=None)
    reply_to: Mailbox | None = None
    reply_to_list: Mailboxes | None = None
    cc: Mailboxes | None = None
    bcc: Mailboxes | None = None
    send_id: SendId | None = None


class LegacySendRequest(ApiModel):
    """Properties are lists of names and values; an object is taken, too."""

    email_id: Id
    message: LegacySendMessage
    contact_properties: ContactPropertyInput | None = None
    custom_properties: CustomPropertyInput | None = None


class LegacyEventId(ApiModel):
    """Identifies the send among the email events."""

    id: str
    created: Annotated[int, Meta(description="milliseconds since the epoch")]


class LegacySendView(ApiModel):
    """QUEUED: the send is accepted. `statusId` is a Staffetta extension: it names the send's status."""

    send_result: SendResult
    message: str
    event_id: Annotated[LegacyEventId, Meta(description="absent if nothing is sent")] | None = None
    status_id: Annotated[str, Meta(description="absent if the To or the From is no address")] | None = None
