"""An email: what people write once and the API sends many times. A published revision never changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from functions.core.addresses import Address

TRANSACTIONAL = "TRANSACTIONAL"  # the subscription type that is sent whatever the contact's status


class Subcategory(StrEnum):
    SINGLE_SEND_API = "single_send_api"
    MARKETING_SINGLE_SEND_API = "marketing_single_send_api"
    SMTP_TOKEN = "smtp_token"  # noqa: S105 - HubSpot's name for a kind of email, not a password
    AUTOMATED = "automated"
    BATCH = "batch"


SINGLE_SEND = frozenset({Subcategory.SINGLE_SEND_API, Subcategory.MARKETING_SINGLE_SEND_API})


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """The small part that accept reads: which revision is live, and whether the single-send API may send it."""

    id: int
    name: str
    subcategory: Subcategory
    subscription: str  # TRANSACTIONAL, or the id of another subscription type
    published_revision: int | None = None

    @property
    def sendable(self) -> bool:
        return self.published_revision is not None and self.subcategory in SINGLE_SEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an author writes. `mjml`, `text` and `subject` are Jinja2."""

    email_id: int
    name: str
    subject: str
    mjml: str
    text: str
    sender: Address
    reply_to: Address | None = None
    subcategory: Subcategory = Subcategory.SINGLE_SEND_API
    subscription: str = TRANSACTIONAL
    track_opens: bool = True
    track_clicks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What was published, compiled as far as it can be without the recipient's data. `html`, `text` and `subject` are Jinja2."""

    email_id: int
    number: int
    name: str
    subject: str
    html: str
    text: str
    sender: Address
    reply_to: Address | None
    subscription: str
    published_at: str
    track_opens: bool = True
    track_clicks: bool = True

    @property
    def transactional(self) -> bool:
        return self.subscription == TRANSACTIONAL
