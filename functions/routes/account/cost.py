"""The cost of a month over HTTP, a Staffetta extension."""

from __future__ import annotations

from functions import wiring
from functions.core.account.cost import MonthlyCost, bare_ses
from functions.core.account.prices import THOUSAND
from functions.routes.account.cost_models import CostLineView, CostQuery, MonthlyCostView, PeerCost, PlanAndPool
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import query_of
from functions.steps.account.estimate_cost import CostEstimate

CENTS = 2


def get_cost(request: ApiRequest) -> MonthlyCostView:
    query = query_of(request, CostQuery)
    estimate = wiring.get(wiring.account.estimate_cost)(
        query.messages,
        plan=query.plan,
        pool=query.ip_pool,
        addresses=query.addresses,
        attached_kb=query.attached_kb,
        images=query.images,
        images_kb=query.images_kb,
    )
    return view(estimate)


def view(estimate: CostEstimate) -> MonthlyCostView:
    month, prices = estimate.month, estimate.prices
    messages = month.case.messages
    return MonthlyCostView(
        messages=messages,
        currency="USD",
        price_date=prices.date,
        region=prices.region,
        plan=month.case.plan,
        plan_reported=estimate.plan_reported,
        ip_pool=month.case.pool,
        addresses=month.case.addresses,
        lines=[CostLineView(name=line.name, amount=round(line.amount, CENTS)) for line in month.lines],
        total=round(month.total, CENTS),
        per_thousand=round(month.total / messages * THOUSAND, 4) if messages else None,
        bare_ses=round(bare_ses(prices, month.case), CENTS),
        cheapest=_alternative(estimate.alternatives[0]),
        cheapest_dedicated=_alternative(next(one for one in estimate.alternatives if one.dedicated)),
        alternatives=[_alternative(one) for one in estimate.alternatives],
        peers=[
            PeerCost(name=peer.name, total=round(peer.price(messages), CENTS), note=peer.note, source=peer.source)
            for peer in prices.peers
        ],
    )


def _alternative(cost: MonthlyCost) -> PlanAndPool:
    return PlanAndPool(plan=cost.case.plan, ip_pool=cost.case.pool, total=round(cost.total, CENTS))
