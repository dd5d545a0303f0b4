"""The revisions of an email, and the way back to one."""

from __future__ import annotations

from tests.support.console.browser import Browser
from tests.support.console.email_examples import EMAIL
from tests.support.console.stored_emails import stored_draft, stored_email


def test_revisions_show_who_published_what(editor: Browser) -> None:
    page = editor.get(f"{EMAIL}/revisions")
    assert "ada@example.com" in page.text
    assert "is sent now" in page.text
    changed = editor.get(f"{EMAIL}/revisions/2").text
    assert "-Subject: Order {{ custom.order.number }}" in changed
    assert "+Subject: Your order {{ custom.order.number }}" in changed
    assert "Nothing differs" in editor.get(f"{EMAIL}/revisions/draft").text
    assert editor.get(f"{EMAIL}/revisions/9").status == 404
    assert editor.get(f"{EMAIL}/revisions/x").status == 404


def test_a_revision_comes_back_as_draft_or_live(editor: Browser) -> None:
    assert "What was written since the last publication is lost" in editor.get(f"{EMAIL}/revisions/1/draft").text
    editor.submit(f"{EMAIL}/revisions/1/draft")
    assert stored_draft()["subject"] == "Order {{ custom.order.number }}"
    assert stored_email().revisions == 2
    editor.submit(f"{EMAIL}/revisions/1/restore")
    assert (stored_email().revisions, stored_email().published_revision) == (3, 3)
