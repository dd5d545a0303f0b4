"""The root of the command: which commands exist, and how the chosen one is imported."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import click

from infra.cli.command import Group


class _Entry(NamedTuple):
    """A command's room, which has its module, and its line of help."""

    room: str
    help: str


COMMANDS = {
    "local": _Entry("stage", "Run the whole service on this machine."),
    "keys": _Entry("access", "API keys."),
    "tokens": _Entry("tokens", "SMTP tokens."),
    "emails": _Entry("emails", "Emails: list them, and pull and push them as files."),
    "starters": _Entry("emails", "Starter emails: list them, publish one."),
    "images": _Entry("emails", "Images of emails: list, upload and delete them."),
    "check": _Entry("emails", "Check an email, a file or a folder as publishing would."),
    "preview": _Entry("emails", "Show an email as a recipient would get it."),
    "send-test": _Entry("emails", "Send an email as a test to a few addresses."),
    "messages": _Entry("sending", "Messages: search them, show what happened to one."),
    "stats": _Entry("statistics", "Statistics of emails."),
    "contacts": _Entry("contacts", "Contacts: show one, erase one, import a file."),
    "broadcast": _Entry("broadcasts", "Send one email once to many: lists, contacts or a file."),
    "lists": _Entry("contacts", "Lists of contacts and their members."),
    "types": _Entry("contacts", "Subscription types."),
    "site-settings": _Entry("account", "Site settings: what templates print of the company."),
    "automations": _Entry("automations", "Automations: files, publishing, runs."),
    "events": _Entry("automations", "Custom events of contacts, which start automations."),
    "webhooks": _Entry("webhooks", "Webhooks and their deliveries."),
    "domains": _Entry("domains", "Sending domains and their DNS records."),
    "sending": _Entry("account", "Sending: quota, bounce rates, pauses."),
    "production": _Entry("account", "SES's production access: request it, see the review."),
    "cost": _Entry("account", "The cost of a month, next to other services."),
    "dedicated-ips": _Entry("account", "Sending IP addresses: warm-up, reputation, cost."),
    "preflight": _Entry("stage", "Check an account before a deployment."),
    "doctor": _Entry("stage", "Examine a stage, and show what is wrong."),
    "protect": _Entry("stage", "Protect a stage against deletion."),
    "uninstall": _Entry("stage", "End a stage before its removal: stop, drain, end tokens."),
    "redrive": _Entry("sending", "Put dead letters back into the send queue."),
    "metrics": _Entry("statistics", "Counters: recompute them and compare."),
    "users": _Entry("access", "People of the console: invite, role, remove."),
    "audit": _Entry("access", "The audit log, newest entry first."),
    "openapi": _Entry("stage", "Print the API's OpenAPI document."),
    "completion": _Entry("stage", "Print the completion script of a shell."),
}


class Root(Group):
    """Imports a command's module when the command is chosen: some of them need half a second of libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        entry = COMMANDS[cmd_name]
        module = importlib.import_module(f"infra.cli.commands.{entry.room}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        command.help = command.help or entry.help
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Answers an unknown command with similar names. Click looks only at imported commands."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


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
