"""Unpublishing, cloning, archiving and restoring."""

from __future__ import annotations

import re

from functions.core.access.audit import AuditAction
from tests.support.console.browser import Browser
from tests.support.console.email_examples import EMAIL, EMAILS, PUBLISHED
from tests.support.console.stored_emails import logged_actions, stored_draft, stored_email


def test_unpublish_archive_and_restore(editor: Browser) -> None:
    assert "are refused from now on" in editor.get(f"{EMAIL}/unpublish").text
    editor.submit(f"{EMAIL}/unpublish")
    assert not stored_email().is_published
    assert editor.submit(f"{EMAIL}/archive").path == EMAILS
    assert stored_email().archived_at
    editor.submit(f"{EMAIL}/restore-archived", page=f"{EMAILS}?state=archived")
    assert not stored_email().archived_at
    assert logged_actions() == [
        AuditAction.EMAIL_UNPUBLISHED,
        AuditAction.EMAIL_ARCHIVED,
        AuditAction.EMAIL_CHANGED,
    ]


def test_a_clone_has_the_draft_and_no_figures(editor: Browser) -> None:
    page = editor.submit(f"{EMAIL}/clone", name="Second")
    match = re.fullmatch(rf"{EMAILS}/(\d+)/write", page.path)
    assert match
    copy = int(match[1])
    assert (stored_email(copy).name, stored_email(copy).cloned_from) == ("Second", PUBLISHED)
    assert stored_draft(copy)["subject"] == stored_draft()["subject"]
