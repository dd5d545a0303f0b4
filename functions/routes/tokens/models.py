"""SMTP tokens."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.routes.http.models import ApiModel, Instant
from functions.routes.http.paging import ForwardPaging

NAME_MAX = 200  # characters


class SmtpApiTokenRequestEgg(ApiModel):
    campaign_name: Annotated[str, Meta(min_length=1, max_length=NAME_MAX)]
    create_contact: Annotated[bool, Meta(description="whether a contact is made of each new recipient")]
    expires_at: (
        Annotated[Instant, Meta(description="when it ends by itself, within a quarter of an hour (not HubSpot's)")]
        | None
    ) = None


class PasswordResetQuery(ApiModel):
    grace_seconds: Annotated[
        int, Meta(ge=0, le=604800, description="how long the old password works still (not HubSpot's)")
    ] = 0


class SmtpTokensQuery(ApiModel):
    campaign_name: str = ""
    email_campaign_id: str = ""
    after: Annotated[str, Meta(description="paging.next.after of the page before")] = ""
    limit: Annotated[int, Meta(ge=1, le=100)] = 100


class SmtpApiTokenView(ApiModel):
    id: Annotated[
        str, Meta(description="the SMTP user name; a password reset changes it, and earlier ones still name the token")
    ]
    campaign_name: str
    create_contact: bool
    created_at: Instant
    created_by: Annotated[str, Meta(description="an email address")]
    email_campaign_id: str
    password: Annotated[str, Meta(description="shown here, and never again")] | None = None
    expires_at: Annotated[Instant, Meta(description="not HubSpot's")] | None = None
    former_id: (
        Annotated[str, Meta(description="the SMTP user name before, while it works still (not HubSpot's)")] | None
    ) = None
    former_until: Annotated[Instant, Meta(description="not HubSpot's")] | None = None
    last_used_at: Annotated[Instant, Meta(description="not HubSpot's")] | None = None
    first_source: (
        Annotated[str, Meta(description="the address that its first mail came from (not HubSpot's)")] | None
    ) = None
    last_source: Annotated[str, Meta(description="and its latest (not HubSpot's)")] | None = None
    messages_today: Annotated[int, Meta(description="sent since midnight, UTC (not HubSpot's)")] | None = None
    delivered_ratio_today: Annotated[float, Meta(description="in percent of those (not HubSpot's)")] | None = None
    counters_today: (
        Annotated[
            dict[str, int], Meta(description="the statistics' counters of those: sent to spamreport (not HubSpot's)")
        ]
        | None
    ) = None


class CollectionResponseSmtpApiTokenView(ApiModel):
    """A page; the last has no `paging`."""

    results: list[SmtpApiTokenView]
    paging: ForwardPaging | None = None
