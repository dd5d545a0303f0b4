"""Try a changed partial before it is stored: which emails use it, what the check finds in it, and how a mail looks with it."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.core.emails.email import DRAFT, Email, EmailDraft, TemplateSource, TemplateSyntax
from functions.core.emails.email_document import Starters, draft_of
from functions.core.emails.email_listing import Filter, listing
from functions.core.errors import NotFound
from functions.core.templates import layouts
from functions.core.templates.blocks import palette
from functions.core.templates.layouts import Find
from functions.ports.emails import Emails
from functions.steps.emails.preview import PreviewData, PreviewEmail, RenderedPreview
from functions.steps.emails.publish import CheckResult, PublishEmail
from functions.steps.emails.starter_gallery import StarterGallery

STARTER = "starter:"  # begins the key of a sample that is a starter
ITSELF = "itself"  # the sample that has only the partial
EMAILS_MAX = 20  # the last changed ones, of which the samples are
_DATA = "receipt"  # the starter whose sample data the partial has by itself
_COLUMN = "      <mj-column>\n"


class Sample(Struct, frozen=True):
    """An email that a partial is shown in."""

    key: str  # ITSELF, starter:<name> or email:<id>
    name: str


class PartialPreviews(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. `text` is what the partial would be; nothing is stored."""

    publication: PublishEmail
    previews: PreviewEmail
    partial: Find
    emails: Emails
    gallery: StarterGallery
    starters: Starters

    def samples(self, name: str) -> list[Sample]:
        """Returns the last changed emails that use the partial, then the starters that do, then ITSELF."""
        find = functools.cache(self.partial)
        drafts = [(f"email:{email.id}", draft) for email, draft in self._latest()]
        drafts += [(f"{STARTER}{key}", starter.draft) for key, starter in self.gallery.all().items()]
        return [*(Sample(key, draft.name) for key, draft in drafts if _uses(draft, name, find)), Sample(ITSELF, "")]

    def check(self, name: str, text: str, sample: str) -> CheckResult:
        """Returns what publishing the sample would report with the partial. Raises NotFound for an unknown sample."""
        result = self._publication(name, text).check(self._draft(sample, name, text), sendable=False)
        if sample != ITSELF:
            return result
        own = layouts.field_of(name)
        errors, warnings = ([one for one in issues if one.field == own] for issues in (result.errors, result.warnings))
        return CheckResult(tuple(errors), tuple(warnings))

    def preview(self, name: str, text: str, sample: str) -> RenderedPreview:
        """Raises NotFound for an unknown sample, and Rejected if it cannot be rendered."""
        previews = replace(self.previews, compile=self._publication(name, text).compiled)
        return previews.of_draft(self._draft(sample, name, text), PreviewData())

    def _publication(self, name: str, text: str) -> PublishEmail:
        return replace(self.publication, partial=lambda other: text if other == name else self.partial(other))

    def _draft(self, sample: str, name: str, text: str) -> EmailDraft:
        """Raises NotFound."""
        kind, _, key = sample.partition(":")
        if kind == "starter":
            return self.gallery.draft(key)
        if kind == "email":
            return self._stored_draft(key)
        if sample != ITSELF:
            raise NotFound(f"there is no sample {sample!r}")
        return replace(self.gallery.draft(_DATA), source=_itself(name, text), variants={})

    def _stored_draft(self, key: str) -> EmailDraft:
        email = self.emails.get(int(key)) if key.isascii() and key.isdecimal() else None
        (document,) = self.emails.documents([(email.id, DRAFT)]) if email else (None,)
        if email is None or document is None:
            raise NotFound(f"there is no email {key}")
        return draft_of(email.id, msgspec.json.decode(document.text), self.starters, drafting=True)

    def _latest(self) -> Iterator[tuple[Email, EmailDraft]]:
        emails = listing(self.emails.all(), Filter(), ["-updatedAt"]).emails[:EMAILS_MAX]
        documents = self.emails.documents([(email.id, DRAFT) for email in emails])
        for email, document in zip(emails, documents, strict=True):
            if document is not None:
                content = msgspec.json.decode(document.text)
                yield email, draft_of(email.id, content, self.starters, drafting=True)


def _uses(draft: EmailDraft, name: str, find: Find) -> bool:
    sources = (draft.source, *draft.variants.values())
    return any(layouts.uses(text, name, find) for source in sources for text in (source.body, source.text))


def _itself(name: str, text: str) -> TemplateSource:
    """A layout is extended. Blocks of MJML are in a column, sections in a body, and any other text is HTML."""
    tag = f'{{% include "{name}" %}}'
    if "{% block" in text or "{%- block" in text:
        syntax = TemplateSyntax.MJML if "<mj" in text else TemplateSyntax.HTML
        return TemplateSource(subject=name, body=f'{{% extends "{name}" %}}', syntax=syntax)
    if "<mj-section" in text or "<mj-wrapper" in text or "<mj-hero" in text:
        body = palette.EMPTY.replace("    <mj-section>", f"    {tag}\n    <mj-section>")
        return TemplateSource(subject=name, body=body, syntax=TemplateSyntax.MJML)
    if "<mj-" in text:
        body = palette.EMPTY.replace(_COLUMN, f"{_COLUMN}        {tag}\n")
        return TemplateSource(subject=name, body=body, syntax=TemplateSyntax.MJML)
    return TemplateSource(subject=name, body=tag, syntax=TemplateSyntax.HTML)
