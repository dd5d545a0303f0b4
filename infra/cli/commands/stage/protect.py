"""Protection of a stage against deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli.command import Command
from infra.cli.options import stage_option, yes_option
from infra.cli.terminal import confirm, note, show

if TYPE_CHECKING:
    from infra.cli.stage import Stage


@click.command(cls=Command, examples=["staffetta protect", "staffetta protect --off --stage test --yes"])
@click.option("--off", is_flag=True, help="end the protection, before the stage is removed")
@stage_option
@yes_option
def command(stage: Stage, *, off: bool, yes: bool) -> None:
    """Protect a stage's State stack and its tables against deletion. `make deploy` does it after each deployment."""
    from infra.deployed_stage import set_protection

    if off:
        confirm(f"End the protection of stage {stage.name}? Its tables can then be deleted.", yes=yes)
    changed = set_protection(stage.name, stage.client, enabled=not off)
    for name in changed:
        show(f"{name} is {'no longer ' if off else ''}protected against deletion.")
    if not changed:
        note(f"Nothing to do: stage {stage.name} is {'not ' if off else ''}protected.")
