"""Explain: whose send it was, and of which email: names for what a message knows by its ids alone."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from functions.core.sending.send import Message
from functions.core.tokens.smtp_token import TokenState, campaign_of
from functions.ports.access import ApiKeys
from functions.ports.emails import Emails
from functions.ports.messages import Sends
from functions.ports.tokens import SmtpTokens
from functions.steps.sending.get_send import GetSend


class SenderType(StrEnum):
    API_KEY = "API_KEY"
    SMTP_TOKEN = "SMTP_TOKEN"  # noqa: S105 - a kind, not a password
    UNKNOWN = "UNKNOWN"  # nothing is kept of whom it names


class Sender(Struct, frozen=True, kw_only=True):
    """Who sent a message."""

    kind: SenderType
    id: str = ""  # the API key's public id, or the SMTP token's user name
    name: str = ""
    prefix: str = ""  # of the API key, for people
    owner: str = ""  # an email address
    revoked: bool = False  # revoked or deleted since


class MessageDetails(Struct, frozen=True):
    messages: list[Message]  # the To's first
    origin: Sender
    email_name: str | None  # None: there is no such email


class GetMessage(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    api_keys: ApiKeys
    tokens: SmtpTokens
    emails: Emails

    def __call__(self, status_id: str) -> MessageDetails:
        """By a status id, or SES's id of a mail over SMTP. Raises NotFound."""
        messages = GetSend(self.sends)(status_id)
        return MessageDetails(messages, self._origin(messages[0]), self._email_name(messages[0].email_id))

    def _origin(self, message: Message) -> Sender:
        campaign_id = campaign_of(message.accepted_by)
        if campaign_id is None:
            return self._of_key(message.accepted_by)
        token = self.tokens.get(campaign_id)
        if token is None:
            return Sender(kind=SenderType.SMTP_TOKEN)
        ended = token.state is TokenState.DELETED
        return Sender(
            kind=SenderType.SMTP_TOKEN, id=token.key_id, name=token.name, owner=token.created_by, revoked=ended
        )

    def _of_key(self, key_id: str) -> Sender:
        key = self.api_keys.get(key_id) if key_id else None
        if key is None:
            return Sender(kind=SenderType.UNKNOWN, id=key_id)
        return Sender(
            kind=SenderType.API_KEY,
            id=key.secret_id,
            name=key.name,
            prefix=key.prefix,
            owner=key.owner,
            revoked=key.revoked_at is not None,
        )

    def _email_name(self, email_id: int) -> str | None:
        email = self.emails.get(email_id)
        return email.name if email else None
