"""The list of emails."""

from __future__ import annotations

import re

import pytest

from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console.browser import Browser
from tests.support.console.email_examples import ARCHIVED, BATCH, DRAFT, EMAIL, EMAILS, PUBLISHED
from tests.support.console.people import signed_in


def test_the_list_finds_by_name_state_and_type(editor: Browser) -> None:
    page = editor.get(EMAILS)
    assert f"{EMAIL}/performance" in page.html
    assert f"{EMAILS}/{DRAFT}/write" in page.html
    assert "Order <b>" in page.text
    assert "ada@example.com" in page.text
    assert str(ARCHIVED) not in page.text
    for query, expected in {
        "text=ORDER": [PUBLISHED],
        f"text={DRAFT}": [DRAFT],
        "state=draft": [DRAFT],
        "state=published": [PUBLISHED, BATCH],
        "state=archived": [ARCHIVED],
        "type=batch": [BATCH],
    }.items():
        listed = {
            int(number) for number in re.findall(r"<small class=\"soft\">(\d+)<", editor.get(f"{EMAILS}?{query}").html)
        }
        assert listed == set(expected), query


def test_a_stage_without_emails_leads_to_the_gallery(aws: Container) -> None:
    assert "No email yet" in signed_in(Role.EDITOR).get(EMAILS).text


@pytest.mark.parametrize(
    "path", [f"{EMAILS}?after=²", f"{EMAIL}/revisions?after=²", f"{EMAIL}/revisions?after={'9' * 5000}"]
)
def test_a_page_that_does_not_exist_is_the_first(editor: Browser, path: str) -> None:
    assert editor.get(path).status == 200


def test_a_number_too_long_names_nothing(editor: Browser) -> None:
    for path in (
        f"{EMAILS}/{'9' * 60}/write",
        f"{EMAIL}/revisions/{'9' * 60}",
        f"{EMAIL}/revisions/1?with={'9' * 5000}",
    ):
        assert editor.get(path).status == 404
