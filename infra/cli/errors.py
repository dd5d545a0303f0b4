"""Errors as one line for the reader, with the command's exit code.

0 done · 1 refused, or a check found errors · 2 wrong usage (click's own) · 3 AWS or the stage cannot be used
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, Any

import click

from infra.cli.escape import escaped

REFUSED, UNAVAILABLE = 1, 3
QUOTED = 80  # characters of a file's name
_CAMEL_CASE = re.compile(r"[a-z]+[A-Z]\w*")  # no word of English: startTimestamp, emailIds
_INDEX = re.compile(r"\[[0-9]+\]")


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
    """A field of the request goes by the option that set it, also in messages."""
    from msgspec.structs import replace

    from functions.core.errors import abridged

    options = options_of(command)
    return "\n".join(
        str(
            replace(
                error,
                field=_place(error.field, options),
                message=_CAMEL_CASE.sub(lambda match: options.get(match[0]) or match[0], error.message),
            )
        )
        for error in abridged(rejected.errors)
    )


def options_of(command: click.Command) -> dict[str, str]:
    """By the path of a field of the request: the option or argument that sets it, as the help writes it."""
    names = {camel_case(param.name or ""): _written(param) for param in command.params}
    return {**names, **getattr(command, "fields", {})}


def _written(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name


def _place(field: str, options: Mapping[str, str]) -> str:
    """`customProperties.total` → `--property, total`. The index of a repeated option is left out: the message has its value."""
    path = field
    while path and path not in options:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    rest = field[len(path) :] if path else ""
    inner = "" if _INDEX.fullmatch(rest) else rest.removeprefix(".")
    return ", ".join(filter(None, (options.get(path), inner))) or field


def camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
