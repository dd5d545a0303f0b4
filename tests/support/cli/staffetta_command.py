"""Runs the `staffetta` command in this process, without a terminal."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from infra.cli.app import app


def invoke(*words: str | Path, stdin: str | None = None) -> Result:
    """Raises an error that the command does not report itself."""
    return CliRunner().invoke(app, [str(word) for word in words], input=stdin, catch_exceptions=False)


def staffetta(*words: str | Path) -> str:
    """Returns what a successful command printed on standard output."""
    result = invoke(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def failing(*words: str | Path, exit_code: int = 1) -> str:
    """Returns what a failing command printed on standard error."""
    result = invoke(*words)
    assert result.exit_code == exit_code, result.output
    return result.stderr
