"""docs/cli.md, from the commands' own help: `python -m infra.cli.reference > docs/cli.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from infra.cli.app import COMMANDS, app

WIDTH = 100

_HEAD = """\
# The `staffetta` command

This page is generated from the commands' help: `python -m infra.cli.reference > docs/cli.md`.

A command works on a deployed stage, `prod` unless `--stage` names another. It needs the AWS credentials and the region of that stage, in the
environment or in a profile. `--stage local` is the local stack that runs on this machine; it needs nothing else. If two of them run, it is the
newest one, or the one that `AWS_ENDPOINT_URL` names.

Results go to standard output, remarks and progress bars to standard error. `--json` prints JSON, one row per line is for people and `grep`.
A command that destroys something needs a confirmation first. `--yes` skips it; without a terminal, the command refuses without `--yes`.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | refused, or a check found errors or differences |
| 2 | wrong usage |
| 3 | AWS refused or did not answer, or the stage cannot be found |

Completion, for bash, zsh and fish: see [`staffetta completion`](#staffetta-completion).
"""


def text() -> str:
    root = click.Context(app, info_name="staffetta", **app.context_settings)
    return "\n".join([_HEAD, *(_section(context) for name in COMMANDS for context in _contexts(root, name))])


def _contexts(parent: click.Context, name: str) -> Iterator[click.Context]:
    """The context of a command, or those of all commands of a group, after the group's own if it can run by itself."""
    group = parent.command
    assert isinstance(group, click.Group)  # noqa: S101 - only a group has names of commands
    command = group.get_command(parent, name)
    if command is None:
        return
    context = click.Context(command, parent=parent, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield context
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _contexts(context, inner)


def _section(context: click.Context) -> str:
    return f"## {context.command_path}\n\n```text\n{context.get_help().rstrip()}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(text())
