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
from functions.core.sending.send import RecipientRole, SendRecipient, SendRequest
from functions.ports.emails import Emails

SENDER = "console"  # who sent it, in the message's history
TEAM = "Staffetta"
_DAY = "d MMMM y"


class SystemMails(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. `starter` returns a starter by its name, and `texts` the catalogue of a language."""

    emails: Emails
    starter: Callable[[str], EmailDraft]
    publish: Callable[[EmailDraft], object]
    accept: Callable[[SendRequest, str], object]
    texts: Callable[[str], NullTranslations]

    def invite(self, to: str, role: Role, link: str, *, inviter: str, expires_at: float, language: str) -> None:
        """`inviter` is an address, or what called on behalf of a person."""
        texts = self.texts(language)
        custom = {
            "inviter_name": inviter if "@" in inviter else texts.gettext("An administrator"),
            "team_name": TEAM,
            "invite_url": link,
            "expires_on": format_date(datetime.fromtimestamp(expires_at, UTC), _DAY, locale=language),
            "role": _as_role(role, texts),
        }
        self._send(INVITATION, to, custom, language)

    def reset_password(self, to: str, link: str, *, language: str) -> None:
        minutes = RESET_SECONDS // 60
        expires_in = self.texts(language).gettext("%(minutes)s minutes") % {"minutes": minutes}
        self._send(RESET, to, {"reset_url": link, "expires_in": expires_in}, language)

    def _send(self, name: str, to: str, custom: Mapping[str, Any], language: str) -> None:
        """Publishes the email first, if it cannot be sent: an administrator may have changed it, and then theirs is sent. The email is
        sensitive, so the contact does not get the language.
        """
        draft = console_emails.copy_of(name, self.starter(name))
        email = self.emails.get(draft.email_id)
        if email is None or not email.sendable_as(SINGLE_SEND):
            self.publish(draft)
        request = SendRequest(
            email_id=draft.email_id,
            recipients=(SendRecipient(RecipientRole.TO, addresses.parse(to)),),
            contact={"hs_language": language},
            custom=custom,
        )
        self.accept(request, SENDER)


def _as_role(role: Role, texts: NullTranslations) -> str:
    """Continues the sentence: invited you as ..."""
    match role:
        case Role.ADMINISTRATOR:
            return texts.gettext("an administrator")
        case Role.EDITOR:
            return texts.gettext("an editor")
        case Role.VIEWER:
            return texts.gettext("a viewer")
