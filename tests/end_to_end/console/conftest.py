"""Chromium, spoken to by Playwright. Without it the flows are skipped; `.ci/run` installs it.

Playwright keeps a loop of asyncio in its thread while it runs, so it ends with each module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Self

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.end_to_end.console.browser import PROGRAM, launched
from tests.end_to_end.console.window import Window
from tests.end_to_end.service import Service
from tests.support.patience import PATIENCE_SECONDS


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not PROGRAM:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture
def windows(chromium: Browser, service: Service) -> Iterator[Windows]:
    with Windows(chromium, service) as opened:
        yield opened


@pytest.fixture
def window(windows: Windows) -> Window:
    """A window of a person who is not signed in."""
    return windows.open()


class Windows:
    """Opens windows that share no cookie, as on several machines."""

    def __init__(self, chromium: Browser, service: Service) -> None:
        self._chromium, self._base, self._opened = chromium, service.ready.api_url, ExitStack()

    def open(self, *, width: int = 1200, zone: str = "Europe/Rome", script: bool = True) -> Window:
        context = self._chromium.new_context(
            viewport={"width": width, "height": 900}, timezone_id=zone, locale="en", java_script_enabled=script
        )
        self._opened.callback(context.close)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        context.set_default_navigation_timeout(PATIENCE_SECONDS * 1000)
        return Window(context.new_page(), self._base)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()
