"""The whole service on this machine."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from functions.settings import LOCAL
from infra.cli.command import Group
from infra.cli.errors import CommandError, UnavailableError
from infra.cli.options import PORT, json_option
from infra.cli.terminal import show, show_json


@click.group(
    cls=Group,
    invoke_without_command=True,
    examples=[
        "staffetta local",
        "staffetta local clock +3d",
        "staffetta local --sandbox",
        "staffetta local --http-port 0 --smtp-port 0 --mailbox-port 0 --aws-port 0 --no-welcome",
    ],
)
@click.option("--http-port", type=PORT, metavar="PORT", default=8080, help="API port (0 = any)")
@click.option("--smtp-port", type=PORT, metavar="PORT", default=2587, help="SMTP port, for STARTTLS (0 = any)")
@click.option(
    "--smtps-port",
    type=PORT,
    metavar="PORT",
    help="SMTP port for TLS (0 = any; default: 2465, or any if --smtp-port is 0)",
)
@click.option("--mailbox-port", type=PORT, metavar="PORT", default=8025, help="port of the mailbox page (0 = any)")
@click.option("--aws-port", type=PORT, metavar="PORT", default=4566, help="port of the AWS endpoint (0 = any)")
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="write the addresses and the key there as JSON when everything runs (mode 600)",
)
@click.option(
    "--event-sources",
    metavar="SOURCE,...",
    default="",
    show_default=False,
    help="sources of EventBridge events that may start automations",
)
@click.option("--sandbox", is_flag=True, help="put the account into SES's sandbox after the first send")
@click.option("--no-welcome", is_flag=True, help="skip the first send")
@click.option("--verbose", is_flag=True, help="print the functions' logs")
@click.pass_context
def command(
    context: click.Context,
    http_port: int,
    smtp_port: int,
    smtps_port: int | None,
    mailbox_port: int,
    aws_port: int,
    ready_file: Path | None,
    event_sources: str,
    *,
    sandbox: bool,
    no_welcome: bool,
    verbose: bool,
) -> None:
    """Run the whole service on this machine: the deployed template and the real functions, on a local AWS account.

    While it runs, `--stage local` of every command finds it. Ctrl-C ends it when every accepted send is finished.
    """
    if context.invoked_subcommand:
        return
    from infra.local import run
    from infra.local.assembly import AssemblyError
    from infra.local.ports import PortBusyError, Ports
    from infra.local.welcome import WelcomeError

    if smtps_port is None:
        smtps_port = 2465 if smtp_port else 0  # several stacks may run at once
    ports = Ports(http=http_port, smtp=smtp_port, smtps=smtps_port, mailbox=mailbox_port, aws=aws_port)
    options = run.Options(
        ports=ports,
        ready_file=ready_file,
        event_sources=event_sources,
        sandbox=sandbox,
        welcome=not no_welcome,
        verbose=verbose,
    )
    try:
        run.run(options, show)
    except (AssemblyError, PortBusyError, WelcomeError) as error:
        raise CommandError(str(error)) from error


@command.command(
    "clock",
    examples=[
        "staffetta local clock",
        "staffetta local clock +3d",
        "staffetta local clock 2027-01-01T09:00Z",
        "staffetta local clock now",
    ],
)
@click.argument("to", metavar="[+TIME|TIME|now]", required=False)
@json_option
def clock(to: str | None, *, as_json: bool) -> None:
    """Show the running stack's clock, move it ahead, or set it back to now.

    It stops at each time at which something is due: schedules, waits of automations, scheduled sends and broadcasts, and webhooks'
    retries run in their order, and what is past its retention is deleted. The way back undoes nothing.
    """
    import json
    import urllib.error
    import urllib.request

    from infra.cli.stage import Stage
    from infra.local.clock.routes import PATH

    running = Stage(LOCAL).running
    if running is None:
        raise UnavailableError("AWS_ENDPOINT_URL names no local stack that `staffetta local` runs")
    body = json.dumps({"to": to}).encode() if to else None
    request = urllib.request.Request(  # noqa: S310  the local stack's own address
        f"{running.mailbox_url}{PATH}", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310  as above
            view = json.load(answer)
    except urllib.error.HTTPError as error:
        raise CommandError(error.read().decode()) from error
    if as_json:
        show_json(view)
        return
    stops = f", after {view['stops']} stops" if "stops" in view else ""
    ahead = timedelta(seconds=round(view["aheadSeconds"]))
    show(f"It is {view['now']}{stops}: {f'{ahead} ahead of' if ahead else 'as'} this machine's clock.")
