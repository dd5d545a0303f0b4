"""The settings of an email, and its languages."""

from __future__ import annotations

from functions import wiring
from tests.support.console.browser import Browser
from tests.support.console.email_examples import AUTHOR, EMAIL, PUBLISHED
from tests.support.console.stored_emails import stored_draft, stored_email


def test_settings_are_saved_in_the_draft(editor: Browser) -> None:
    fields = {"name": "Order", "from_name": "Shop", "from": "hello@example.com", "reply_to": "help@example.net"}
    page = editor.submit(
        f"{EMAIL}/settings",
        version=str(stored_email().version),
        subscription="TRANSACTIONAL",
        language="en",
        track_clicks="on",
        **fields,
    )
    assert "count as soon as you publish" in page.text
    stored = stored_draft()
    assert stored["from"] == {"fromName": "Shop", "replyTo": "hello@example.com", "customReplyTo": "help@example.net"}
    assert (stored["content"]["trackOpens"], stored["content"]["trackClicks"]) == (False, True)
    assert "sensitive" not in stored["content"]
    assert stored["content"]["translations"]["de"]
    page = editor.submit(
        f"{EMAIL}/settings", version="1", **{**fields, "from": "x"}, subscription="TRANSACTIONAL", language="xx-no"
    )
    assert page.status == 400
    assert 'value="xx-no"' in page.html


def test_the_name_of_the_reply_address_stays(editor: Browser) -> None:
    wiring.get(wiring.emails.edit_emails).update(
        PUBLISHED, {"from": {"customReplyTo": "Help <help@example.net>"}}, AUTHOR
    )
    fields = {"subscription": "TRANSACTIONAL", "language": "en", "name": "Order", "from": "hello@example.com"}
    for entered, stored in (
        ("help@example.net", "Help <help@example.net>"),
        ("other@example.net", "other@example.net"),
    ):
        editor.submit(f"{EMAIL}/settings", version=str(stored_email().version), reply_to=entered, **fields)
        assert stored_draft()["from"]["customReplyTo"] == stored


def test_transactional_is_explained_where_it_is_chosen(editor: Browser) -> None:
    assert "Never use it for advertising" in editor.get(f"{EMAIL}/settings").text


def test_a_language_is_added_with_the_text_and_removed(editor: Browser) -> None:
    page = editor.submit(
        f"{EMAIL}/languages", page=f"{EMAIL}/settings", version=str(stored_email().version), new_language="IT"
    )
    assert stored_draft()["content"]["translations"]["it"]["subject"] == stored_draft()["subject"]
    assert 'lang="it" aria-current="page"' in page.html
    editor.submit(f"{EMAIL}/languages/it/remove")
    assert "it" not in stored_draft()["content"]["translations"]
    for wrong in ("de", "klingonese-x"):
        page = editor.submit(
            f"{EMAIL}/languages", page=f"{EMAIL}/settings", version=str(stored_email().version), new_language=wrong
        )
        assert page.status == 400
