"""Debian's Chromium, started by Playwright."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, Playwright

PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")


def launched(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox", "--disable-dev-shm-usage"])
