"""How commands write to a terminal, to a pipe and to people who are not there."""

from __future__ import annotations

import sys
from io import StringIO

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.cli import escape, terminal
from infra.cli.errors import CommandError


class Screen(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_table_in_a_pipe_has_one_row_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show_table(("A", "B"), [("x" * 300, None), ("[bold]y[/bold]", 2)], empty="")
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["A", "B"],
        ["x" * 300],
        ["[bold]y[/bold]", "2"],
    ]


def test_a_narrow_terminal_loses_no_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    terminal.show_table(("A", "B"), [("0123456789abcdefghij", "x")], empty="")
    assert set("0123456789abcdefghijx") <= set(screen.getvalue())


def test_a_progress_bar_is_for_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for screen, printed in ((Screen(), True), (StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", screen)
        with terminal.progress("reading", total=2) as advance:
            advance()
            advance(text="more \x1b[31m")
        assert ("reading" in screen.getvalue() or "more" in screen.getvalue()) == printed
        assert "\x1b[31m" not in screen.getvalue()


def test_a_confirmation_needs_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("y\n"))
    with pytest.raises(CommandError, match="add --yes"):
        terminal.confirm("Delete it?", yes=False)
    terminal.confirm("Delete it?", yes=True)
    monkeypatch.setattr(sys, "stdin", Screen("y\n"))
    terminal.confirm("Delete it?", yes=False)
    monkeypatch.setattr(sys, "stdin", Screen("\n"))
    with pytest.raises(click.Abort):
        terminal.confirm("Delete it?", yes=False)


def test_a_file_gets_what_a_terminal_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for screen, expected in ((StringIO(), "\x1b[1mé"), (Screen(), "\\x1b[1mé\n")):
        monkeypatch.setattr(sys, "stdout", screen)
        terminal.show_exactly("\x1b[1mé")
        assert screen.getvalue() == expected


@given(st.text())
def test_what_is_shown_has_no_control_characters(text: str) -> None:
    printed = escape.escaped(text)
    assert all(character.isprintable() or character in "\n\t" for character in printed)
    if text.isprintable():
        assert printed == text
