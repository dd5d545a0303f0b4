"""`make help` is the list of commands."""

from __future__ import annotations

import re
import subprocess

from infra import ROOT


def _make(*arguments: str) -> str:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def test_help_lists_every_command() -> None:
    commands = re.findall(r"^([a-z-]+):.* ## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert "second-cloud" in commands
    assert set(re.findall(r"^  make ([\w-]+) +\S", _make("help"), re.MULTILINE)) >= set(commands)


def test_make_without_a_command_prints_the_help() -> None:
    assert _make() == _make("help")
