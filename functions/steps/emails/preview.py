"""Preview an email, published or draft, with sample data or a contact's. Nothing is stored or sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from functions.core import timestamps
from functions.core.addresses import Address
from functions.core.emails.email import DRAFT, EmailDraft, Revision, SampleData
from functions.core.emails.email_document import Starters, draft_of
from functions.core.emails.merge_patch import JSON
from functions.core.errors import FieldError, NotFound, PermanentFailure, Rejected
from functions.core.sending.send import RecipientRole, Send, SendRecipient
from functions.core.templates import differences, rendering
from functions.core.templates.html import preview_text
from functions.core.templates.rendering import Rendered
from functions.ports import Clock
from functions.ports.contacts import Contacts
from functions.ports.emails import Emails
from functions.steps.emails.read_emails import get_email, with_document
from functions.steps.sending.build_mail import MailBuilder, contact_properties
from functions.steps.templates.site_settings import SiteVariables

LINK_SECRET = "preview"  # noqa: S105 - no message has it, so its link is never valid
SAMPLE_RECIPIENT = Address("somebody@example.com")

Compile = Callable[..., Revision]  # PublishEmail.compiled: (draft, sendable=...)


class PreviewData(Struct, frozen=True, kw_only=True):
    """The data to render an email with. The email's own sample replaces each None."""

    contact: Address | None = None  # a stored contact; `contact_properties` override theirs
    contact_properties: Mapping[str, str] | None = None
    custom_properties: Mapping[str, Any] | None = None
    language: str = ""  # empty: the contact's


class RenderedPreview(Struct, frozen=True, kw_only=True):
    rendered: Rendered
    preview_text: str  # next to the subject in an inbox; empty: the mail client picks a text
    language: str
    missing: tuple[str, ...]  # properties that the templates use and the data lacks: rendered as nothing
    raw: bytes  # the whole mail


class RevisionDiff(Struct, frozen=True, kw_only=True):
    """Three unified diffs, each empty if nothing differs."""

    subject: str
    text: str
    html: str
    missing: tuple[str, ...]


class PreviewEmail(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    emails: Emails
    contacts: Contacts
    compile: Compile
    starters: Starters
    clock: Clock
    public_url: str
    site: SiteVariables

    def __call__(self, email_id: int, number: int, data: PreviewData) -> RenderedPreview:
        """`number` is a revision's, or DRAFT. Raises NotFound, and Rejected if it cannot be rendered at all."""
        revision, draft = self.revision(email_id, number)
        return self._preview(revision, self.properties(draft.sample, revision, data), data.contact)

    def of_document(self, email_id: int, document: JSON, data: PreviewData) -> RenderedPreview:
        """Previews a document that is not stored. Raises NotFound, and Rejected if it cannot be rendered at all."""
        return self.of_draft(draft_of(email_id, document, self.starters, drafting=True), data)

    def of_draft(self, draft: EmailDraft, data: PreviewData) -> RenderedPreview:
        """Raises Rejected, and NotFound for an unknown contact."""
        revision = self.compile(draft, sendable=False)
        return self._preview(revision, self.properties(draft.sample, revision, data), data.contact)

    def differences(self, email_id: int, before: int, after: int, data: PreviewData) -> RevisionDiff:
        """Compares two revisions, rendered with the same data. The sample data is the later one's."""
        new, draft = self.revision(email_id, after)
        old, _ = self.revision(email_id, before)
        sample = self.properties(draft.sample, new, data)
        earlier, later = (self._preview(revision, sample, data.contact) for revision in (old, new))
        names = (_name(before), _name(after))
        return RevisionDiff(
            subject=differences.of_text(earlier.rendered.subject, later.rendered.subject, names),
            text=differences.of_text(earlier.rendered.text, later.rendered.text, names),
            html=differences.of_html(earlier.rendered.html, later.rendered.html, names),
            missing=tuple(sorted({*earlier.missing, *later.missing})),
        )

    def revision(self, email_id: int, number: int, *, sendable: bool = False) -> tuple[Revision, EmailDraft]:
        """Returns a revision and its source. Raises NotFound, and Rejected if a draft cannot be compiled (or be sent)."""
        email = get_email(self.emails, email_id)
        (document,) = self.emails.documents([(email_id, number)])
        if document is None and number != DRAFT:
            raise NotFound(f"email {email_id} has no published revision {number}")
        source = with_document(email, number, document).document
        draft = draft_of(email_id, source, self.starters, drafting=number != DRAFT or not sendable)
        if number == DRAFT:
            return self.compile(draft, sendable=sendable), draft
        return self.emails.revision(email_id, number), draft

    def properties(self, sample: SampleData, revision: Revision, data: PreviewData) -> SampleData:
        """Returns the properties to render with. Raises NotFound for an unknown contact, and Rejected if the email does not have
        the language.
        """
        contact = self._stored_properties(data.contact) if data.contact else sample.contact
        if data.contact_properties is not None:
            contact = {**(contact if data.contact else {}), **data.contact_properties}
        if data.language:
            contact = {**contact, "hs_language": _language(revision, data.language)}
        return SampleData(contact, sample.custom if data.custom_properties is None else data.custom_properties)

    def _stored_properties(self, address: Address) -> Mapping[str, str]:
        contact = self.contacts.get(address.email)
        if contact is None:
            raise NotFound(f"there is no contact {address.email}")
        return contact.values

    def _preview(self, revision: Revision, sample: SampleData, to: Address | None) -> RenderedPreview:
        send = Send(
            id="preview",
            email_id=revision.email_id,
            revision=revision.number,
            accepted_at=timestamps.iso(self.clock()),
            recipients=(SendRecipient(RecipientRole.TO, to or SAMPLE_RECIPIENT),),
            contact=sample.contact,
            custom=sample.custom,
        )
        try:
            builder = self.builder(revision, send)
            links = builder.links(0)
            rendered, missing = builder.render_with_missing(links)
            raw = builder.to_bytes(rendered, links)
        except PermanentFailure as error:
            raise Rejected([FieldError("content", error.reason, str(error.result))]) from error
        return RenderedPreview(
            rendered=rendered,
            preview_text=preview_text.preview_of(rendered.html),
            language=builder.template.language(sample.contact),
            missing=tuple(sorted(missing)),
            raw=raw,
        )

    def builder(self, revision: Revision, send: Send) -> MailBuilder:
        """Raises PermanentFailure."""
        return MailBuilder(
            send=send,
            template=rendering.compiled(revision),
            contact=contact_properties(None, send),
            now=self.clock(),
            public_url=self.public_url,
            site=self.site,
            new_secret=lambda: LINK_SECRET,
        )


def _name(number: int) -> str:
    return "draft" if number == DRAFT else f"revision {number}"


def _language(revision: Revision, language: str) -> str:
    languages = (revision.language, *revision.variants)
    if language.lower() not in languages:
        raise Rejected([FieldError("language", f"the email has no {language!r}: it has {', '.join(languages)}")])
    return language.lower()
