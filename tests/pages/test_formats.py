"""Numbers and times in the language and the zone of who reads them."""

from __future__ import annotations

import re

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.pages import error_words, formats
from functions.wiring import Container
from tests.support.console import automation_examples, email_examples
from tests.support.console.browser import Browser
from tests.support.console.email_examples import EMAIL
from tests.support.console.people import signed_in

NOON, ROME = "2026-11-29T12:00:00.000Z", "Europe/Rome"


@pytest.mark.parametrize(
    ("value", "english", "italian"),
    [
        ("1,234", "1,234", "1.234"),
        ("12,345,678", "12,345,678", "12.345.678"),
        ("1234", "1234", "1234"),  # a number of an email, for example
        ("1,23", "1,23", "1,23"),
        (NOON, "29 Nov 2026, 13:00 Europe/Rome", "29 nov 2026, 13:00 Europe/Rome"),
        ("2026-05-01", "1 May 2026", "1 mag 2026"),
        ("2026-02-30", "2026-02-30", "2026-02-30"),
        ("2026-05-01 09:30 Asia/Tokyo", "1 May 2026, 09:30 Asia/Tokyo", "1 mag 2026, 09:30 Asia/Tokyo"),
        ("", "", ""),
        ("of 2026-05-01", "of 2026-05-01", "of 2026-05-01"),
    ],
)
def test_a_value_of_a_message_has_the_readers_form(value: str, english: str, italian: str) -> None:
    assert [formats.in_message(value, language, ROME) for language in ("en", "it")] == [english, italian]


@pytest.mark.parametrize(
    ("message", "english", "italian"),
    [
        (
            "has 1,234 characters; at most 1,000 are allowed",
            "has 1,234 characters; at most 1,000 are allowed",
            "ha 1.234 caratteri; ne sono ammessi al massimo 1.000",
        ),
        (
            f"broadcast b began at {NOON}",
            "broadcast b began at 29 Nov 2026, 13:00 Europe/Rome",
            "l\N{RIGHT SINGLE QUOTATION MARK}invio b è iniziato il 29 nov 2026, 13:00 Europe/Rome",
        ),
        (f"nobody translated '{NOON}'", f"nobody translated '{NOON}'", f"nobody translated '{NOON}'"),
    ],
)
def test_a_message_has_them_in_the_readers_language(message: str, english: str, italian: str) -> None:
    assert [error_words.message_of(message, language, ROME) for language in ("en", "it")] == [english, italian]


@pytest.fixture
def italian(aws: Container) -> Browser:
    email_examples.prepare(aws)
    automation_examples.prepare(aws)
    browser = signed_in(Role.EDITOR)
    browser.language = "it"
    return browser


def test_a_chart_has_the_days_of_the_language(italian: Browser) -> None:
    page = italian.get(f"{EMAIL}/performance?days=7")
    chart = page.html[page.html.index("<figure") : page.html.index("</figure>")]
    today = wiring.container().clock()
    assert f"<title>{formats.day(today, 'it', 'UTC')}: 40</title>" in chart
    assert not re.search(r"\d{4}-\d\d-\d\d", chart)


def test_counts_of_runs_are_plural(italian: Browser) -> None:
    page = italian.get(automation_examples.ACTIVE).text
    for label in ("Terminati 0", "Fermati 0", "Falliti 0"):
        assert label in page
