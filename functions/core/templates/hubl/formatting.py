"""Formats of texts: `%s`, `%d`, `%,.2f` and their kin, with Java's signs, and Python's `%(name)s`. A value is written as HubL prints it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from functions.core.templates.hubl.values import is_null, java_text, number_of, parse, text

# Few templates use formats: `re` compiles the pattern at its first use, and caches it. A zero may be a flag or a digit: without possessive
# repeats, a long row of them takes the square of its length.
FIELD = r"%(?:(\d++)\$|\((\w++)\))?([-#+ 0,(]*+)(\d*+)(?:\.(\d++))?([a-zA-Z%])"


def formatted(value: Any, *args: Any, **named: Any) -> str:
    """Writes the arguments into a text. In a trusted text, an argument that is not trusted is escaped."""
    return _with_arguments(text(value), args, named)


def percent(pattern: str, values: Any) -> str:
    """Returns the result of Python's `%`: a tuple has several values, and a map has named ones."""
    args = values if isinstance(values, tuple) else (values,)
    return _with_arguments(pattern, args, values if isinstance(values, Mapping) else {})


def _with_arguments(pattern: str, args: tuple[Any, ...], named: Mapping[str, Any]) -> str:
    trusted, used = isinstance(pattern, Markup), iter(args)

    def written(match: re.Match[str]) -> str:
        number, name, flags, width, precision, letter = match.groups()
        if letter in "%n":
            return ("%" if letter == "%" else "\n").rjust(int(width or 0))
        if number and not int(number):
            raise ValueError("format() counts its arguments from 1: the first one must be %1$s, not %0$s")
        argument = named[name] if name else args[int(number) - 1] if number else next(used)
        body = _filled(_written(argument, letter, flags, precision), letter, flags, int(width or 0))
        return body if not trusted or isinstance(argument, Markup) else escape(body)

    try:
        result = re.sub(FIELD, written, pattern)
    except (StopIteration, LookupError) as error:
        raise ValueError(f"format() has too few arguments for '{pattern[:40]}'") from error
    return Markup(result) if trusted else result  # noqa: S704 - the pattern is trusted, and its arguments are escaped


def _filled(body: str, letter: str, flags: str, width: int) -> str:
    if "-" in flags:
        return body.ljust(width)
    if "0" in flags and letter in "dfeEgG":
        sign, digits = (body[:1], body[1:]) if body[:1] in ("-", "+") else ("", body)
        return sign + digits.rjust(width - len(sign), "0")
    return body.rjust(width)


def _written(argument: Any, letter: str, flags: str, precision: str | None) -> str:
    if letter in "sS":
        body = java_text(argument)
        return (body.upper() if letter == "S" else body)[: None if precision is None else int(precision)]
    if letter in "bB":
        return "true" if argument is True or (not isinstance(argument, bool) and not is_null(argument)) else "false"
    if letter in "cC":
        return text(argument)[:1]
    number = parse(argument.strip()) if isinstance(argument, str) else number_of(argument)
    style = ("+" if "+" in flags else " " if " " in flags else "") + ("," if "," in flags else "")
    if letter in "dxXo":
        return format(int(number), style + letter) if letter == "d" else format(int(number), letter)
    if letter in "feEgG":
        return format(number, f"{style}.{6 if precision is None else int(precision)}{letter}")
    raise ValueError(f"format() does not have %{letter}: write %s, %d or %.2f")
