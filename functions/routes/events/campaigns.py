"""HubSpot's email campaigns over HTTP (v1). A cursor names the last campaign of its page, so both lists may change between two pages."""

from __future__ import annotations

import re

from functions import wiring
from functions.core import timestamps
from functions.core.models.field_errors import FieldErrors
from functions.core.statistics.ratios import NAMES
from functions.routes.events.campaign_models import (
    APP_ID,
    APP_NAME,
    CampaignList,
    CampaignPath,
    CampaignReference,
    CampaignsQuery,
    CampaignView,
    RecentCampaign,
    RecentCampaignList,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import path_of, read_query

_DIGITS = r"[0-9]{1,19}"


def list_recent_campaigns(request: ApiRequest) -> RecentCampaignList:
    """A cursor is the time and the id of the last campaign."""
    limit, after = _page(request, rf"({_DIGITS})-({_DIGITS})")
    recent = [
        RecentCampaign(id=campaign.email_id, last_updated_time=timestamps.milliseconds(campaign.at))
        for campaign in wiring.get(wiring.statistics.list_campaigns).recent()
    ]
    left = [one for one in recent if after is None or (one.last_updated_time, one.id) < after]
    page, more = left[:limit], len(left) > limit
    offset = f"{page[-1].last_updated_time}-{page[-1].id}" if more else ""
    return RecentCampaignList(campaigns=page, has_more=more, offset=offset)


def list_campaign_ids(request: ApiRequest) -> CampaignList:
    """A cursor is the id of the last campaign."""
    limit, after = _page(request, rf"({_DIGITS})")
    ids = wiring.get(wiring.statistics.list_campaigns).ids()
    left = [email_id for email_id in ids if after is None or (email_id,) > after]
    page, more = left[:limit], len(left) > limit
    campaigns = [CampaignReference(id=email_id) for email_id in page]
    return CampaignList(campaigns=campaigns, has_more=more, offset=str(page[-1]) if more else "")


def get_campaign(request: ApiRequest) -> CampaignView:
    campaign = wiring.get(wiring.statistics.get_campaign)(int(path_of(request, CampaignPath).campaign_id))
    return CampaignView(
        id=campaign.email.id,
        name=campaign.email.name,
        app_id=APP_ID,
        app_name=APP_NAME,
        type=campaign.email.subcategory.upper(),
        counters={name: campaign.counters.get(name, 0) for name in NAMES},
    )


def _page(request: ApiRequest, cursor: str) -> tuple[int, tuple[int, ...] | None]:
    """Returns the limit, and the numbers of the cursor. Raises Rejected with every error."""
    errors = FieldErrors()
    query = read_query(CampaignsQuery, request.query, errors)
    match = re.fullmatch(cursor, query.offset, re.ASCII) if query.offset else None
    if query.offset and match is None:
        errors.add("offset", f"must be the offset of the previous page, not {query.offset[:100]!r}")
    errors.check()
    return query.limit, tuple(map(int, match.groups())) if match else None
