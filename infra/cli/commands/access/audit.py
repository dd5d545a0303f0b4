"""The audit log of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli.command import Command
from infra.cli.options import json_option, limit_option, stage_option
from infra.cli.terminal import show_json, show_table

if TYPE_CHECKING:
    from functions.routes.access.models import AuditEntry
    from infra.cli.stage import Stage


@click.command(cls=Command, examples=["staffetta audit", "staffetta audit --limit 500 --json"])
@limit_option(50)
@stage_option
@json_option
def command(stage: Stage, limit: int, *, as_json: bool) -> None:
    """Show the audit log, newest entry first: who did what to the account."""
    from functions.routes.access.audit import list_audit_entries

    entries = stage.collect(list_audit_entries, limit)
    if as_json:
        show_json({"results": entries})
        return
    show_table(("TIME", "ACTION", "BY", "SUBJECT", "DETAIL"), map(_row, entries), empty="The audit log is empty.")


def _row(entry: AuditEntry) -> tuple[object, ...]:
    detail = ", ".join(f"{name}={value}" for name, value in entry.detail.items())
    return entry.at, entry.action, entry.by, entry.subject, detail
