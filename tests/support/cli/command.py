"""The `staffetta` command as it is installed, and what its help offers."""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import re
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@functools.cache
def help_text(*words: str) -> str:
    """The help of one command. Raises AssertionError if there is no command of that name."""
    (installed,) = entry_points(group="console_scripts", name="staffetta")
    printed, complaint = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complaint):
        code = _exit_code(installed.load(), [*words, "--help"])
    assert not code, f"staffetta {' '.join(words)}: {complaint.getvalue()}"
    return printed.getvalue()


def _exit_code(command: Callable[[list[str]], Any], words: list[str]) -> Any:
    try:
        return command(words)
    except SystemExit as end:
        return end.code


def check(words: list[str]) -> None:
    """Raises AssertionError if the command or one of its options does not exist. `words` follow `staffetta`."""
    names = itertools.takewhile(re.compile(r"[a-z][a-z-]*").fullmatch, words)
    offered = _OPTION.findall(help_text(*itertools.islice(names, 2)))  # an argument before --help changes nothing
    for option in (word.partition("=")[0] for word in words if word.startswith("--")):
        assert option in offered, f"staffetta {' '.join(words)}: there is no option {option}"
