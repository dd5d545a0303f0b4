"""Errors as one line for the reader, with the command's exit code.

0 done · 1 refused, or a check found errors · 2 wrong usage (click's own) · 3 AWS or the stage cannot be used
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import click

from infra.cli.escape import escaped

REFUSED, UNAVAILABLE = 1, 3
QUOTED = 80  # characters of a file's name


class CommandError(click.ClickException):
    """Ends the command. The message is for the reader."""

    exit_code = REFUSED

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"staffetta: {escaped(self.message)}", err=True)


class UnavailableError(CommandError):
    """AWS cannot be used, or the stage cannot be found with the credentials and the region that are set."""

    exit_code = UNAVAILABLE


def explained(error: Exception, command: click.Command) -> CommandError | None:
    """Returns None for an error that no reader caused: it is a bug, and shows its traceback."""
    from functions.core.errors import Rejected, StaffettaError
    from infra.cli import aws_errors

    if isinstance(error, click.ClickException):
        return None
    if isinstance(error, Rejected):
        return CommandError(_fields(error, command))
    if isinstance(error, StaffettaError) or type(error) is LookupError:
        return CommandError(str(error))
    if isinstance(error, aws_errors.AWS_ERRORS):
        return UnavailableError(aws_errors.described(error))
    if isinstance(error, OSError) and error.filename is not None:
        return CommandError(described_file(error))
    return None


def described_file(error: OSError) -> str:
    return f"{str(error.filename)[:QUOTED]}: {error.strerror}"


def _fields(rejected: Any, command: click.Command) -> str:
    """A field of the request goes by the option that set it."""
    from functions.core.errors import abridged

    names = {camel_case(option.name or ""): option.opts[0] for option in command.params}
    lines = []
    for error in abridged(rejected.errors):
        option = names.get(error.field)
        lines.append(f"{option}: {_with_options(error.message, names)}" if option else str(error))
    return "\n".join(lines)


def _with_options(message: str, names: Mapping[str, str]) -> str:
    """Replaces names of fields that are no words of English: startTimestamp, emailIds."""
    for name, option in names.items():
        if not name.islower():
            message = message.replace(name, option)
    return message


def camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
