"""Options and argument types that several commands share."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from infra.cli.stage import DEFAULT_STAGE, Stage

Function = TypeVar("Function", bound=Callable[..., Any])

_AGE = re.compile(r"([0-9]{1,5})([mhdw])")
QUOTED = 100  # characters of a wrong value in its error
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


class AddressType(click.ParamType[Any]):
    """One email address, with or without a name."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from functions.core import addresses

        try:
            return addresses.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class InstantType(click.ParamType[Any]):
    """An instant, a day, or an age such as 24h. The value is the instant as the API writes it."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from functions.core import timestamps

        try:
            age = _AGE.fullmatch(value)
            if age:
                return timestamps.iso(time.time() - int(age[1]) * _SECONDS[age[2]])
            return timestamps.normalized(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a time like 2027-01-31T00:00:00Z, 2027-01-31 or 24h", param, ctx)


class DayType(click.ParamType[Any]):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail(f"{value!r} is not a day like 2026-11-23", param, ctx)


class JsonObjectType(click.ParamType[Any]):
    """A JSON object, or @FILE that holds one."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        try:
            return json_object(Path(value[1:]).read_bytes() if value.startswith("@") else value)
        except OSError as error:
            self.fail(f"{value[1:]} cannot be read: {error.strerror}", param, ctx)
        except ValueError as error:
            self.fail(f"{value[:QUOTED]!r} {error}", param, ctx)


def json_object(text: str | bytes) -> dict[str, Any]:
    """Raises ValueError."""
    from functions.core.errors import Rejected
    from functions.core.models import json_text

    try:
        value = json_text.read_any(text, "")
    except Rejected as error:
        raise ValueError(error.errors[0].message) from error
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")  # noqa: TRY004 - the text is wrong, no argument's type
    return value


class WordsType(click.ParamType[Any]):
    """One or more of some words, with commas between them."""

    name = "words"

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(word.strip() for word in value.split(",")))
        for word in chosen:
            if word not in self.words:
                self.fail(f"{word!r} is not one of {', '.join(self.words)}", param, ctx)
        return chosen

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(before + comma + word) for word in self.words if word.startswith(last)]


ADDRESS = AddressType()
INSTANT = InstantType()
DAY = DayType()
JSON_OBJECT = JsonObjectType()
PORT = click.IntRange(0, 65535)


def stage_option(command: Function) -> Function:
    """The function gets `stage`, which is opened when it is first used."""
    return click.option(
        "--stage",
        default=DEFAULT_STAGE,
        metavar="NAME",
        callback=lambda _context, _option, name: Stage(name),
        help="the deployed stage; `local` is the running local stack",
    )(command)


def json_option(command: Function) -> Function:
    return click.option(
        "--json", "as_json", is_flag=True, help="print JSON; a list or a resource is as the API answers it"
    )(command)


def yes_option(command: Function) -> Function:
    return click.option("--yes", is_flag=True, help="skip the confirmation")(command)


Lists = dict[str, list[str]]


def limit_option(default: int) -> Callable[[Function], Function]:
    return click.option(
        "--limit", type=click.IntRange(1, 10_000), metavar="NUMBER", default=default, help="how many at most"
    )


def pairs(_context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str] | None:
    """The callback of an option that takes NAME=VALUE several times. Returns None if it was not used."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r} is not NAME=VALUE", param=option)
    return {name: text for name, _, text in (value.partition("=") for value in values)} or None


def listed_pairs(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> Lists | None:
    """As `pairs`, for names that come several times: each has its values in their order."""
    if pairs(context, option, values) is None:
        return None
    lists: Lists = {}
    for value in values:
        name, _, text = value.partition("=")
        lists.setdefault(name, []).append(text)
    return lists
