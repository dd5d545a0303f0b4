"""The whole service on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from infra.cli.command import Command
from infra.cli.errors import CommandError
from infra.cli.options import PORT
from infra.cli.terminal import show


@click.command(
    cls=Command,
    examples=[
        "staffetta local",
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
@click.option("--sandbox", is_flag=True, help="put the account into SES's sandbox after the first send")
@click.option("--no-welcome", is_flag=True, help="skip the first send")
@click.option("--verbose", is_flag=True, help="print the functions' logs")
def command(
    http_port: int,
    smtp_port: int,
    smtps_port: int | None,
    mailbox_port: int,
    aws_port: int,
    ready_file: Path | None,
    *,
    sandbox: bool,
    no_welcome: bool,
    verbose: bool,
) -> None:
    """Run the whole service on this machine: the deployed template and the real functions, on a local AWS account.

    While it runs, `--stage local` of every command finds it. Ctrl-C ends it when every accepted send is finished.
    """
    from infra.local import run
    from infra.local.assembly import AssemblyError
    from infra.local.stack import PortBusyError, Ports
    from infra.local.welcome import WelcomeError

    if smtps_port is None:
        smtps_port = 2465 if smtp_port else 0  # several stacks may run at once
    ports = Ports(http=http_port, smtp=smtp_port, smtps=smtps_port, mailbox=mailbox_port, aws=aws_port)
    options = run.Options(ports=ports, ready_file=ready_file, sandbox=sandbox, welcome=not no_welcome, verbose=verbose)
    try:
        run.run(options, show)
    except (AssemblyError, PortBusyError, WelcomeError) as error:
        raise CommandError(str(error)) from error
