"""Emails that are made from starters."""

from __future__ import annotations

import re

import pytest

from functions.adapters.templates import starters
from functions.core.access.roles import Role
from functions.core.emails.email import TRANSACTIONAL, Subcategory
from functions.pages.emails.create import picture
from functions.wiring import Container
from tests.support.console.browser import Browser
from tests.support.console.email_examples import EMAILS
from tests.support.console.people import signed_in
from tests.support.console.stored_emails import stored_draft, stored_email


def test_a_starter_becomes_a_draft_that_publishes(editor: Browser) -> None:
    gallery = editor.get(f"{EMAILS}/new")
    assert gallery.html.count(".webp") > 10
    page = editor.submit(f"{EMAILS}/new/receipt", name="My receipt")
    match = re.fullmatch(rf"{EMAILS}/(\d+)/visual", page.path)
    assert match
    created = int(match[1])
    assert stored_email(created).name == "My receipt"
    assert stored_draft(created)["from"]["replyTo"] == "no-reply@example.com"
    assert (
        "is published" in editor.submit(f"{page.path.removesuffix('visual')}publish", page=page.path, version="1").text
    )


@pytest.mark.parametrize("name", starters.names())
def test_every_starter_has_its_picture(name: str) -> None:
    """`make gallery` makes them."""
    assert picture(name)


def test_a_blank_email_has_a_body_to_begin_with(editor: Browser) -> None:
    page = editor.submit(f"{EMAILS}/new/blank", name="Mine")
    assert "mj-text" in page.html


@pytest.mark.parametrize(
    ("purpose", "subscription", "subcategory"),
    [
        ("", TRANSACTIONAL, Subcategory.SINGLE_SEND_API),
        ("single_send_api", "news", Subcategory.MARKETING_SINGLE_SEND_API),
        ("automated", TRANSACTIONAL, Subcategory.AUTOMATED),
        ("batch", "news", Subcategory.BATCH),
    ],
)
def test_a_person_chooses_who_sends_a_new_email(
    editor: Browser, purpose: str, subscription: str, subcategory: Subcategory
) -> None:
    """A blank marketing email begins with the link that it needs."""
    page = editor.submit(f"{EMAILS}/new/blank", name="Mine", purpose=purpose, subscription=subscription)
    created = stored_email(int(page.path.split("/")[3]))
    assert (created.subcategory, created.subscription) == (subcategory, subscription)
    assert ("unsubscribe_link }}" in page.html) is (subscription == "news")


def test_starters_are_described_in_the_persons_language(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    browser.submit("/console/you", language="it", zone="")
    gallery = browser.get("/console/emails/new").text
    assert "Ricevuta Riporta a un cliente che cosa ha comprato" in gallery
    assert "Tells" not in gallery
    assert 'value="Ricevuta"' in browser.get("/console/emails/new/receipt").html
    assert "Sends the link" not in browser.get("/console/automations/create").text
