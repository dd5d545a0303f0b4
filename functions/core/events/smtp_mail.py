"""A mail that went to SES over SMTP. We did not accept it, so its data is what each of its events repeats. Each event creates the same
messages, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import getaddresses, parseaddr
from typing import Any

from msgspec import Struct

from functions.core import ids
from functions.core.addresses import TEXT_MAX
from functions.core.sending import tags
from functions.core.sending.send import Message, MessageKey, RecipientRole, State
from functions.core.tokens.smtp_token import campaign_of

CALLER_TAG, SOURCE_TAG = "ses:caller-identity", "ses:source-ip"
RECIPIENTS_MAX = 50  # SES's limit


class SmtpMail(Struct, frozen=True, kw_only=True):
    user: str  # the IAM user of its token
    campaign_id: int
    ses_message_id: str
    sent_at: str  # when SES accepted it
    recipients: tuple[tuple[RecipientRole, str], ...]  # of the envelope, each address once
    source: str  # the IP address of the sending host
    tags: Mapping[str, str]

    def key(self, number: int) -> MessageKey:
        return MessageKey(ids.for_ses_message(self.ses_message_id), number)

    def messages(self) -> list[Message]:
        """Returns one message for each recipient, like those of accept and deliver."""
        return [
            Message(
                key=self.key(number),
                email_id=self.campaign_id,
                address=address,
                role=role,
                recipients=len(self.recipients),
                state=State.SENT,
                accepted_at=self.sent_at,
                accepted_by=self.user,
                attempts=1,
                started_at=self.sent_at,
                settled_at=self.sent_at,
                ses_message_id=self.ses_message_id,
                tags=self.tags,
            )
            for number, (role, address) in enumerate(self.recipients)
        ]


def read(mail: Mapping[str, Any], sent_at: str) -> SmtpMail | None:
    """An event's `mail` → SmtpMail, or None if it is not of an SMTP token. Raises ValueError, LookupError or TypeError if it is malformed."""
    all_tags = mail.get("tags") or {}
    user = str(_first(all_tags.get(CALLER_TAG)))
    campaign_id = campaign_of(user)
    if campaign_id is None:
        return None
    return SmtpMail(
        user=user,
        campaign_id=campaign_id,
        ses_message_id=str(mail["messageId"]),
        sent_at=sent_at,
        recipients=_recipients(mail),
        source=str(_first(all_tags.get(SOURCE_TAG))),
        tags=_tags(all_tags),
    )


def addr_spec(address: object) -> str:
    """'Ada <Ada@Example.net>' → 'ada@example.net': the form in which an event's addresses are compared."""
    return bare_address(address).lower()


def bare_address(address: object) -> str:
    """'Ada <Ada@Example.net>' → 'Ada@Example.net'."""
    text = str(address)
    return parseaddr(text)[1] or text


def _recipients(mail: Mapping[str, Any]) -> tuple[tuple[RecipientRole, str], ...]:
    """Raises ValueError for too many recipients, for no recipient, and for an invalid address."""
    headers = mail.get("commonHeaders") or {}
    named = {name: {addr_spec(pair[1]) for pair in getaddresses(_texts(headers.get(name)))} for name in ("to", "cc")}
    addresses = list(dict.fromkeys(addr_spec(address) for address in mail["destination"]))
    if not 0 < len(addresses) <= RECIPIENTS_MAX:
        raise ValueError(f"the mail has {len(addresses)} recipients, and SES sends to 1 to {RECIPIENTS_MAX}")
    if wrong := [address for address in addresses if "@" not in address or len(address) > TEXT_MAX]:
        raise ValueError(f"{wrong[0]!r} is not a recipient's address")
    return tuple((_role(address, named["to"], named["cc"]), address) for address in addresses)


def _role(address: str, to: set[str], cc: set[str]) -> RecipientRole:
    return RecipientRole.TO if address in to else RecipientRole.CC if address in cc else RecipientRole.BCC


def _tags(all_tags: Mapping[str, Any]) -> dict[str, str]:
    """Returns the sender's own tags, from the header X-SES-MESSAGE-TAGS. Our tags in it are a forgery and are ignored."""
    own = {name: str(_first(values)) for name, values in sorted(all_tags.items()) if _is_own(name, _first(values))}
    return dict(list(own.items())[: tags.COUNT_MAX])


def _is_own(name: str, value: object) -> bool:
    try:
        tags.check(name, str(value))
    except ValueError:
        return False
    return True


def _first(values: Any) -> Any:
    """Returns a tag's value. SES reports each as a list of one."""
    return values[0] if isinstance(values, list) and values else ""


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
