"""An email: what people write once and the API sends many times. A published revision never changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.addresses import Address
from functions.core.emails.pause import Pause

TRANSACTIONAL = "TRANSACTIONAL"  # the subscription type that ignores the contact's status
LATEST = -1  # in place of a revision's number: the latest one
_JINJA = re.compile(r"\{[{%#]")
NAME_MAX = 300  # characters of an email's name
_COPY = " (copy)"  # after the name of the original
DRAFT = 0  # in place of a revision's number: the content to publish next


class Subcategory(StrEnum):
    SINGLE_SEND_API = "single_send_api"
    MARKETING_SINGLE_SEND_API = "marketing_single_send_api"
    SMTP_TOKEN = "smtp_token"  # noqa: S105 - HubSpot's name for a kind of email, not a password
    AUTOMATED = "automated"
    BATCH = "batch"


SINGLE_SEND = frozenset({Subcategory.SINGLE_SEND_API, Subcategory.MARKETING_SINGLE_SEND_API})
AUTOMATION = SINGLE_SEND | {Subcategory.AUTOMATED}  # what automations may send


class Email(Struct, frozen=True, kw_only=True):
    """The small part that accept and the lists read: the live revision, whether the single-send API may send it, and its latest
    changes. Its EmailDocument holds what authors write.
    """

    id: int
    name: str
    subcategory: Subcategory
    subscription: str  # TRANSACTIONAL, or the id of another subscription type
    published_revision: int | None = None
    required_properties: tuple[str, ...] = ()  # custom properties that the published revision requires: `order.number`
    images: tuple[str, ...] = ()  # uploaded images that the published revision uses, by name
    revisions: int = 0  # published so far, numbered from 1
    version: int = 0  # counts the changes of the email and of its drafts; 0: not stored yet
    created_at: str = ""  # ISO-8601, as the other times; an email without it is not listed
    created_by: str = ""  # an email address, as the other names
    updated_at: str = ""
    updated_by: str = ""
    published_at: str = ""  # of the latest revision
    published_by: str = ""
    unpublished_at: str = ""  # empty if it was published again
    cloned_from: int | None = None  # the id of the email that it was copied from
    archived_at: str = ""  # empty: not archived
    campaign: str = ""  # the author's label, for filters
    sensitive: bool = False  # whether the published revision is
    ab_partner_id: int | None = None  # the other email of its A/B test
    ab_variant: bool = False  # whether it is the test's B
    pause: Pause | None = None  # the latest one

    @property
    def is_published(self) -> bool:
        """Whether it is in use. The email of an SMTP token has no content, and is in use from the start."""
        return self.published_revision is not None or self.subcategory is Subcategory.SMTP_TOKEN

    @property
    def transactional(self) -> bool:
        return self.subscription == TRANSACTIONAL

    def sendable_as(self, subcategories: frozenset[Subcategory]) -> bool:
        """Returns whether a sender of these kinds of email may send it."""
        return self.published_revision is not None and self.subcategory in subcategories and not self.archived_at

    @property
    def is_paused(self) -> bool:
        return self.pause is not None and self.pause.is_active


class EmailDocument(Struct, frozen=True):
    """The JSON that an author's program reads and writes: the draft, or the source of a revision."""

    text: str  # a JSON object in HubSpot's names, and with any other fields of the author
    at: str
    by: str


class TemplateSyntax(StrEnum):
    MJML = "mjml"
    HTML = "html"


class TemplateSource(Struct, frozen=True, kw_only=True):
    """The source of an email in one language. Every field is Jinja2."""

    subject: str
    body: str
    syntax: TemplateSyntax = TemplateSyntax.MJML  # of the body
    text: str = ""  # empty: derived from the body
    preview: str = ""  # an inbox shows it after the subject


class SampleData(Struct, frozen=True):
    """The properties of a preview, unless the author passes others."""

    contact: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)


class EmailDraft(Struct, frozen=True, kw_only=True):
    """An email's content as its author writes it."""

    email_id: int
    name: str
    source: TemplateSource
    sender: Address  # its name is Jinja2, as the subject is
    reply_to: Address | None = None
    subcategory: Subcategory = Subcategory.SINGLE_SEND_API
    subscription: str = TRANSACTIONAL
    track_opens: bool = True
    track_clicks: bool = True
    sensitive: bool = False  # see Revision
    campaign: str = ""
    language: str = "en"  # of `source`
    variants: Mapping[str, TemplateSource] = field(default_factory=dict)  # in other languages, by language
    sample: SampleData = field(default_factory=SampleData)

    @property
    def transactional(self) -> bool:
        return self.subscription == TRANSACTIONAL


class EmailBody(Struct, frozen=True):
    """A source, compiled as far as possible without the recipient's data. Every field is still Jinja2."""

    subject: str
    html: str
    text: str


class Revision(Struct, frozen=True, kw_only=True):
    """Published content. It never changes."""

    email_id: int
    number: int
    name: str
    content: EmailBody
    sender: Address  # its name is Jinja2, in every language
    reply_to: Address | None
    subscription: str
    published_at: str
    track_opens: bool = True
    track_clicks: bool = True
    sensitive: bool = False  # it carries a code or a secret link: it is not tracked, and its content is not stored
    language: str = "en"  # of `content`
    variants: Mapping[str, EmailBody] = field(default_factory=dict)
    required_properties: tuple[str, ...] = ()  # as in Email
    contract: Mapping[str, Any] = field(default_factory=dict)  # JSON Schema of the properties that it uses

    @property
    def transactional(self) -> bool:
        return self.subscription == TRANSACTIONAL

    @property
    def sender_label(self) -> str:
        """The sender for a reader of a page: the From name, or its domain if the name is empty or depends on the send."""
        name = self.sender.name
        return name if name and not _JINJA.search(name) else self.sender.domain


def create(draft: EmailDraft, now: str) -> Email:
    """Returns a new email with its first draft."""
    return Email(
        id=draft.email_id,
        name=draft.name,
        subcategory=draft.subcategory,
        subscription=draft.subscription,
        created_at=now,
        updated_at=now,
    )


def published(email: Email, draft: EmailDraft, revision: Revision, by: str, *, images: Sequence[str] = ()) -> Email:
    """Returns the email with this revision live. Lists and sends use it from now on. An archived email is restored. `images`: those of the
    library that the revision uses.
    """
    return replace(
        email,
        name=revision.name,
        subcategory=draft.subcategory,
        subscription=revision.subscription,
        campaign=draft.campaign,
        sensitive=revision.sensitive,
        published_revision=revision.number,
        required_properties=revision.required_properties,
        images=tuple(images),
        revisions=revision.number,
        published_at=revision.published_at,
        published_by=by,
        unpublished_at="",
        archived_at="",
        updated_at=revision.published_at,
        updated_by=by,
    )


def copy_name(name: str) -> str:
    """Returns the default name of an email's copy."""
    return name[: NAME_MAX - len(_COPY)] + _COPY
