"""Counters of a stage."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from infra.cli.command import Group
from infra.cli.errors import REFUSED
from infra.cli.options import DAY, json_option, stage_option
from infra.cli.terminal import Advance, note, progress, show, show_json, show_table

if TYPE_CHECKING:
    from functions.core.sending.send import Message
    from functions.core.statistics.counter_updates import CounterKey
    from functions.steps.statistics.rebuild import Accepted, RebuildCounters, RebuildReport
    from functions.steps.statistics.rebuild_listings import RebuildListings
    from infra.cli.stage import Stage

Step = TypeVar("Step", "RebuildCounters", "RebuildListings")


@click.group(cls=Group, examples=["staffetta metrics rebuild"])
def command() -> None:
    pass


@command.command(
    "rebuild",
    examples=["staffetta metrics rebuild --since 2026-11-01", "staffetta metrics rebuild --since 2026-11-01 --apply"],
)
@click.option("--since", type=DAY, help="first day, UTC (default: as long as messages are stored)")
@click.option("--until", type=DAY, help="last day, UTC (default: today)")
@click.option("--apply", is_flag=True, help="fix the differences")
@stage_option
@json_option
@click.pass_context
def rebuild(
    context: click.Context, stage: Stage, since: str | None, until: str | None, *, apply: bool, as_json: bool
) -> None:
    """Recompute all counters from the archived events and the messages, and compare. Find messages that are not listed by their email.

    This reads the whole table of sends. The exit code is 1 if something differs and was not fixed.
    """
    from functions import wiring
    from functions.core import timestamps
    from functions.core.statistics import periods
    from functions.steps.statistics.rebuild import SETTLE_SECONDS

    container = stage.container
    with progress("messages") as advance:
        step = _followed(container.get(wiring.statistics.rebuild_counters), advance)
        first = since or step.earliest_day()
        last = until or periods.day(timestamps.iso(container.clock()))
        missing = _record(step, first, apply=apply)
        lists = _followed(container.get(wiring.statistics.rebuild_listings), advance)
        unlisted = lists.repair(first, last) if apply else lists.compare(first, last)
        if apply:
            note(
                f"Recent mail is still being counted: if counters differ, this waits {SETTLE_SECONDS} seconds and compares again."
            )
        report = step.repair(first, last) if apply else step.compare(first, last)
    if as_json:
        show_json(_json(report, missing, unlisted))
    else:
        _show(report, missing, unlisted, applied=apply)
    if apply:
        _audit(stage, report, missing, unlisted)
    elif missing or unlisted or report.differences:
        context.exit(REFUSED)


def _record(step: RebuildCounters, since: str, *, apply: bool) -> int:
    missing = 0
    for event in step.unrecorded(since):
        missing += 1
        note(f"{event.fact.type} of SES message {event.ses_message_id} at {event.fact.at} is in no timeline")
        if apply:
            step.record(event)
    return missing


def _show(report: RebuildReport, missing: int, unlisted: int, *, applied: bool) -> None:
    from functions.core.events.bots import RULES_VERSION

    show(f"{missing} archived events were in no timeline" + (", and now are." if applied else "."))
    show(f"{unlisted} messages were not listed by their email" + (", and now are." if applied else "."))
    show(f"{report.messages} messages counted by the rules {RULES_VERSION}; {report.compared} cells compared.")
    verb = "ADDED" if applied else "MISSING"
    rows = [
        (_name(cell), ", ".join(f"{name} {number:+}" for name, number in sorted(difference.items())))
        for cell, difference in sorted(report.differences.items(), key=lambda pair: _name(pair[0]))
    ]
    show_table(("CELL", verb), rows, empty="All counters match the messages.")


def _json(report: RebuildReport, missing: int, unlisted: int) -> dict[str, Any]:
    differences = [{"cell": _name(cell), "counters": counters} for cell, counters in report.differences.items()]
    return {
        "messages": report.messages,
        "compared": report.compared,
        "missingEvents": missing,
        "unlistedMessages": unlisted,
        "differences": sorted(differences, key=lambda one: str(one["cell"])),
    }


def _audit(stage: Stage, report: RebuildReport, missing: int, unlisted: int) -> None:
    from functions.core.access.audit import AuditAction
    from functions.core.events.bots import RULES_VERSION

    cells = len(report.differences)
    stage.audit(
        AuditAction.METRICS_REBUILT, "metrics", cells=cells, events=missing, messages=unlisted, rules=RULES_VERSION
    )


def _name(cell: CounterKey) -> str:
    return " ".join(part for part in (str(cell.subject.type), cell.subject.name, cell.period) if part)


def _followed(step: Step, advance: Advance) -> Step:
    from msgspec.structs import replace

    return replace(step, accepted=functools.partial(_advancing, step.accepted, advance))


def _advancing(accepted: Accepted, advance: Advance, first: str, last: str) -> Iterator[Message]:
    """Each message that is read advances the progress bar."""
    for message in accepted(first, last):
        yield message
        advance()
