"""The `staffetta` command: run the service on this machine, and set up a deployed stage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from functions.core.errors import StaffettaError
from infra import deployed
from infra.local.assembly import AssemblyError
from infra.local.commands import contacts, emails, keys, local, metrics, openapi, redrive, sending, starters, tokens
from infra.local.stack import PortBusyError
from infra.local.welcome import WelcomeError

# Each noun, and what its help says.
_COMMANDS = {
    "local": (local, "run the whole service on this machine"),
    "keys": (keys, "API keys of a deployed stage"),
    "contacts": (contacts, "contacts of a deployed stage: forget one person"),
    "metrics": (metrics, "counters of a deployed stage: tell them anew, prove or mend them"),
    "openapi": (openapi, "print the API's OpenAPI document"),
    "sending": (sending, "whether a deployed stage may send, how its mail fares, and what is paused"),
    "redrive": (redrive, "put a deployed stage's dead letters back into its send queue"),
    "tokens": (tokens, "SMTP tokens of a deployed stage"),
    "emails": (emails, "emails of a deployed stage as files: pull them into a folder, push it"),
    "starters": (starters, "starter emails: list them, publish one on a deployed stage"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (
        AssemblyError,
        PortBusyError,
        WelcomeError,
        deployed.NotDeployedError,
        LookupError,
        StaffettaError,
    ) as fault:
        sys.exit(f"staffetta: {fault}")
    except deployed.AWS_FAULTS as fault:
        sys.exit(f"staffetta: {deployed.describe_error(fault)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="staffetta", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (command, told) in _COMMANDS.items():
        command.add(commands.add_parser(name, help=told))
    return parser


if __name__ == "__main__":
    main()
