"""Whether we may send, how well, and what is paused."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.routes.http.models import ApiModel, Instant

Percent = Annotated[float, Meta(description="percent of what was sent, with 3 decimals")]
EmailId = Annotated[int, Meta(description="absent where `all` is true")]
All = Annotated[bool, Meta(description="all mail that is not transactional, in place of one email")]


class PauseRequest(ApiModel):
    email_id: EmailId | None = None
    all: All = False
    reason: Annotated[
        str, Meta(max_length=500, description="for whoever asks why; the status of refused sends has it")
    ] = ""


class ResumeRequest(ApiModel):
    email_id: EmailId | None = None
    all: All = False


class PauseView(ApiModel):
    paused: Annotated[bool, Meta(description="false: it was, and is over")]
    at: Instant
    by: Annotated[
        str, Meta(description="an email address, or `reputation`: by itself, over the lines of bounces or complaints")
    ]
    reason: str
    resumed_at: Instant | None = None
    resumed_by: str | None = None


class PauseAnswer(ApiModel):
    """As it then is."""

    email_id: EmailId | None = None
    all: All = False
    pause: Annotated[PauseView, Meta(description="absent: it never was paused")] | None = None


class RatesView(ApiModel):
    """Of mails accepted since the beginning of yesterday (UTC), or since the first whole hour after a resumption."""

    sent: int
    bounce_rate: Percent  # hard bounces
    complaint_rate: Percent


class SendingEmail(ApiModel):
    email_id: int
    name: str
    transactional: Annotated[bool, Meta(description="never paused by itself")]
    rates: RatesView
    pause: PauseView | None = None


class SesAccountView(ApiModel):
    """What SES last told of the account."""

    told_at: Instant
    sending_enabled: bool
    enforcement_status: Annotated[str, Meta(description="HEALTHY, PROBATION or SHUTDOWN")]
    max_per_second: float
    sent_last_24_hours: int = 0
    max_24_hours: Annotated[int, Meta(description="absent: unlimited")] | None = None
    left_24_hours: Annotated[int, Meta(description="what our governor still lets go; absent: unlimited")] | None = None


class SendingView(ApiModel):
    not_transactional: Annotated[
        RatesView, Meta(description="all mail that is not transactional, but for that of paused emails")
    ]
    emails: Annotated[list[SendingEmail], Meta(description="those that sent anything lately, or are paused")]
    pause: Annotated[PauseView, Meta(description="of all mail that is not transactional")] | None = None
    ses: Annotated[SesAccountView, Meta(description="absent: nobody asked SES yet")] | None = None
