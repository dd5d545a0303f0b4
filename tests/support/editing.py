"""The steps that edit emails, over fakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions.core.emails import images
from functions.core.emails.email import Email, EmailDocument, EmailDraft, Revision, published
from functions.steps.emails.edit_emails import EmailEditor
from functions.steps.emails.read_emails import EmailWithDocument
from tests.fakes import Clock
from tests.fakes.emails import MemoryEmails
from tests.support.examples import a_revision

ADA, BOB = "ada@example.com", "bob@example.com"
WHOLE: dict[str, Any] = {
    "name": "Receipt",
    "subject": "Hi",
    "from": {"replyTo": "shop@example.com"},
    "content": {"html": "<p>one</p>", "widgets": {"x": [1, 2.5, None]}},
    "feedbackSurveyId": "kept",
}


@dataclass
class EditScenario:
    """The steps over fakes. `meanwhile` runs once between a step's read and its write."""

    emails: MemoryEmails = field(default_factory=MemoryEmails)
    clock: Clock = field(default_factory=Clock)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=lambda: list(range(100, 200)))

    @property
    def author(self) -> EmailEditor:
        return EmailEditor(
            emails=self.emails,
            publish_draft=self.publish,
            starters=lambda _: None,
            clock=self._now,
            sleep=self.clock.sleep,
            new_number=lambda: self.numbers.pop(0),
        )

    def _now(self) -> float:
        """Every step reads the clock after it reads the email and before it writes."""
        if self.meanwhile:
            self.meanwhile.pop()()
        self.clock.now += 1
        return self.clock.now

    def publish(self, draft: EmailDraft, email: Email, document: EmailDocument) -> None:
        """steps.publish, with nothing to compile or to check."""
        revision = a_revision(
            email_id=email.id,
            number=email.revisions + 1,
            subject=draft.source.subject,
            html=draft.source.body,
            published_at=document.at,
            name=draft.name,
        )
        used = images.used([draft.source.body])
        self.emails.publish(published(email, draft, revision, document.by, images=used), revision, document)

    def live(self, email_id: int) -> Revision:
        number = self.emails.live[email_id].published_revision
        assert number
        return self.emails.revision(email_id, number)


def body(email: EmailWithDocument) -> str:
    html: str = email.document["content"]["html"]
    return html


def html(text: str) -> dict[str, Any]:
    return {"content": {"html": text}}
