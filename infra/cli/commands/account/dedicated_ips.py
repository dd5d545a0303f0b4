"""The sending IP addresses of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from functions.routes.account.cost_models import MESSAGES_MAX
from infra.cli.command import Command
from infra.cli.options import json_option, stage_option
from infra.cli.terminal import show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.account.ip_models import DedicatedIpsView, DedicatedIpView, IpReputation
    from infra.cli.stage import Stage


@click.command(cls=Command, examples=["staffetta dedicated-ips", "staffetta dedicated-ips --messages 300000 --json"])
@click.option(
    "--messages",
    type=click.IntRange(0, MESSAGES_MAX),
    metavar="NUMBER",
    help="mails in a month, for the cost  [default: 30 times those of the last 24 hours]",
)
@stage_option
@json_option
def command(stage: Stage, messages: int | None, *, as_json: bool) -> None:
    """Show the IP pool, its addresses with their warm-up, names and block lists, the reputation, and the cost of a month."""
    from functions.routes.account.dedicated_ips import get_dedicated_ips

    ips = stage.call(get_dedicated_ips, query={"messages": messages})
    if as_json:
        show_json(ips)
    else:
        _show(ips)


def _show(ips: DedicatedIpsView) -> None:
    cost = ips.cost
    show_fields(
        [
            ("pool", f"{ips.pool.name or 'none named'} ({ips.pool.type})"),
            ("reputation", _reputation(ips.reputation)),
            (
                "cost",
                f"${cost.addresses:,.2f} for the addresses, ${cost.total:,.2f} in all, at {cost.messages:,} mails a month",
            ),
        ]
    )
    show()
    headings = ("ADDRESS", "WARM-UP", "NAME", "BLOCK LISTS")
    show_table(headings, map(_row, ips.addresses), empty="The pool shows no dedicated addresses.")
    for note in ips.notes:
        show()
        show(note)


def _reputation(reputation: IpReputation) -> str:
    rates = reputation.rates
    status = reputation.enforcement_status or "SES has not reported yet"
    return f"{status}; {rates.sent} sent, {rates.bounce_rate:g} % bounced, {rates.complaint_rate:g} % complained"


def _row(one: DedicatedIpView) -> tuple[object, ...]:
    percent = "" if one.warm_up_percent is None else f" {one.warm_up_percent} %"
    name = one.ptr and (one.ptr if one.ptr_confirmed else f"{one.ptr} (does not resolve to the address)")
    lists = "not reported" if one.block_lists is None else ", ".join(one.block_lists) or "none"
    return one.ip, f"{one.warm_up.lower().replace('_', ' ')}{percent}", name or "none", lists
