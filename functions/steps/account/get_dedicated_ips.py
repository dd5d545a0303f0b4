"""Get the stage's IP addresses: the pool in use, warm-up, names, block lists, reputation, and the cost of a month."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct
from msgspec.structs import replace

from functions.core.account import dedicated_ips
from functions.core.account.cost import CostCase, CostLine, month, pool_lines
from functions.core.account.dedicated_ips import DedicatedIp, SendingPool
from functions.core.account.prices import NEW_ACCOUNTS_PLAN, PriceList
from functions.core.account.reputation import FeedbackRates, combined
from functions.ports.account import DedicatedIps, QuotaStore, ReverseDns
from functions.steps.account.estimate_cost import AccountPlan
from functions.steps.account.monitor_reputation import ReputationMonitor

DAYS = 30  # of a month, at the volume of the last day
LOOKUPS = 10  # at once


class IpPoolCost(Struct, frozen=True):
    messages: int
    lines: list[CostLine]  # of the addresses only
    total: float  # of the whole month


class SendingIps(Struct, frozen=True, kw_only=True):
    pool: SendingPool
    addresses: list[DedicatedIp]
    enforcement_status: str | None  # of the account; None: SES has not reported yet
    rates: FeedbackRates
    cost: IpPoolCost
    notes: list[str]


class GetDedicatedIps(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    ips: DedicatedIps
    dns: ReverseDns
    monitor: ReputationMonitor
    quota_store: QuotaStore
    account_plan: AccountPlan
    prices: PriceList

    def __call__(self, messages: int | None = None) -> SendingIps:
        """`messages` is the month's volume. Its default is thirty times the mails of the last 24 hours."""
        pool = self.ips.pool()
        addresses = self._addresses(pool)
        stored = self.quota_store.get()
        quota = stored.quota if stored else None
        volume = messages if messages is not None else DAYS * (quota.sent_last_day if quota else 0)
        return SendingIps(
            pool=pool,
            addresses=addresses,
            enforcement_status=quota.enforcement_status if quota else None,
            rates=combined(email.rates for email in self.monitor.report(transactional=True).emails),
            cost=self._cost(pool, volume, len(addresses)),
            notes=list(dedicated_ips.notes(pool, addresses)),
        )

    def _addresses(self, pool: SendingPool) -> list[DedicatedIp]:
        addresses = self.ips.addresses(pool)
        lists = self.ips.block_lists([one.address for one in addresses])
        with ThreadPoolExecutor(LOOKUPS) as threads:
            return list(threads.map(lambda one: self._described(one, lists), addresses))

    def _described(self, one: DedicatedIp, lists: Mapping[str, tuple[str, ...]] | None) -> DedicatedIp:
        block_lists = None if lists is None else lists.get(one.address, ())
        return replace(one, reverse_name=self.dns.name(one.address), block_lists=block_lists)

    def _cost(self, pool: SendingPool, messages: int, addresses: int) -> IpPoolCost:
        plan = self.account_plan() or NEW_ACCOUNTS_PLAN
        case = CostCase(messages=messages, plan=plan, pool=pool.type, addresses=addresses)
        return IpPoolCost(messages, list(pool_lines(self.prices, case)), month(self.prices, case).total)
