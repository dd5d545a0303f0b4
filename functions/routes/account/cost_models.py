"""The cost of a month."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.core.account.prices import IpPoolType, PlanName
from functions.routes.http.models import ApiModel, OwnModel

MESSAGES_MAX = 10_000_000_000
ADDRESSES_MAX = 1000
ATTACHED_KB_MAX = 10_000
IMAGES_MAX, IMAGES_KB_MAX = 100, 100_000

Dollars = Annotated[float, Meta(description="US dollars")]


class CostQuery(OwnModel):
    messages: Annotated[int, Meta(ge=0, le=MESSAGES_MAX, description="mails in the month, one for each recipient")]
    plan: Annotated[PlanName, Meta(description="SES's pricing plan. Default: the account's")] | None = None
    ip_pool: Annotated[IpPoolType, Meta(description="Default: the stage's")] | None = None
    addresses: Annotated[int, Meta(ge=1, le=ADDRESSES_MAX, description="leased ones of a standard pool")] = 1
    attached_kb: Annotated[int, Meta(ge=0, le=ATTACHED_KB_MAX, description="attachments of a mail, on average")] = 0
    images: Annotated[int, Meta(ge=0, le=IMAGES_MAX, description="uploaded images that a recipient loads")] = 0
    images_kb: Annotated[int, Meta(ge=0, le=IMAGES_KB_MAX, description="these images together")] = 0


class CostLineView(ApiModel):
    name: str
    amount: Dollars


class PlanAndPool(ApiModel):
    plan: PlanName
    ip_pool: IpPoolType
    total: Dollars


class PeerCost(ApiModel):
    """Another service's price for the same mails. It replaces the whole bill."""

    name: str
    total: Dollars
    note: str
    source: str


class MonthlyCostView(ApiModel):
    """A month by list prices, without free tiers, of one stage in its account."""

    messages: int
    currency: str
    price_date: Annotated[str, Meta(description="the day of the price list")]
    region: Annotated[str, Meta(description="the region whose prices these are")]
    plan: PlanName
    plan_reported: Annotated[
        bool, Meta(description="false: SES has not reported the plan, so it is the plan of new accounts")
    ]
    ip_pool: IpPoolType
    addresses: int
    lines: list[CostLineView]
    total: Dollars
    bare_ses: Annotated[float, Meta(description="what SES itself charges, in US dollars")]
    cheapest: PlanAndPool
    cheapest_dedicated: Annotated[PlanAndPool, Meta(description="the cheapest with addresses of your own")]
    alternatives: Annotated[list[PlanAndPool], Meta(description="every plan and pool, the cheapest first")]
    peers: list[PeerCost]
    per_thousand: Annotated[float, Meta(description="US dollars for 1,000 mails")] | None = None
