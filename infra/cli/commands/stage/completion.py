"""Completion scripts of shells."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from infra.cli.command import Command

VARIABLE = "_STAFFETTA_COMPLETE"  # click's name for the program `staffetta`


@click.command(
    cls=Command,
    examples=[
        'eval "$(staffetta completion bash)"    # in ~/.bashrc',
        'eval "$(staffetta completion zsh)"     # in ~/.zshrc',
        "staffetta completion fish > ~/.config/fish/completions/staffetta.fish",
    ],
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"{shell} is not supported by the installed click")
    click.echo(completion(context.find_root().command, {}, "staffetta", VARIABLE).source())
