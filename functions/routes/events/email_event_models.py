"""HubSpot's email events (v1), which its users read for years."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.core.events.email_events import EmailEventType
from functions.routes.http.models import ApiModel

Milliseconds = Annotated[int, Meta(description="milliseconds since the epoch")]


class EmailEventsQuery(ApiModel):
    limit: Annotated[int, Meta(ge=1, le=1000)] = 10
    offset: Annotated[str, Meta(description="the `offset` of the page before")] | None = None
    start_timestamp: Milliseconds | None = None
    end_timestamp: Milliseconds | None = None
    recipient: Annotated[str, Meta(description="an email address")] | None = None
    event_type: Annotated[str, Meta(description=f"some of {', '.join(EmailEventType)}, with commas between")] | None = (
        None
    )
    campaign_id: Annotated[int, Meta(description="an email's number")] | None = None
    exclude_filtered_events: Annotated[bool, Meta(description="leave out what machines opened and clicked")] = False


class EventReference(ApiModel):
    id: str
    created: Milliseconds


class Browser(ApiModel):
    name: str


class SubscriptionChange(ApiModel):
    id: str
    status: str


class EmailEventView(ApiModel):
    """What stands below `sentBy` depends on the type. Ours: `statusId`."""

    id: str
    created: Milliseconds
    type: EmailEventType
    recipient: str
    portal_id: Annotated[int, Meta(description="the AWS account")]
    app_id: int
    app_name: str
    email_campaign_id: int
    status_id: str
    sent_by: Annotated[EventReference, Meta(description="the send's own event")] | None = None
    smtp_id: Annotated[str, Meta(description="SES's id of the mail")] | None = None
    drop_reason: str | None = None
    drop_message: str | None = None
    response: Annotated[str, Meta(description="the mail server's answer, or why delivery is delayed")] | None = None
    status: Annotated[str, Meta(description="a bounce's enhanced status code")] | None = None
    category: Annotated[str, Meta(description="why it bounced")] | None = None
    reason: Annotated[str, Meta(description="which suppression list")] | None = None
    url: str | None = None
    user_agent: str | None = None
    ip_address: str | None = None
    device_type: Annotated[str, Meta(examples=["COMPUTER", "MOBILE", "UNKNOWN"])] | None = None
    browser: Browser | None = None
    filtered_event: Annotated[bool, Meta(description="a machine did it")] | None = None
    source: str | None = None
    requested_by: str | None = None
    portal_subscription_status: str | None = None
    subscriptions: list[SubscriptionChange] | None = None


class EmailEventList(ApiModel):
    """Of the mails that were accepted last, first. A page may have fewer events than its limit, or none, while `hasMore` is true."""

    events: list[EmailEventView]
    has_more: bool
    offset: str


class CampaignView(ApiModel):
    """An email or an SMTP token, with all that it ever counted."""

    id: int
    name: str
    app_id: int
    app_name: str
    type: str
    counters: dict[str, int]
