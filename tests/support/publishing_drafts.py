"""Drafts to publish, and the places of a refused one's errors."""

from __future__ import annotations

from typing import Any

import pytest

from functions.core.emails.email import EmailDraft, TemplateSource
from functions.core.errors import Rejected
from tests.fakes.emails import MemoryEmails
from tests.support.examples import SENDER
from tests.support.publishing import publication

BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ contact.x }}</mj-text></mj-column></mj-section></mj-body></mjml>"


def a_source(
    *, subject: str = "Order {{ custom.order }}", body: str = BODY, text: str = "Hi {{ contact.x }}", **changed: Any
) -> TemplateSource:
    return TemplateSource(subject=subject, body=body, text=text, **changed)


def a_draft(source: TemplateSource | None = None, **changed: Any) -> EmailDraft:
    fields: dict[str, Any] = {"email_id": 7, "name": "Receipt", "source": source or a_source(), "sender": SENDER}
    return EmailDraft(**{**fields, **changed})


def refused(draft: EmailDraft, **partials: str) -> dict[str, tuple[int | None, int | None]]:
    """Returns the fields of the errors with line and column. Checks that nothing is stored."""
    emails = MemoryEmails()
    with pytest.raises(Rejected) as caught:
        publication(emails, **partials)(draft)
    assert (emails.live, emails.revisions) == ({}, {})
    return {error.field: (error.line, error.column) for error in caught.value.errors}
