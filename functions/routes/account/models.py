"""Sending status, reputation and pauses."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from functions.routes.http.models import ApiModel, Id, Instant, OwnModel

REASON_MAX = 500  # characters
Percent = Annotated[float, Meta(description="percent of the sent mails, with 3 decimals")]
EmailId = Annotated[int, Meta(description="absent if `all` is true")]
All = Annotated[bool, Meta(description="all marketing mail, instead of one email")]


class ResumeRequest(OwnModel):
    """Either an `emailId`, or `all`."""

    email_id: Id | None = None
    all: All = False


class PauseRequest(ResumeRequest):
    """Either an `emailId`, or `all`."""

    reason: Annotated[str, Meta(max_length=REASON_MAX, description="shown in the status of refused sends")] = ""


class PauseView(ApiModel):
    paused: Annotated[bool, Meta(description="false: the pause is over")]
    at: Instant
    by: Annotated[
        str, Meta(description="an email address, or `reputation`: an automatic pause, because of bounces or complaints")
    ]
    reason: str
    resumed_at: Instant | None = None
    resumed_by: str | None = None


class PauseAnswer(ApiModel):
    """The pause after the change."""

    email_id: EmailId | None = None
    all: All = False
    pause: Annotated[PauseView, Meta(description="absent: it was never paused")] | None = None


class RatesView(ApiModel):
    """Counts mails accepted since the beginning of yesterday (UTC), or since the first whole hour after a pause ended."""

    sent: int
    bounce_rate: Percent  # hard bounces
    complaint_rate: Percent


class SendingEmail(ApiModel):
    email_id: int
    name: str
    transactional: Annotated[bool, Meta(description="transactional email is never paused automatically")]
    rates: RatesView
    pause: PauseView | None = None


class SesAccountView(ApiModel):
    """SES's latest report of the account."""

    fetched_at: Instant = field(name="toldAt")
    sending_enabled: bool
    sandbox: Annotated[bool, Meta(description="whether SES sends to verified recipients only")]
    enforcement_status: Annotated[str, Meta(description="HEALTHY, PROBATION or SHUTDOWN")]
    max_per_second: float
    sent_last_24_hours: int = 0
    max_24_hours: Annotated[int, Meta(description="absent: unlimited")] | None = None
    left_24_hours: Annotated[int, Meta(description="what our rate limiter still allows; absent: unlimited")] | None = (
        None
    )


class SendingView(ApiModel):
    not_transactional: Annotated[RatesView, Meta(description="all marketing mail, except of paused emails")]
    emails: Annotated[list[SendingEmail], Meta(description="the emails with recent sends or a pause")]
    pause: Annotated[PauseView, Meta(description="the pause of all marketing mail")] | None = None
    ses: Annotated[SesAccountView, Meta(description="absent: SES has not reported yet")] | None = None
