"""System mails: invitations and password resets are copies of starters, and go out as any send does, with a history that the console shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from functions.core import addresses
from functions.core.emails import console_emails
from functions.core.emails.email import SINGLE_SEND, EmailDraft
from functions.core.sending.send import RecipientRole, SendRecipient, SendRequest
from functions.ports.emails import Emails

SENDER = "console"  # who sent it, in the message's history


class SystemMails(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. `starter` returns a starter by its name."""

    emails: Emails
    starter: Callable[[str], EmailDraft]
    publish: Callable[[EmailDraft], object]
    accept: Callable[[SendRequest, str], object]

    def __call__(self, name: str, to: str, custom: Mapping[str, Any]) -> None:
        """Publishes the email first, if it cannot be sent: an administrator may have changed it, and then theirs is sent."""
        draft = console_emails.copy_of(name, self.starter(name))
        email = self.emails.get(draft.email_id)
        if email is None or not email.sendable_as(SINGLE_SEND):
            self.publish(draft)
        recipient = SendRecipient(RecipientRole.TO, addresses.parse(to))
        self.accept(SendRequest(email_id=draft.email_id, recipients=(recipient,), custom=custom), SENDER)
