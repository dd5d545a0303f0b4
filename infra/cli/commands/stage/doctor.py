"""What is wrong with a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli.command import Command
from infra.cli.errors import REFUSED
from infra.cli.options import json_option, stage_option
from infra.cli.terminal import show, show_json

if TYPE_CHECKING:
    from infra.cli.stage import Stage


@click.command(
    cls=Command, examples=["staffetta doctor", "staffetta doctor --quiet --stage test", "staffetta doctor --json"]
)
@click.option("--quiet", is_flag=True, help="only what is wrong")
@stage_option
@json_option
def command(stage: Stage, *, quiet: bool, as_json: bool) -> None:
    """Examine a stage: stacks, SES account, domains, sets, the way of events, schedules, alarms, dead letters and limits. Exit code 1: there is
    an error.
    """
    from functions.settings import LOCAL
    from infra.health.doctor import doctor
    from infra.health.finding import Level, described
    from infra.health.stage_health import StageHealth

    examined = StageHealth(
        name=stage.name,
        client=stage.client,
        container=stage.container,
        outputs=stage.outputs(),
        local=stage.name == LOCAL,
    )
    report = doctor(examined)
    if as_json:
        show_json(report)
    else:
        for line in described(report, least=Level.WARNING if quiet else Level.OK):
            show(line)
    if not report.ok:
        raise click.exceptions.Exit(REFUSED)
