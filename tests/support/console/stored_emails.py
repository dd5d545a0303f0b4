"""What is stored of the examples' emails, as a test asserts it."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.emails.email import Email
from tests.support.console.email_examples import PUBLISHED


def stored_email(number: int = PUBLISHED) -> Email:
    stored = wiring.get(wiring.adapters.emails.emails).get(number, consistent=True)
    assert stored
    return stored


def stored_draft(number: int = PUBLISHED) -> dict[str, Any]:
    return wiring.get(wiring.emails.edit_emails).draft(number).document


def logged_actions(number: int = PUBLISHED) -> list[AuditAction]:
    """Returns the actions on an email in the audit log, the first one first."""
    entries = wiring.get(wiring.adapters.access.audit_entries).latest(50)
    return [entry.action for entry in reversed(entries) if entry.subject == str(number)]
