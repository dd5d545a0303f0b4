"""Counters of a deployed stage: tell them anew from the archive of events and the messages, and prove or mend them."""

from __future__ import annotations

import argparse
from datetime import date

from functions import wiring
from functions.core import timestamps
from functions.core.access.audit import AuditAction
from functions.core.events.bots import RULES_VERSION
from functions.core.statistics import periods
from functions.core.statistics.counter_updates import CounterKey
from functions.steps.statistics.rebuild import SETTLE_SECONDS, RebuildCounters, RebuildReport
from functions.wiring import Container
from infra import deployed
from infra.local.commands.terminal import add_stage, show


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    rebuild = actions.add_parser(
        "rebuild", help="tell every counter anew, and prove that it is what is stored; reads the whole table of sends"
    )
    add_stage(rebuild)
    rebuild.add_argument("--since", type=_day, help="the first day, UTC: 2026-11-23 (as long as messages are kept)")
    rebuild.add_argument("--until", type=_day, help="the last day (today)")
    rebuild.add_argument("--apply", action="store_true", help="mend what differs")
    rebuild.set_defaults(run=_rebuild)


def _rebuild(options: argparse.Namespace) -> None:
    """Raises SystemExit 1 where something differs and is not mended."""
    container = deployed.container(options.stage)
    rebuild = container.get(wiring.statistics.rebuild_counters)
    since = options.since or rebuild.earliest_day()
    until = options.until or periods.day(timestamps.iso(container.clock()))
    lacking = _record(rebuild, since, apply=options.apply)
    if options.apply:
        show(
            f"What is on its way is left alone: where something differs, this waits {SETTLE_SECONDS} seconds and looks again."
        )
    report = rebuild.repair(since, until) if options.apply else rebuild.compare(since, until)
    _tell(report, "added" if options.apply else "lacking")
    if options.apply:
        _note(container, report, lacking)
    elif lacking or report.differences:
        raise SystemExit(1)


def _record(rebuild: RebuildCounters, since: str, *, apply: bool) -> int:
    lacking = 0
    for event in rebuild.unrecorded(since):
        lacking += 1
        show(f"{event.fact.type} of SES's mail {event.ses_message_id} at {event.fact.at} is in no timeline")
        if apply:
            rebuild.record(event)
    show(f"{lacking} archived events were in no timeline" + (", and are now." if apply else "."))
    return lacking


def _tell(report: RebuildReport, verb: str) -> None:
    show(f"{report.messages} messages counted anew by the rules {RULES_VERSION}; {report.compared} cells compared.")
    for cell, difference in sorted(report.differences.items(), key=lambda pair: _name(pair[0])):
        show(
            f"{_name(cell)}: "
            + ", ".join(f"{name} {number:+}" for name, number in sorted(difference.items()))
            + f" {verb}"
        )
    if not report.differences:
        show("Every counter is what the messages say.")


def _note(container: Container, report: RebuildReport, lacking: int) -> None:
    container.get(wiring.access.audit_log)(
        AuditAction.METRICS_REBUILT,
        deployed.caller_arn(),
        "metrics",
        cells=len(report.differences),
        events=lacking,
        rules=RULES_VERSION,
    )


def _name(cell: CounterKey) -> str:
    return " ".join(part for part in (str(cell.subject.type), cell.subject.name, cell.period) if part)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-11-23") from None
