"""A month's cost: SES's documented examples, the tiers, and what is cheapest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.adapters.account.price_list import price_list
from functions.core.account import cost
from functions.core.account.cost import CostCase
from functions.core.account.prices import IpPoolType, PlanName, of_mails
from infra import ROOT

PRICES = price_list()
MILLION = 1_000_000


def case(messages: int, plan: PlanName, pool: IpPoolType, addresses: int = 1) -> CostCase:
    return CostCase(messages=messages, plan=plan, pool=pool, addresses=addresses)


@pytest.mark.parametrize(
    ("plan", "pool", "addresses", "dollars"),
    [
        (PlanName.A_LA_CARTE, IpPoolType.SHARED, 1, 100.00),
        (PlanName.A_LA_CARTE, IpPoolType.STANDARD, 1, 124.95),
        (PlanName.A_LA_CARTE, IpPoolType.STANDARD, 2, 149.90),
        (PlanName.A_LA_CARTE, IpPoolType.MANAGED, 1, 195.00),
        (PlanName.ESSENTIALS, IpPoolType.SHARED, 1, 160.00),
        (PlanName.PRO, IpPoolType.MANAGED, 1, 325.00),
        (PlanName.ENTERPRISE, IpPoolType.MANAGED, 1, 730.00),
    ],
)
def test_a_million_mails_at_ses(plan: PlanName, pool: IpPoolType, addresses: int, dollars: float) -> None:
    assert cost.bare_ses(PRICES, case(MILLION, plan, pool, addresses)) == pytest.approx(dollars)


def test_each_tier_is_charged_for_its_own_mails() -> None:
    tiers = PRICES.plan(PlanName.ESSENTIALS).per_thousand
    assert of_mails(tiers, 10_000_000) == pytest.approx(1600)
    assert of_mails(tiers, 10_001_000) == pytest.approx(1600.14)
    assert of_mails(tiers, 200_000_000) == pytest.approx(1600 + 90_000 * 0.14 + 100_000 * 0.11)


def test_the_lines_add_up_to_the_total() -> None:
    month = cost.month(PRICES, case(MILLION, PlanName.ESSENTIALS, IpPoolType.MANAGED))
    assert sum(line.amount for line in month.lines) == month.total
    assert {"SES mails", "HTTP API", "Alarms", "Managed IP pool, a month"} <= {line.name for line in month.lines}


def test_what_staffetta_adds_is_below_its_limit() -> None:
    """It includes the alarms and metrics of a month. The usage that is measured has a test of its own."""
    month = case(MILLION, PlanName.ESSENTIALS, IpPoolType.SHARED)
    assert cost.month(PRICES, month).total - cost.bare_ses(PRICES, month) < 22


def test_an_idle_stage_pays_its_pool_and_alarms_only() -> None:
    idle = cost.month(PRICES, case(0, PlanName.A_LA_CARTE, IpPoolType.SHARED))
    assert {line.name for line in idle.lines} == {"Alarms", "Polling of the queues", "Sweep and reconciliation"}


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md"])
def test_the_pages_have_an_idle_stages_cost(page: str) -> None:
    idle = cost.month(PRICES, case(0, PlanName.A_LA_CARTE, IpPoolType.SHARED))
    text = (ROOT / page).read_text("utf-8")
    assert f"about ${idle.total:.1f}0 a month by list prices" in text
    assert page == "README.md" or f"{PRICES.idle.alarms} alarms" in text


def test_few_mails_are_cheapest_on_shared_addresses() -> None:
    first, *_ = cost.alternatives(PRICES, case(10_000, PlanName.PRO, IpPoolType.MANAGED))
    assert (first.case.plan, first.case.pool) == (PlanName.A_LA_CARTE, IpPoolType.SHARED)


@given(st.integers(0, 10**10), st.integers(1, 10**8), st.sampled_from(PlanName), st.sampled_from(IpPoolType))
def test_more_mails_never_cost_less(messages: int, more: int, plan: PlanName, pool: IpPoolType) -> None:
    few, many = (cost.month(PRICES, case(number, plan, pool)).total for number in (messages, messages + more))
    assert many >= few


@given(st.integers(0, 10**9), st.sampled_from(PlanName), st.sampled_from(IpPoolType))
def test_alternatives_begin_with_the_cheapest(messages: int, plan: PlanName, pool: IpPoolType) -> None:
    totals = [one.total for one in cost.alternatives(PRICES, case(messages, plan, pool))]
    assert totals == sorted(totals)
    assert len(totals) == len(PlanName) * len(IpPoolType)


def test_a_peers_overage_begins_after_its_included_mails() -> None:
    postmark = next(peer for peer in PRICES.peers if peer.name.startswith("Postmark"))
    assert postmark.price(10_000) == 15.00
    assert postmark.price(11_000) == pytest.approx(16.80)


def test_images_cost_what_recipients_load() -> None:
    base = case(MILLION, PlanName.ESSENTIALS, IpPoolType.SHARED)
    with_images = replace(base, images=2, images_kb=100)
    (line,) = (line for line in cost.month(PRICES, with_images).lines if line.name == "Images (CloudFront)")
    assert line.amount == pytest.approx(2 * 1.00 + 100 * 0.085)
    assert cost.month(PRICES, with_images).total - cost.month(PRICES, base).total == pytest.approx(line.amount)
    assert cost.bare_ses(PRICES, with_images) == cost.bare_ses(PRICES, base)
