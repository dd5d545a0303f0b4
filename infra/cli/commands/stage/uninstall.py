"""The end of a stage, before its stacks are removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from infra.cli.command import Command
from infra.cli.errors import CommandError
from infra.cli.options import stage_option, yes_option
from infra.cli.terminal import confirm, note, show, show_table

if TYPE_CHECKING:
    from infra.cli.removal import Remainder, Removal
    from infra.cli.stage import Stage


@click.command(
    cls=Command,
    examples=["staffetta uninstall --stage test", "staffetta uninstall --stage test --cancel-scheduled --yes"],
)
@click.option("--cancel-scheduled", is_flag=True, help="cancel the sends and broadcasts that are scheduled for later")
@click.option(
    "--wait",
    "minutes",
    type=click.IntRange(0, 1440),
    metavar="MINUTES",
    default=30,
    help="how long to wait until the queues are empty",
)
@stage_option
@yes_option
def command(stage: Stage, *, cancel_scheduled: bool, minutes: int, yes: bool) -> None:
    """End a stage before its removal: revoke its API keys, delete its SMTP tokens, finish what it accepted, and list what remains.

    It removes no stack and no data, and may be repeated.
    """
    from infra.cli.removal import Removal

    removal = Removal(stage)
    if stage.lacks_service():
        _report_state(stage, removal)
        return
    scheduled = removal.scheduled()
    broadcasts = removal.waiting_broadcasts()
    if broadcasts and not cancel_scheduled:
        raise CommandError(
            f"{len(broadcasts)} broadcasts are scheduled or paused ({broadcasts[0].name}): wait for them, or cancel them with --cancel-scheduled"
        )
    if scheduled and not cancel_scheduled:
        last = max(message.due_at or "" for message in scheduled)
        raise CommandError(
            f"{len(scheduled)} messages are scheduled, the last for {last}: wait for them, or cancel them with --cancel-scheduled"
        )
    confirm(f"End stage {stage.name}? Every API key and SMTP password stops working, for ever.", yes=yes)
    show(f"API keys revoked: {removal.revoke_keys()}")
    show(f"SMTP tokens and users deleted: {removal.delete_tokens()}")
    show(f"automations ended: {removal.end_automations()}")
    if broadcasts:
        show(f"broadcasts cancelled: {removal.cancel_broadcasts(broadcasts)}")
    if scheduled:
        show(f"scheduled sends cancelled: {removal.cancel(scheduled)}")
    _drain(removal, minutes)
    if left := removal.drain_webhooks():
        note(f"{left} deliveries to webhooks were not made: their receivers do not answer.")
    show(f"webhooks deleted: {removal.delete_webhooks()}")
    for name in removal.leave_pool():
        show(f"{name} now sends from SES's shared addresses: its IP pool is removed with the stack")
    _report(stage, removal)


def _drain(removal: Removal, minutes: int) -> None:
    note("Waiting until everything that was accepted is sent and recorded.")
    full = removal.drain(60 * minutes)
    if full:
        raise CommandError(
            f"the queues of {', '.join(full)} are not empty after {minutes} minutes: see the logs, and repeat the command"
        )
    show("the queues are empty")
    if dead := removal.dead_letters():
        note(f"{dead} dead letters remain for 14 days: `staffetta redrive` returns those of sends to the queue.")


def _report_state(stage: Stage, removal: Removal) -> None:
    """Without Service no function runs, so there is nothing to wait for, and its settings name no table to read."""
    note(f"Stage {stage.name} has its State stack only: nothing runs, and nothing is accepted.")
    users = list(removal.smtp_users())
    _list([*users, *removal.of_state(), *removal.hosts()])
    if users:
        note("Delete the SMTP users in IAM, or deploy the stage again and repeat this command, which deletes them.")
    note("Domains that were added are not listed: SES may still have them.")
    _list_commands(stage.name, removal.domain())


def _report(stage: Stage, removal: Removal) -> None:
    _list(removal.remainders())
    note(
        "The links in mails that were sent end with the Service stack. Unsubscribe links must work for 30 days after the last "
        "marketing mail in the USA (CAN-SPAM), so wait that long."
    )
    _list_commands(stage.name, stage.container.settings.domain)


def _list(remainders: Iterable[Remainder]) -> None:
    show()
    show("What remains after the removal of both stacks:")
    rows = [(one.kind, one.name, f"${one.month:.2f}", one.note) for one in remainders]
    show_table(("KIND", "NAME", "A MONTH", ""), rows, empty="Nothing.")
    show()


def _list_commands(stage: str, domain: str) -> None:
    from infra.cli.removal import commands

    show("To remove the stacks:")
    for line in commands(stage, domain):
        show(f"  {line}")
