"""Publishing from each page of an email, and choosing what sends it."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.audit import AuditAction
from functions.core.emails.email import Subcategory
from tests.support.console.browser import Browser
from tests.support.console.email_examples import AUTHOR, DRAFT, EMAIL, EMAILS, PUBLISHED
from tests.support.console.stored_emails import logged_actions, stored_draft, stored_email

MJML = "<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>"


def test_publishing_a_broken_draft_shows_its_errors(editor: Browser) -> None:
    page = editor.submit(f"{EMAILS}/{DRAFT}/publish", page=f"{EMAILS}/{DRAFT}/write", version="1")
    assert page.status == 400
    assert "Nothing was changed" in page.text
    assert not stored_email(DRAFT).is_published


def test_publishing_what_another_changed_meanwhile_is_refused(editor: Browser) -> None:
    before = stored_email().revisions
    page = editor.submit(f"{EMAIL}/publish", page=f"{EMAIL}/write", version="1")
    assert page.status == 400
    assert stored_email().revisions == before


def test_converting_publishes_and_shows_the_code(editor: Browser) -> None:
    wiring.get(wiring.emails.edit_emails).update(PUBLISHED, {"subcategory": "batch"}, AUTHOR)
    page = editor.submit(f"{EMAIL}/convert")
    assert page.path == f"{EMAIL}/code"
    assert stored_email().subcategory is Subcategory.SINGLE_SEND_API
    assert f'id="email-id">{PUBLISHED}<' in page.html
    for text in (
        "curl",
        "Python",
        "Node.js",
        "PHP",
        "https://api.example.com/marketing/v3/transactional/single-email/send",
    ):
        assert text in page.text


def test_an_email_for_automations_is_published_as_one(editor: Browser) -> None:
    editor.submit(f"{EMAIL}/automation")
    assert stored_email().subcategory is Subcategory.AUTOMATED


def settings(**changed: str) -> dict[str, str]:
    return {
        "version": str(stored_email().version),
        "name": "Order",
        "from": "hello@example.com",
        "subscription": "TRANSACTIONAL",
        "language": "en",
        **changed,
    }


def test_publishing_from_the_settings_has_what_is_entered(editor: Browser) -> None:
    before = stored_email().revisions
    page = editor.submit(
        f"{EMAIL}/settings/publish", page=f"{EMAIL}/settings", **settings(name="New", from_name="Shop")
    )
    assert "is what is sent from now on" in page.text
    assert page.path == f"{EMAIL}/settings"
    assert (stored_email().name, stored_email().revisions) == ("New", before + 1)
    live = wiring.get(wiring.emails.edit_emails).get(PUBLISHED).document
    assert live["from"]["fromName"] == "Shop"
    assert logged_actions()[-1] == AuditAction.EMAIL_PUBLISHED


def test_settings_that_cannot_be_published_are_shown_again(editor: Browser) -> None:
    before = stored_email(), stored_draft()
    page = editor.submit(f"{EMAIL}/settings/publish", page=f"{EMAIL}/settings", **settings(name="New", **{"from": "x"}))
    assert page.status == 400
    assert 'name="name" type="text" value="New"' in page.html
    assert (stored_email(), stored_draft()) == before


def test_publishing_from_the_write_page_has_what_is_entered(editor: Browser) -> None:
    fields = {"language": "en", "syntax": "mjml", "subject": "Newer", "body": MJML, "view": "visual"}
    page = editor.submit(f"{EMAIL}/write/publish", page=f"{EMAIL}/write", version=str(stored_email().version), **fields)
    assert page.path == f"{EMAIL}/visual"
    assert wiring.get(wiring.emails.edit_emails).get(PUBLISHED).document["subject"] == "Newer"


def test_a_text_that_cannot_be_published_is_shown_again(editor: Browser) -> None:
    before = stored_email(), stored_draft()
    fields = {"language": "en", "syntax": "mjml", "subject": "Newer", "body": "<mjml>{% foo %}"}
    page = editor.submit(f"{EMAIL}/write/publish", page=f"{EMAIL}/write", version=str(stored_email().version), **fields)
    assert page.status == 400
    assert "&lt;mjml&gt;{% foo %}" in page.html
    assert (stored_email(), stored_draft()) == before


def test_publishing_a_text_over_a_later_one_shows_both(editor: Browser) -> None:
    wiring.get(wiring.emails.edit_emails).update(PUBLISHED, {"subject": "Theirs"}, unrestricted("ada@example.com"))
    fields = {"language": "en", "syntax": "mjml", "subject": "Mine", "body": MJML, "version": "1"}
    page = editor.submit(f"{EMAIL}/write/publish", page=f"{EMAIL}/write", **fields)
    assert "ada@example.com saved a later version" in page.text
    assert stored_draft()["subject"] == "Theirs"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("settings", {"name": "Mine", "language": "en"}),
        ("settings/publish", {"name": "Mine", "language": "en"}),
        ("languages", {"new_language": "fr"}),
        ("publish", {}),
    ],
)
def test_a_page_opened_before_a_change_names_its_author(editor: Browser, path: str, fields: dict[str, str]) -> None:
    version = str(stored_email().version)
    wiring.get(wiring.emails.edit_emails).update(PUBLISHED, {"name": "Theirs"}, unrestricted("ada@example.com"))
    page = editor.submit(f"{EMAIL}/{path}", page=f"{EMAIL}/settings", version=version, **fields)
    assert "ada@example.com changed this email since you opened the page" in page.text
    assert stored_draft()["name"] == "Theirs"
    assert all(f'value="{value}"' in page.html for value in fields.values())


@pytest.mark.parametrize("action", ["convert", "automation", "lists"])
def test_a_refused_publication_changes_nothing(editor: Browser, action: str) -> None:
    before = (stored_draft(DRAFT), stored_email(DRAFT))
    page = editor.submit(f"{EMAILS}/{DRAFT}/{action}")
    assert page.status == 400
    assert "Nothing was changed" in page.text
    assert (stored_draft(DRAFT), stored_email(DRAFT)) == before
