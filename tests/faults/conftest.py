"""Tells at the end how many schedules were run."""

from __future__ import annotations

import pytest

from tests.faults import schedules


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if schedules.ran:
        terminalreporter.write_line(f"fault injection: {schedules.told()}")
