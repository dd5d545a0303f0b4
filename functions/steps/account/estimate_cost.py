"""Estimate the cost of a month: on the account's plan and the stage's IP pool, unless the caller names others."""

from __future__ import annotations

from msgspec import Struct

from functions.core.account import cost
from functions.core.account.cost import CostCase, MonthlyCost
from functions.core.account.prices import NEW_ACCOUNTS_PLAN, IpPoolType, PlanName, PriceList
from functions.ports.account import QuotaStore


class CostEstimate(Struct, frozen=True, kw_only=True):
    prices: PriceList
    month: MonthlyCost
    alternatives: list[MonthlyCost]  # the cheapest first
    plan_reported: bool  # False: SES has not reported the plan yet


class AccountPlan(Struct, frozen=True, kw_only=True):
    """Reads the account's plan, which the sweep stores with SES's quota."""

    quota_store: QuotaStore

    def __call__(self) -> PlanName | None:
        """Returns None if SES has not reported a plan that is on the price list."""
        stored = self.quota_store.get()
        name = stored.quota.plan if stored and stored.quota else ""
        return PlanName(name) if name in set(PlanName) else None


class EstimateCost(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    prices: PriceList
    account_plan: AccountPlan
    pool: IpPoolType

    def __call__(
        self, messages: int, *, plan: PlanName | None = None, pool: IpPoolType | None = None, **changed: int
    ) -> CostEstimate:
        """`changed`: the other fields of CostCase."""
        reported = plan or self.account_plan()
        case = CostCase(
            messages=messages,
            plan=reported or NEW_ACCOUNTS_PLAN,
            pool=pool or self.pool,
            **changed,
        )
        return estimate(self.prices, case, plan_reported=reported is not None)


def estimate(prices: PriceList, case: CostCase, *, plan_reported: bool = True) -> CostEstimate:
    return CostEstimate(
        prices=prices,
        month=cost.month(prices, case),
        alternatives=cost.alternatives(prices, case),
        plan_reported=plan_reported,
    )
