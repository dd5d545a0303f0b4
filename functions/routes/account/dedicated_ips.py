"""The sending IP addresses over HTTP, a Staffetta extension."""

from __future__ import annotations

from functions import wiring
from functions.core.account.dedicated_ips import DedicatedIp
from functions.routes.account.cost import CENTS
from functions.routes.account.cost_models import CostLineView
from functions.routes.account.ip_models import (
    DedicatedIpsQuery,
    DedicatedIpsView,
    DedicatedIpView,
    IpCostView,
    IpPoolView,
    IpReputation,
)
from functions.routes.account.sending import rates_view
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import query_of
from functions.steps.account.get_dedicated_ips import IpPoolCost


def get_dedicated_ips(request: ApiRequest) -> DedicatedIpsView:
    query = query_of(request, DedicatedIpsQuery)
    ips = wiring.get(wiring.account.get_dedicated_ips)(query.messages)
    return DedicatedIpsView(
        pool=IpPoolView(type=ips.pool.type, name=ips.pool.name or None),
        addresses=[_address(one) for one in ips.addresses],
        reputation=IpReputation(rates=rates_view(ips.rates), enforcement_status=ips.enforcement_status),
        cost=_cost(ips.cost),
        notes=ips.notes,
    )


def _address(one: DedicatedIp) -> DedicatedIpView:
    return DedicatedIpView(
        ip=one.address,
        warm_up=one.warm_up,
        warm_up_percent=one.percent,
        ptr=one.reverse_name.name if one.reverse_name else None,
        ptr_confirmed=one.reverse_name.confirmed if one.reverse_name else None,
        block_lists=None if one.block_lists is None else list(one.block_lists),
    )


def _cost(cost: IpPoolCost) -> IpCostView:
    lines = [line for line in cost.lines if line.amount]
    return IpCostView(
        messages=cost.messages,
        lines=[CostLineView(name=line.name, amount=round(line.amount, CENTS)) for line in lines],
        total=round(cost.total, CENTS),
        addresses=round(sum(line.amount for line in lines), CENTS),
    )
