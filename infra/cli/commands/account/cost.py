"""The cost of a month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from functions.core.account.prices import IpPoolType, PlanName
from functions.routes.account.cost_models import ADDRESSES_MAX, ATTACHED_KB_MAX, IMAGES_KB_MAX, IMAGES_MAX, MESSAGES_MAX
from infra.cli.command import Command
from infra.cli.options import json_option, stage_option
from infra.cli.terminal import note, show, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.account.cost_models import MonthlyCostView, PlanAndPool
    from infra.cli.stage import Stage


@click.command(
    cls=Command,
    examples=[
        "staffetta cost --messages 100000",
        "staffetta cost --messages 1000000 --plan essentials --ip-pool shared --json",
        "staffetta cost --messages 100000 --images 4 --images-kb 120",
    ],
)
@click.option(
    "--messages", type=click.IntRange(0, MESSAGES_MAX), required=True, metavar="NUMBER", help="mails in the month"
)
@click.option(
    "--plan",
    type=click.Choice([plan.lower() for plan in PlanName], case_sensitive=False),
    callback=lambda _context, _option, name: PlanName(name.upper()) if name else None,
    help="SES's pricing plan; none is à la carte  [default: the account's]",
)
@click.option("--ip-pool", type=click.Choice([pool.value for pool in IpPoolType]), help="[default: the stage's]")
@click.option(
    "--addresses",
    type=click.IntRange(1, ADDRESSES_MAX),
    default=1,
    metavar="NUMBER",
    help="leased addresses of a standard pool",
)
@click.option(
    "--attached-kb",
    type=click.IntRange(0, ATTACHED_KB_MAX),
    default=0,
    metavar="NUMBER",
    help="attachments of a mail, on average",
)
@click.option(
    "--images",
    type=click.IntRange(0, IMAGES_MAX),
    default=0,
    metavar="NUMBER",
    help="uploaded images that a recipient loads",
)
@click.option(
    "--images-kb", type=click.IntRange(0, IMAGES_KB_MAX), default=0, metavar="NUMBER", help="these images together"
)
@stage_option
@json_option
def command(
    stage: Stage,
    messages: int,
    plan: PlanName | None,
    ip_pool: str | None,
    *,
    as_json: bool,
    **numbers: int,
) -> None:
    """Show what a month costs, line by line, next to other services, and which plan and IP pool is cheapest.

    With --plan and --ip-pool it needs no stage and no AWS credentials.
    """
    from functions.routes.account.cost import get_cost

    if plan and ip_pool:
        month = _without_stage(messages, plan, IpPoolType(ip_pool), numbers)
    else:
        query = {"messages": messages, "plan": plan, "ip_pool": ip_pool, **numbers}
        month = stage.call(get_cost, query=query)
    if as_json:
        show_json(month)
    else:
        _show(month)


def _without_stage(messages: int, plan: PlanName, pool: IpPoolType, numbers: Mapping[str, int]) -> MonthlyCostView:
    from functions.adapters.account.price_list import price_list
    from functions.core.account.cost import CostCase
    from functions.routes.account.cost import view
    from functions.steps.account.estimate_cost import estimate

    case = CostCase(messages=messages, plan=plan, pool=pool, **numbers)
    return view(estimate(price_list(), case))


def _show(month: MonthlyCostView) -> None:
    show(f"{month.messages:,} mails in a month, on {_plan(month.plan)} with a {month.ip_pool} IP pool")
    show()
    total = f"total, ${month.per_thousand:.4f} for 1,000 mails" if month.per_thousand is not None else "total"
    rows = [*((line.name, f"{line.amount:,.2f}") for line in month.lines), (total, f"{month.total:,.2f}")]
    show_table(("LINE", "DOLLARS"), rows, empty="")
    show()
    others = [
        ("SES without Staffetta", f"{month.bare_ses:,.2f}", "the same plan and pool"),
        *((peer.name, f"{peer.total:,.2f}", peer.note) for peer in month.peers),
    ]
    show_table(("COMPARED WITH", "DOLLARS", "NOTE"), others, empty="")
    show()
    show(f"Cheapest: {_choice(month.cheapest)}")
    show(f"Cheapest with dedicated addresses: {_choice(month.cheapest_dedicated)}")
    note(f"List prices of {month.price_date} in {month.region}, without free tiers.")
    if not month.plan_reported:
        note("SES has not reported the account's plan yet: this is the plan of new accounts. Or give --plan.")


def _choice(choice: PlanAndPool) -> str:
    return f"{_plan(choice.plan)} with a {choice.ip_pool} IP pool, ${choice.total:,.2f}"


def _plan(plan: PlanName) -> str:
    return "SES à la carte" if plan is PlanName.A_LA_CARTE else f"SES {plan.capitalize()}"
