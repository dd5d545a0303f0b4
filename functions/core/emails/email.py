"""An email: what people write once and the API sends many times. A published revision never changes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.addresses import Address
from functions.core.emails.pause import Pause

TRANSACTIONAL = "TRANSACTIONAL"  # the subscription type that is sent whatever the contact's status
DRAFT = 0  # in place of a revision's number: what will be published next


class Subcategory(StrEnum):
    SINGLE_SEND_API = "single_send_api"
    MARKETING_SINGLE_SEND_API = "marketing_single_send_api"
    SMTP_TOKEN = "smtp_token"  # noqa: S105 - HubSpot's name for a kind of email, not a password
    AUTOMATED = "automated"
    BATCH = "batch"


SINGLE_SEND = frozenset({Subcategory.SINGLE_SEND_API, Subcategory.MARKETING_SINGLE_SEND_API})


class Email(Struct, frozen=True, kw_only=True):
    """The small part that accept and the lists read: which revision is live, whether the single-send API may send it, and who did what
    to it when. What authors write is its Document.
    """

    id: int
    name: str
    subcategory: Subcategory
    subscription: str  # TRANSACTIONAL, or the id of another subscription type
    published_revision: int | None = None
    required_properties: tuple[
        str, ...
    ] = ()  # custom properties that the published revision cannot do without: `order.number`
    revisions: int = 0  # published so far, numbered from 1
    version: int = 0  # counts the changes to the email, its drafts too; 0: it is not stored yet
    created_at: str = ""  # the times are instants; only an email with this one is listed
    created_by: str = ""  # who did it is an email address
    updated_at: str = ""
    updated_by: str = ""
    published_at: str = ""  # of the latest revision
    published_by: str = ""
    archived_at: str = ""  # empty: it is not
    campaign: str = ""  # a campaign of the author's, to find it by
    ab_partner_id: int | None = None  # the other email of its A/B test
    ab_variant: bool = False  # whether it is the test's B
    pause: Pause | None = None  # the latest one

    @property
    def sendable(self) -> bool:
        return self.published_revision is not None and self.subcategory in SINGLE_SEND and not self.archived_at


class EmailDocument(Struct, frozen=True):
    """What an author's program reads and writes: the draft, or what a revision was published from."""

    text: str  # a JSON object, in HubSpot's names and with whatever else the author put there
    at: str
    by: str


class TemplateSyntax(StrEnum):
    MJML = "mjml"
    HTML = "html"


class TemplateSource(Struct, frozen=True, kw_only=True):
    """What an author writes of an email in one language. All of it is Jinja2."""

    subject: str
    body: str
    syntax: TemplateSyntax = TemplateSyntax.MJML  # of the body
    text: str = ""  # empty: derived from the body
    preview: str = ""  # what an inbox shows beside the subject


class SampleData(Struct, frozen=True):
    """What an email is shown with where nobody says otherwise: the properties of a send."""

    contact: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)


class EmailDraft(Struct, frozen=True, kw_only=True):
    """What an author writes."""

    email_id: int
    name: str
    source: TemplateSource
    sender: Address
    reply_to: Address | None = None
    subcategory: Subcategory = Subcategory.SINGLE_SEND_API
    subscription: str = TRANSACTIONAL
    track_opens: bool = True
    track_clicks: bool = True
    campaign: str = ""
    language: str = "en"  # of `source`
    variants: Mapping[str, TemplateSource] = field(default_factory=dict)  # in other languages, by language
    sample: SampleData = field(default_factory=SampleData)

    @property
    def transactional(self) -> bool:
        return self.subscription == TRANSACTIONAL


class EmailBody(Struct, frozen=True):
    """A source, compiled as far as it can be without the recipient's data. All of it is Jinja2 still."""

    subject: str
    html: str
    text: str


class Revision(Struct, frozen=True, kw_only=True):
    """What was published, and never changes again."""

    email_id: int
    number: int
    name: str
    content: EmailBody
    sender: Address
    reply_to: Address | None
    subscription: str
    published_at: str
    track_opens: bool = True
    track_clicks: bool = True
    language: str = "en"  # of `content`
    variants: Mapping[str, EmailBody] = field(default_factory=dict)
    required_properties: tuple[str, ...] = ()  # as Email's
    contract: Mapping[str, Any] = field(default_factory=dict)  # JSON Schema of the properties that it asks for

    @property
    def transactional(self) -> bool:
        return self.subscription == TRANSACTIONAL


def create(draft: EmailDraft, now: str) -> Email:
    """A new email, from its first draft."""
    return Email(
        id=draft.email_id,
        name=draft.name,
        subcategory=draft.subcategory,
        subscription=draft.subscription,
        created_at=now,
        updated_at=now,
    )


def published(email: Email, draft: EmailDraft, revision: Revision, by: str) -> Email:
    """The email once this revision of it is live: from now on it is what its lists and its sends go by. It comes back if it was archived."""
    return replace(
        email,
        name=revision.name,
        subcategory=draft.subcategory,
        subscription=revision.subscription,
        campaign=draft.campaign,
        published_revision=revision.number,
        required_properties=revision.required_properties,
        revisions=revision.number,
        published_at=revision.published_at,
        published_by=by,
        archived_at="",
        updated_at=revision.published_at,
        updated_by=by,
    )
