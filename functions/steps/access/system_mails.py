"""System mails: invitations and password resets are copies of starters, and go out as any send does, with a history that the console shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from gettext import NullTranslations
from typing import Any

from babel.dates import format_date
from msgspec import Struct

from functions.core import addresses
from functions.core.access.roles import Role
from functions.core.access.users import RESET_SECONDS
from functions.core.emails import console_emails
from functions.core.emails.console_emails import INVITATION, RESET
from functions.core.emails.email import SINGLE_SEND, EmailDraft
from functions.core.errors import Conflict
from functions.core.sending.send import RecipientRole, SendRecipient, SendRequest, State
from functions.ports.emails import Emails
from functions.steps.emails.publish import PublishEmail
from functions.steps.sending.accept import AcceptSend

SENDER = "console"  # who sent it, in the message's history
TEAM = "Staffetta"
_DAY = "d MMMM y"


class SystemMails(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. `starter` returns a starter by its name, and `texts` the catalogue of a language. Each step returns
    why the mail is not sent, or an empty text.
    """

    emails: Emails
    starter: Callable[[str], EmailDraft]
    publish: PublishEmail
    accept: AcceptSend
    texts: Callable[[str], NullTranslations]

    def invite(self, to: str, role: Role, link: str, *, inviter: str, expires_at: float, language: str) -> str:
        """`inviter` is an address, or what called on behalf of a person."""
        texts = self.texts(language)
        custom = {
            "inviter_name": inviter if "@" in inviter else texts.gettext("An administrator"),
            "team_name": TEAM,
            "invite_url": link,
            "expires_on": format_date(datetime.fromtimestamp(expires_at, UTC), _DAY, locale=language),
            "role": _as_role(role, texts),
        }
        return self._send(INVITATION, to, custom, language)

    def reset_password(self, to: str, link: str, *, language: str) -> str:
        minutes = RESET_SECONDS // 60
        expires_in = self.texts(language).gettext("%(minutes)s minutes") % {"minutes": minutes}
        return self._send(RESET, to, {"reset_url": link, "expires_in": expires_in}, language)

    def _send(self, name: str, to: str, custom: Mapping[str, Any], language: str) -> str:
        """An administrator may have changed the email: then theirs is sent. The email is sensitive, so the contact does not get the
        language.
        """
        draft = console_emails.copy_of(name, self.starter(name))
        self._make_sendable(draft)
        request = SendRequest(
            email_id=draft.email_id,
            recipients=(SendRecipient(RecipientRole.TO, addresses.parse(to)),),
            contact={"hs_language": language},
            custom=custom,
        )
        message = self.accept(request, SENDER).message
        return message.reason if message.state is State.REFUSED else ""

    def _make_sendable(self, draft: EmailDraft) -> None:
        """Publishes the starter's copy if the email is not published: no person may be locked out. A draft of an administrator stays."""
        if self._is_sendable(draft.email_id):
            return
        try:
            self.publish(draft, retain_draft=True)
        except Conflict:
            if not self._is_sendable(draft.email_id):  # else another mail published it meanwhile
                raise

    def _is_sendable(self, email_id: int) -> bool:
        email = self.emails.get(email_id, consistent=True)
        return email is not None and email.sendable_as(SINGLE_SEND)


def _as_role(role: Role, texts: NullTranslations) -> str:
    """Continues the sentence: invited you as ..."""
    match role:
        case Role.ADMINISTRATOR:
            return texts.gettext("an administrator")
        case Role.EDITOR:
            return texts.gettext("an editor")
        case Role.VIEWER:
            return texts.gettext("a viewer")
