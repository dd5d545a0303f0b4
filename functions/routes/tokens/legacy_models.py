"""SMTP tokens in HubSpot's v1 API: the SMTP user name is the `userName`, and times are in milliseconds."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.routes.http.models import ApiModel, EmailAddress
from functions.routes.tokens.models import CampaignName


class LegacyTokenRequest(ApiModel):
    """The token creates no contacts."""

    campaign_name: CampaignName
    created_by: Annotated[EmailAddress, Meta(description="default: the key's owner")] | None = None


class LegacyTokenView(ApiModel, omit_defaults=False):
    user_name: Annotated[str, Meta(description="a password reset changes it")]
    campaign_name: str
    email_campaign_id: int
    created_at: Annotated[int, Meta(description="milliseconds since the epoch")]
    created_by: Annotated[str, Meta(description="an email address")]
    portal_id: Annotated[int, Meta(description="the stage's number")]
    app_id: int
    deleted: Annotated[bool, Meta(description="always false: a deleted token is not listed")] = False


class LegacyTokenWithPassword(LegacyTokenView, kw_only=True, omit_defaults=False):
    password: Annotated[str, Meta(description="only this response shows it")]
    password_hash: Annotated[None, Meta(description="no hash is stored")] = None
    warning: Annotated[str, Meta(description="about the changed user name (a Staffetta extension)")] | None = None
