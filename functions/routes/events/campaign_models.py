"""HubSpot's email campaigns (v1): emails and SMTP tokens."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.routes.http.models import ApiModel, Id

LIMIT, LIMIT_MAX = 500, 1000
APP_ID, APP_NAME = 0, "staffetta"


class CampaignPath(ApiModel):
    campaign_id: Id


class CampaignsQuery(ApiModel):
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = LIMIT
    offset: Annotated[str, Meta(description="the `offset` of the previous page")] | None = None


class CampaignReference(ApiModel, omit_defaults=False):
    id: int
    app_id: int = APP_ID
    app_name: str = APP_NAME


class RecentCampaign(CampaignReference, kw_only=True):
    last_updated_time: Annotated[int, Meta(description="when its latest mail was accepted, in milliseconds")]


class CampaignList(ApiModel):
    campaigns: list[CampaignReference]
    has_more: bool
    offset: str


class RecentCampaignList(ApiModel):
    campaigns: list[RecentCampaign]
    has_more: bool
    offset: str


class CampaignView(ApiModel):
    """An email or an SMTP token, with its counters since it exists."""

    id: int
    name: str
    app_id: int
    app_name: str
    type: str
    counters: dict[str, int]
