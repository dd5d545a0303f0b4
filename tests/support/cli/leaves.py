"""Every command, without the groups that do nothing by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from infra.cli.app import app


def _commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield (*words, name), command


LEAVES = dict(_commands(app))
