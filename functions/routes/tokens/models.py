"""SMTP tokens."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.core.tokens.smtp_token import NAME_MAX
from functions.routes.http.models import ApiModel, ExtendedModel, Instant
from functions.routes.http.paging import ForwardPaging
from functions.steps.tokens.reset_smtp_password import GRACE_MAX

PAGE_MAX = 100


CampaignName = Annotated[
    str, Meta(min_length=1, max_length=NAME_MAX, description="what the token is for", extra={"printable": True})
]


class SmtpApiTokenRequestEgg(ExtendedModel):
    campaign_name: CampaignName
    create_contact: Annotated[bool, Meta(description="whether to create a contact for each new recipient")]
    expires_at: (
        Annotated[Instant, Meta(description="when the token expires, to a quarter of an hour (a Staffetta extension)")]
        | None
    ) = None
    domain: (
        Annotated[
            str,
            Meta(description="the domain of its From addresses. Default: the deployment's (a Staffetta extension)"),
        ]
        | None
    ) = None


class PasswordResetQuery(ExtendedModel):
    grace_seconds: Annotated[
        int,
        Meta(
            ge=0,
            le=GRACE_MAX,
            description="how long the former user name and password still work. Recommended: without it, programs cannot send until they "
            "have the new user name and the new password (a Staffetta extension)",
            examples=[3600],
        ),
    ] = 0


class SmtpTokensQuery(ApiModel):
    campaign_name: str = ""
    email_campaign_id: str = ""
    after: Annotated[str, Meta(description="`paging.next.after` of the previous page")] = ""
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = PAGE_MAX


class SmtpApiTokenView(ApiModel):
    id: Annotated[
        str,
        Meta(
            description="the SMTP user name; a password reset changes it, and the earlier ones still identify the token"
        ),
    ]
    campaign_name: str
    create_contact: bool
    created_at: Instant
    created_by: Annotated[str, Meta(description="an email address")]
    email_campaign_id: str
    password: Annotated[str, Meta(description="only this response shows it")] | None = None
    warning: (
        Annotated[
            str,
            Meta(
                description="only the response to a reset has it: both user names, and how long the former one works (a Staffetta extension)"
            ),
        ]
        | None
    ) = None
    expires_at: Annotated[Instant, Meta(description="a Staffetta extension")] | None = None
    domain: (
        Annotated[str, Meta(description="of its From addresses; absent: the deployment's (a Staffetta extension)")]
        | None
    ) = None
    former_id: (
        Annotated[
            str,
            Meta(
                description="the previous SMTP user name, while it still works and in the response to a reset (a Staffetta extension)"
            ),
        ]
        | None
    ) = None
    former_until: Annotated[Instant, Meta(description="a Staffetta extension")] | None = None
    last_used_at: Annotated[Instant, Meta(description="a Staffetta extension")] | None = None
    first_source: (
        Annotated[str, Meta(description="the IP address of its first mail's client (a Staffetta extension)")] | None
    ) = None
    last_source: (
        Annotated[str, Meta(description="the IP address of its latest mail's client (a Staffetta extension)")] | None
    ) = None
    messages_today: (
        Annotated[int, Meta(description="mails sent since midnight, UTC (a Staffetta extension)")] | None
    ) = None
    delivered_ratio_today: (
        Annotated[float, Meta(description="percent of those mails (a Staffetta extension)")] | None
    ) = None
    counters_today: (
        Annotated[
            dict[str, int], Meta(description="the counters of those mails: sent to spamreport (a Staffetta extension)")
        ]
        | None
    ) = None


class CollectionResponseSmtpApiTokenView(ApiModel):
    """One page. The last page has no `paging`."""

    results: list[SmtpApiTokenView]
    paging: ForwardPaging | None = None
