"""How an email did."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console import email_examples
from tests.support.console.browser import Browser
from tests.support.console.email_examples import AUTHOR, DRAFT, EMAIL, EMAILS, PUBLISHED
from tests.support.console.people import signed_in


@pytest.fixture
def viewer(aws: Container) -> Browser:
    email_examples.prepare(aws)
    return signed_in(Role.VIEWER)


def test_rates_are_shown_with_their_counts(viewer: Browser) -> None:
    page = viewer.get(f"{EMAIL}/performance")
    for text in ("40 sent", "75% delivered: 30", "50% opened: 15", "20% clicked: 6", "not sent: 10"):
        assert text in page.text
    assert "<svg" in page.html


def test_readers_times_and_reasons_are_shown(viewer: Browser) -> None:
    page = viewer.get(f"{EMAIL}/performance")
    for text in (
        "Phone or tablet 5 33.3%",
        "Gmail 9 60%",
        "Mail to the address bounced before 10",
        "From the request until it is handed over 30",
    ):
        assert text in page.text


def test_clicks_are_drawn_on_the_mail(viewer: Browser) -> None:
    page = viewer.get(f"{EMAIL}/performance")
    assert f'src="{EMAIL}/click-map?days=30"' in page.html
    assert "https://example.com/track 6 8 1" in page.text
    drawn = viewer.get(f"{EMAIL}/click-map")
    assert "100% (6)</span>on its way</a>" in drawn.html
    assert "sandbox" in drawn.headers["content-security-policy"]


def test_a_mail_without_clicks_has_no_click_map(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_examples, "LINKS", {})
    email_examples.prepare(aws)
    page = signed_in(Role.VIEWER).get(f"{EMAIL}/performance")
    assert "No link was followed yet." in page.text
    assert "<iframe" not in page.html
    assert "Each badge" not in page.text


def test_a_span_without_mail_explains_the_page(viewer: Browser) -> None:
    page = viewer.get(f"{EMAILS}/{DRAFT}/performance?days=7")
    assert "Nothing sent in this span" in page.text
    assert viewer.get(f"{EMAIL}/performance?days=1000").status == 200


def test_an_email_leads_to_its_performance(viewer: Browser) -> None:
    assert viewer.get(EMAIL).path == f"{EMAIL}/performance"


def test_figures_of_an_archived_email_stay(viewer: Browser) -> None:
    wiring.get(wiring.emails.edit_emails).archive(PUBLISHED, AUTHOR)
    page = viewer.get(EMAIL)
    assert page.path == f"{EMAIL}/performance"
    for text in ("Archived", "40 sent", "https://example.com/track 6 8 1"):
        assert text in page.text
    assert "click-map" not in page.html
    assert viewer.get(f"{EMAIL}/send").status != 200


def test_a_viewer_has_no_tab_to_write_or_send(viewer: Browser) -> None:
    page = viewer.get(f"{EMAIL}/performance").html
    assert f"{EMAIL}/write" not in page
    assert f"{EMAIL}/send" not in page
