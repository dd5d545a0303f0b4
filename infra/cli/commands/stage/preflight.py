"""What would fail or surprise in a deployment."""

from __future__ import annotations

import click

from infra.cli.command import Command
from infra.cli.errors import REFUSED
from infra.cli.options import json_option
from infra.cli.terminal import show, show_json


@click.command(
    cls=Command,
    examples=[
        "staffetta preflight -c staffetta:domain=mail.acme.com",
        "staffetta preflight -c staffetta:domain=mail.acme.com -c staffetta:stage=test --json",
    ],
)
@click.option(
    "-c", "--context", multiple=True, metavar="SETTING=VALUE", help="a setting of the deployment, as for make deploy"
)
@click.option("--profile", metavar="NAME", help="profile of the AWS credentials")
@json_option
def command(context: tuple[str, ...], profile: str | None, *, as_json: bool) -> None:
    """Check settings, credentials, region, names, pools and limits before anything is made. `make deploy` does it, too. Exit code 1: the
    deployment would fail.
    """
    from infra.health.finding import described
    from infra.health.preflight import preflight
    from infra.health.target import target_of

    options = [word for setting in context for word in ("-c", setting)]
    report = preflight(target_of([*options, *(["--profile", profile] if profile else [])]))
    if as_json:
        show_json(report)
    else:
        for line in described(report):
            show(line)
    if not report.ok:
        raise click.exceptions.Exit(REFUSED)
