"""Statistics of emails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from functions.core.statistics.periods import Interval
from infra.cli.command import Group
from infra.cli.options import INSTANT, Function, json_option, stage_option
from infra.cli.terminal import show_json, show_table

if TYPE_CHECKING:
    from functions.routes.statistics.models import Breakdown, Latency, LatencyPercentiles
    from infra.cli.stage import Stage

COUNTERS = ("sent", "delivered", "bounce", "open", "click", "spamreport", "unsubscribed")  # the rest is in --json
INTERVALS = [str(interval).lower() for interval in Interval]
NOTHING = "Nothing was counted in that time."


def _span(command: Function) -> Function:
    for option in (
        click.option("--until", "end_timestamp", type=INSTANT, help="end of the time span (default: now)"),
        click.option(
            "--since", "start_timestamp", type=INSTANT, help="start of the time span: 2026-11-23, an instant or 24h"
        ),
    ):
        command = option(command)
    return command


def _emails(command: Function) -> Function:
    return click.option(
        "--email", "email_ids", type=int, multiple=True, help="only this email's id; repeat it for more (default: all)"
    )(command)


@click.group(
    cls=Group, examples=["staffetta stats list --since 7d", "staffetta stats histogram --interval day --since 30d"]
)
def command() -> None:
    """Statistics of emails. A message counts in the time in which it was accepted."""


@command.command("list", examples=["staffetta stats list --since 7d", "staffetta stats list --email 1001 --json"])
@_span
@_emails
@stage_option
@json_option
def list_(stage: Stage, *, as_json: bool, **query: Any) -> None:
    """Show the totals of each email."""
    from functions.routes.statistics.statistics import get_email_statistics

    results = stage.call(get_email_statistics, query=query)
    if as_json:
        show_json(results)
        return
    rows = [*results["campaignAggregations"].items(), ("all", results["aggregate"])]
    show_table(("EMAIL", *map(str.upper, COUNTERS)), (_counters(*row) for row in rows), empty=NOTHING)


@command.command(
    "histogram",
    examples=[
        "staffetta stats histogram --interval day --since 30d",
        "staffetta stats histogram --interval hour --since 24h",
    ],
)
@click.option("--interval", type=click.Choice(INTERVALS, case_sensitive=False), default="day", help="length of one row")
@_span
@_emails
@stage_option
@json_option
def histogram(stage: Stage, *, as_json: bool, **query: Any) -> None:
    """Show the totals over time."""
    from functions.routes.statistics.statistics import get_email_histogram

    results = stage.call(get_email_histogram, query=query)
    if as_json:
        show_json(results)
        return
    rows = (_counters(one["interval"]["start"], one["aggregations"]) for one in results["results"])
    show_table(("START", *map(str.upper, COUNTERS)), rows, empty=NOTHING)


@command.command("links", examples=["staffetta stats links --email 1001 --since 7d"])
@_span
@_emails
@stage_option
@json_option
def links(stage: Stage, *, as_json: bool, **query: Any) -> None:
    """Show which links were clicked, in whole days (UTC)."""
    from functions.routes.statistics.statistics import get_link_statistics

    results = stage.call(get_link_statistics, query=query)
    if as_json:
        show_json(results)
        return
    rows = [
        (email.email_id, link.click, link.clicks, link.machine_clicks, link.url)
        for email in results.results
        for link in email.links
    ]
    show_table(("EMAIL", "MESSAGES", "CLICKS", "BY MACHINES", "LINK"), rows, empty=NOTHING)


@command.command("latency", examples=["staffetta stats latency --since 24h"])
@_span
@_emails
@stage_option
@json_option
def latency(stage: Stage, *, as_json: bool, **query: Any) -> None:
    """Show how many seconds mails took: until SES accepted them (accept), from there to the recipient's host, and both."""
    from functions.routes.statistics.statistics import get_latency_statistics

    results = stage.call(get_latency_statistics, query=query)
    if as_json:
        show_json(results)
        return
    rows = [row for name, one in [*results.emails.items(), ("all", results.aggregate)] for row in _latency(name, one)]
    show_table(("EMAIL", "STAGE", "MAILS", "P50", "P90", "P99"), rows, empty=NOTHING)


@command.command("breakdown", examples=["staffetta stats breakdown --since 7d --json"])
@_span
@_emails
@stage_option
@json_option
def breakdown(stage: Stage, *, as_json: bool, **query: Any) -> None:
    """Show opens and clicks by people and by machines, mail clients, and why mails were not sent."""
    from functions.routes.statistics.statistics import get_statistics_breakdown

    results = stage.call(get_statistics_breakdown, query=query)
    if as_json:
        show_json(results)
        return
    rows = [_breakdown(name, one) for name, one in [*results.emails.items(), ("all", results.aggregate)]]
    headings = ("EMAIL", "OPENS", "CLICKS", "MACHINE OPENS", "MACHINE CLICKS", "DELAYED", "NOT SENT", "CLIENTS")
    show_table(headings, rows, empty=NOTHING)


@command.command("tags", examples=["staffetta stats tags --since 7d"])
@_span
@stage_option
@json_option
def tags(stage: Stage, *, as_json: bool, **query: Any) -> None:
    """Show the totals of each tag."""
    from functions.routes.statistics.statistics import get_tag_statistics

    results = stage.call(get_tag_statistics, query=query)
    if as_json:
        show_json(results)
        return
    rows = (_counters(*row) for row in results["tags"].items())
    show_table(("TAG", *map(str.upper, COUNTERS)), rows, empty=NOTHING)


def _counters(name: str, aggregate: Mapping[str, Any]) -> tuple[object, ...]:
    return name, *(aggregate["counters"].get(counter, 0) for counter in COUNTERS)


def _latency(name: str, latency: Latency) -> Iterator[tuple[object, ...]]:
    for stage in ("accept", "delivery", "arrival"):
        one: LatencyPercentiles = getattr(latency, stage)
        yield name, stage, one.count, *(_seconds(value) for value in (one.p50, one.p90, one.p99))


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g} s"


def _breakdown(name: str, one: Breakdown) -> tuple[object, ...]:
    not_sent, clients = (
        ", ".join(f"{key} {count}" for key, count in counts.items()) for counts in (one.not_sent, one.clients)
    )
    return name, one.opens, one.clicks, one.machine_opens, one.machine_clicks, one.delayed, not_sent, clients
