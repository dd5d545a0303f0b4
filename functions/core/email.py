"""An email: what people write once and the API sends many times. A published revision never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


class Syntax(StrEnum):
    MJML = "mjml"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an author writes of an email in one language. All of it is Jinja2."""

    subject: str
    body: str
    syntax: Syntax = Syntax.MJML  # of the body
    text: str = ""  # empty: derived from the body
    preview: str = ""  # what an inbox shows beside the subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an author writes."""

    email_id: int
    name: str
    source: Source
    sender: Address
    reply_to: Address | None = None
    subcategory: Subcategory = Subcategory.SINGLE_SEND_API
    subscription: str = TRANSACTIONAL
    track_opens: bool = True
    track_clicks: bool = True
    language: str = "en"  # of `source`
    variants: Mapping[str, Source] = field(default_factory=dict)  # in other languages, by language


@dataclass(frozen=True, slots=True)
class Content:
    """A source, compiled as far as it can be without the recipient's data. All of it is Jinja2 still."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What was published, and never changes again."""

    email_id: int
    number: int
    name: str
    content: Content
    sender: Address
    reply_to: Address | None
    subscription: str
    published_at: str
    track_opens: bool = True
    track_clicks: bool = True
    language: str = "en"  # of `content`
    variants: Mapping[str, Content] = field(default_factory=dict)

    @property
    def transactional(self) -> bool:
        return self.subscription == TRANSACTIONAL
