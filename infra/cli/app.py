"""The root of the command: which commands exist, and how the chosen one is imported."""

from __future__ import annotations

import importlib
from typing import Any

import click

from infra.cli.command import Group

COMMANDS = {
    "local": "Run the whole service on this machine.",
    "keys": "API keys.",
    "tokens": "SMTP tokens.",
    "emails": "Emails as files: pull them into a folder, push them back.",
    "starters": "Starter emails: list them, publish one.",
    "check": "Check an email, a file or a folder as publishing would.",
    "preview": "Show an email as a recipient would get it.",
    "send-test": "Send an email as a test to a few addresses.",
    "messages": "Messages: search them, show what happened to one.",
    "stats": "Statistics of emails.",
    "contacts": "Contacts: show one, erase one.",
    "types": "Subscription types.",
    "site-settings": "Site settings: what templates print of the company.",
    "webhooks": "Webhooks and their deliveries.",
    "sending": "Sending: quota, bounce rates, pauses.",
    "protect": "Protect a stage against deletion.",
    "redrive": "Put dead letters back into the send queue.",
    "metrics": "Counters: recompute them and compare.",
    "audit": "The audit log, newest entry first.",
    "openapi": "Print the API's OpenAPI document.",
    "completion": "Print the completion script of a shell.",
}


class Root(Group):
    """Imports a command's module when the command is chosen: some of them need half a second of libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"infra.cli.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        command.help = command.help or COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True, "max_content_width": 110},
    examples=["staffetta local", "staffetta keys list --stage prod", "staffetta messages list --since 24h --json"],
)
@click.version_option(package_name="staffetta", message="staffetta %(version)s")
def app() -> None:
    """Transactional email in your own AWS account: run it on this machine, and operate deployed stages.

    A deployed stage is found with the AWS credentials and the region of the environment. `--stage local` is the stack that
    `staffetta local` runs. Exit codes: 0 done, 1 refused or a check found errors, 2 wrong usage, 3 AWS or the stage cannot be used.
    """


def main(arguments: list[str] | None = None) -> Any:
    return app(arguments, prog_name="staffetta")
