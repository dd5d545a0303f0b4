"""Tells at the end how many schedules were run. Tens of thousands of worlds send the same few emails: these are compiled once."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest

from functions.core.templates import rendering
from tests.faults import schedules


@pytest.fixture(autouse=True, scope="session")
def _compiled_once() -> Iterator[None]:
    """What is compiled of a content never changes, and half of a schedule's time went into it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "_compiled", functools.cache(rendering._compiled))
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if schedules.ran:
        terminalreporter.write_line(f"fault injection: {schedules.told()}")
