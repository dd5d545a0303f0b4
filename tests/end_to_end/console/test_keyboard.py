"""The console by keyboard: Tab reaches everything that can be used, in sight, and nothing holds the focus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.end_to_end.console.conftest import Windows
from tests.end_to_end.console.window import EMAIL_PAGES, Window, email_paths, signed_in
from tests.end_to_end.service import Service
from tests.end_to_end.support.console.session import PASSWORD, add_user

TABS_MAX = 400
USABLE = (
    "() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]"
    ".filter(one => one.checkVisibility() && !one.disabled && !one.closest('iframe'))"
    ".filter(one => !(one.ariaHidden === 'true' && one.tabIndex < 0))"  # Enter in a field presses it
    ".filter(one => !one.closest('[role=toolbar]') || one.tabIndex === 0)"  # arrows go from one of its tools to the next
    ".filter(one => one.type !== 'radio' || one.checked || !document.querySelector(`[name='${one.name}']:checked`)).length"
)
# Chromium marks the part of a date that has the focus, and a frame is another document.
FOCUSED = (
    "() => { const one = document.activeElement; if (one === document.body) return null;"
    " if (!one.dataset.reached) one.dataset.reached = String(document.querySelectorAll('[data-reached]').length + 1);"
    " const box = one.getBoundingClientRect(), style = getComputedStyle(one.closest('.cm-editor') ?? one);"
    " return {number: one.dataset.reached, tag: one.tagName, text: (one.innerText || one.name || '').trim(),"
    " marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none'"
    " || String(one.type).startsWith('date') || one.tagName === 'IFRAME',"
    " inside: box.bottom > 0 && box.top < innerHeight}; }"
)

# The next Tab goes on from there, though nothing has the focus.
TO_TOP = "() => { const top = document.createElement('a'); top.href = '#'; document.body.prepend(top); top.focus(); top.remove(); }"


def test_a_person_signs_in_and_works_by_keyboard(service: Service, window: Window) -> None:
    add_user(service, "keys-only@example.com")
    window.go("/console/sign-in")
    type_ = window.page.keyboard
    tab_to(window, "email")
    type_.type("keys-only@example.com")
    tab_to(window, "password")
    type_.type(PASSWORD)
    press_enter(window)
    assert window.title == "Home"
    type_.press("Tab")
    type_.press("Enter")  # skips to the content
    assert window.page.url.endswith("#main")
    window.go("/console")
    tab_to(window, "Lists")
    press_enter(window)
    tab_to(window, "name")
    type_.type("Made by keyboard")
    press_enter(window)
    assert window.title == "Made by keyboard"
    tab_to(window, "Delete")
    press_enter(window)
    tab_to(window, "Delete the list")
    press_enter(window)
    assert "is deleted" in window.notice


def test_tab_reaches_everything_on_each_page_of_the_menu(service: Service, window: Window) -> None:
    signed_in(window, service, "tabs@example.com")
    paths = [link.get_attribute("href") or "" for link in window.page.locator("nav li a").all()]
    assert len(paths) > 10
    for path in paths:
        window.go(path)
        assert_reachable(window)


@pytest.fixture(scope="module")
def editor(service: Service, chromium: Browser) -> Iterator[Window]:
    """One window for all pages of an email: a sign-in takes longer than a page."""
    with Windows(chromium, service) as opened:
        yield signed_in(opened.open(), service, "tabs-of-an-email@example.com")


@pytest.mark.parametrize("name", EMAIL_PAGES)
def test_tab_reaches_everything_on_each_page_of_an_email(service: Service, editor: Window, name: str) -> None:
    editor.go(email_paths(service)[name])
    if name == "visual":
        editor.page.locator("#canvas .block").first.wait_for()
    assert_reachable(editor, rounds=3 if name == "visual" else 1)  # its tools for text start with the first text


def assert_reachable(window: Window, rounds: int = 1) -> None:
    """Everything that can be used gets the focus, in sight and marked."""
    reached = list({one["number"]: one for _ in range(rounds) for one in walk(window)}.values())
    assert all(one["inside"] for one in reached), window.path
    assert [one for one in reached if not one["marked"]] == [], window.path
    usable = [one for one in reached if one["tag"] not in {"DIV", "PRE", "IFRAME"}]
    assert len(usable) >= window.page.evaluate(USABLE), window.path


def walk(window: Window) -> list[dict[str, str]]:
    """Presses Tab from the top until the focus leaves the page, and returns what had it."""
    window.page.evaluate(TO_TOP)
    reached: dict[str, dict[str, str]] = {}
    for _ in range(TABS_MAX):
        window.page.keyboard.press("Tab")
        focused = window.page.evaluate(FOCUSED)
        if focused is None or (focused["number"] in reached and focused["tag"] not in {"INPUT", "IFRAME"}):
            return list(reached.values())
        reached[focused["number"]] = focused
    raise AssertionError(f"{window.path} holds the focus")


def tab_to(window: Window, name: str) -> None:
    """Presses Tab until something with the text or the name has the focus."""
    for _ in range(TABS_MAX):
        window.page.keyboard.press("Tab")
        focused = window.page.evaluate(FOCUSED)
        if focused and focused["text"] == name:
            return
    raise AssertionError(f"{window.path} has no {name}")


def press_enter(window: Window) -> None:
    with window.page.expect_navigation():
        window.page.keyboard.press("Enter")
    assert window.findings() == []
