"""Get a message: all messages of a send, with the names of its sender and its email."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from functions.core.sending.send import Message
from functions.core.tokens.smtp_token import TokenState, campaign_of
from functions.ports.access import ApiKeys
from functions.ports.emails import Emails
from functions.ports.sending import Sends
from functions.ports.tokens import SmtpTokens
from functions.steps.sending.get_send import GetSend


class SenderType(StrEnum):
    API_KEY = "API_KEY"
    SMTP_TOKEN = "SMTP_TOKEN"  # noqa: S105 - a kind, not a password
    PERSON = "PERSON"  # in the console
    UNKNOWN = "UNKNOWN"  # no API key or token has this id


class Sender(Struct, frozen=True, kw_only=True):
    """Who sent a message."""

    kind: SenderType
    id: str = ""  # the API key's public id, or the SMTP token's user name
    name: str = ""
    prefix: str = ""  # the readable beginning of the API key
    owner: str = ""  # an email address
    revoked: bool = False  # revoked or deleted since


class MessageDetails(Struct, frozen=True):
    messages: list[Message]  # the To's first
    sender: Sender
    email_name: str | None  # None if the email does not exist


class GetMessage(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    api_keys: ApiKeys
    tokens: SmtpTokens
    emails: Emails

    def __call__(self, status_id: str) -> MessageDetails:
        """`status_id` is a status id, or SES's id of a mail over SMTP. Raises NotFound."""
        messages = GetSend(self.sends)(status_id)
        return MessageDetails(messages, self._sender(messages[0]), self._email_name(messages[0].email_id))

    def _sender(self, message: Message) -> Sender:
        if "@" in message.accepted_by:
            return Sender(kind=SenderType.PERSON, name=message.accepted_by, owner=message.accepted_by)
        campaign_id = campaign_of(message.accepted_by)
        if campaign_id is None:
            return self._api_key(message.accepted_by)
        token = self.tokens.get(campaign_id)
        if token is None:
            return Sender(kind=SenderType.SMTP_TOKEN)
        deleted = token.state is TokenState.DELETED
        return Sender(
            kind=SenderType.SMTP_TOKEN, id=token.key_id, name=token.name, owner=token.created_by, revoked=deleted
        )

    def _api_key(self, key_id: str) -> Sender:
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
