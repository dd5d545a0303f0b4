"""The sending IP addresses."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.core.account.dedicated_ips import WarmUp
from functions.core.account.prices import IpPoolType
from functions.routes.account.cost_models import MESSAGES_MAX, CostLineView, Dollars
from functions.routes.account.models import RatesView
from functions.routes.http.models import ApiModel, OwnModel


class DedicatedIpsQuery(OwnModel):
    messages: (
        Annotated[
            int,
            Meta(ge=0, le=MESSAGES_MAX, description="mails in a month. Default: 30 times those of the last 24 hours"),
        ]
        | None
    ) = None


class IpPoolView(ApiModel):
    """The pool of the transactional configuration set."""

    type: IpPoolType
    name: Annotated[str, Meta(description="absent: the set names no pool")] | None = None


class DedicatedIpView(ApiModel):
    ip: str
    warm_up: Annotated[WarmUp, Meta(description="NOT_APPLICABLE: SES warms up a managed pool by itself")]
    warm_up_percent: int | None = None
    ptr: Annotated[str, Meta(description="the address's name in DNS; absent: none")] | None = None
    ptr_confirmed: Annotated[bool, Meta(description="whether that name resolves to the address")] | None = None
    block_lists: Annotated[list[str], Meta(description="that have the address; absent: SES did not report")] | None = (
        None
    )


class IpReputation(ApiModel):
    rates: Annotated[RatesView, Meta(description="all mail of the stage")]
    enforcement_status: (
        Annotated[str, Meta(description="HEALTHY, PROBATION or SHUTDOWN; absent: not reported yet")] | None
    ) = None


class IpCostView(ApiModel):
    messages: int
    lines: Annotated[list[CostLineView], Meta(description="what the addresses cost in addition to the mails")]
    total: Annotated[float, Meta(description="the whole month, in US dollars, as GET /staffetta/v1/cost")]
    addresses: Dollars


class DedicatedIpsView(ApiModel):
    pool: IpPoolView
    addresses: list[DedicatedIpView]
    reputation: IpReputation
    cost: IpCostView
    notes: Annotated[list[str], Meta(description="what follows and what to do, in plain sentences")]
