"""Publication of emails on the fakes, drafts to publish, and the places of a refused one's errors."""

from __future__ import annotations

from typing import Any

import pytest

from functions.core.emails.email import EmailDraft, TemplateSource
from functions.core.errors import Rejected
from functions.steps.emails.publish import PublishEmail
from tests.fakes import Clock
from tests.fakes.contacts import MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.emails import MemoryEmails
from tests.fakes.templates import MemorySiteSettings
from tests.support.examples import DOMAIN, SENDER, a_subscription_type

BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ contact.x }}</mj-text></mj-column></mj-section></mj-body></mjml>"


def publication(emails: MemoryEmails, **partials: str) -> PublishEmail:
    types = [a_subscription_type(id="news"), a_subscription_type(id="ended", active=False)]
    return PublishEmail(
        domains=connected(DOMAIN),
        emails=emails,
        images=emails.images,
        subscription_types=MemorySubscriptionTypes({type_.id: type_ for type_ in types}),
        partial=partials.get,
        site_settings=MemorySiteSettings(),
        clock=Clock(),
        sleep=Clock().sleep,
    )


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
