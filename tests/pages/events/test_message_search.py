"""A support person in the console finds a mail."""

from __future__ import annotations

import html
import re

import pytest

from functions.core.access.roles import Role
from functions.pages.error_words import label_of
from functions.pages.events import message_search
from functions.wiring import Container
from tests.support.console import room_examples
from tests.support.console.people import signed_in

SEARCH = "/console/messages?address=page%40example.net"


@pytest.fixture
def stored(aws: Container) -> Container:
    room_examples.prepare(aws)
    return aws


def test_an_empty_stage_shows_how_to_send(aws: Container) -> None:
    page = signed_in(Role.VIEWER).get("/console/messages")
    assert "No mail was sent yet" in page.text
    assert "single-email/send" in page.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("&subject=ORDER", 1),
        ("&subject=nothing", 0),
        ("&status=DELIVERED", 1),
        ("&status=REFUSED", 1),
        ("&email=8", 0),
    ],
)
def test_messages_are_searched(stored: Container, query: str, count: int) -> None:
    page = signed_in(Role.VIEWER).get(SEARCH + query)
    assert page.html.count("/console/messages/s-") == count
    assert count or "No message matches" in page.text


def test_a_wrong_search_names_its_fields(stored: Container) -> None:
    page = signed_in(Role.VIEWER).get("/console/messages?email=x&since=never&key=nobody")
    assert page.status == 400
    for field in ("email", "since", "key"):
        assert f"<b>{label_of(field, str)}</b>" in page.html


def test_the_last_page_is_no_empty_stage(stored: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_search, "PAGE", 1)
    browser = signed_in(Role.VIEWER)
    page = browser.get(SEARCH)
    pages = 0
    while match := re.search(r'href="(\?[^"]*after=[^"]*)"', page.html):
        page = browser.get("/console/messages" + html.unescape(match[1]))
        pages += 1
    assert pages
    assert "First page" in page.text
    assert "No message matches" not in page.text


def test_each_next_page_has_a_message(stored: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter lets one of the two messages through, and the other one makes no page."""
    monkeypatch.setattr(message_search, "PAGE", 1)
    browser = signed_in(Role.VIEWER)
    assert "after=" not in browser.get(f"{SEARCH}&status=DELIVERED").html
    first = browser.get(SEARCH)
    second = browser.get("/console/messages" + html.unescape(re.findall(r'href="(\?[^"]*after=[^"]*)"', first.html)[0]))
    assert second.html.count("/console/messages/s-") == 1
    assert "after=" not in second.html
