"""Publish: compile an email once, as far as it goes without a recipient, and make it the revision that is sent from now on."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.contacts.subscriptions import consent
from functions.core.domains.domain import Domain, covering
from functions.core.emails import images
from functions.core.emails.email import DRAFT, Email, EmailBody, EmailDocument, EmailDraft, Revision, create, published
from functions.core.emails.email_document import written
from functions.core.errors import FieldError, PermanentFailure, Rejected
from functions.core.templates import contract, rendering
from functions.core.templates.layouts import Find
from functions.core.templates.translation import StageContent, Translation, translated
from functions.ports import Clock
from functions.ports.contacts import SubscriptionTypes
from functions.ports.emails import Emails, Images
from functions.ports.templates import SiteSettings
from functions.steps.domains.sender_domains import NOW, ReadDomains, not_connected
from functions.steps.sending import email_leases

BODY_MAX = 350_000  # bytes of a revision, in all languages: DynamoDB's item holds 400 KB
OWN = ""  # the key of the email's own language


class PublishResult(Struct, frozen=True):
    revision: Revision
    warnings: tuple[FieldError, ...]


class CheckResult(Struct, frozen=True):
    """The errors and warnings that publishing a draft would report, and its contract. Only languages that compile have warnings, and are
    part of the contract.
    """

    errors: tuple[FieldError, ...]
    warnings: tuple[FieldError, ...]
    contract: Mapping[str, Any] = {}


class PublishEmail(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    domains: ReadDomains
    emails: Emails
    images: Images
    subscription_types: SubscriptionTypes
    partial: Find
    site_settings: SiteSettings
    clock: Clock
    sleep: Callable[[float], None]

    def __call__(
        self,
        draft: EmailDraft,
        *,
        email: Email | None = None,
        document: EmailDocument | None = None,
        retain_draft: bool = False,
    ) -> PublishResult:
        """`email` and `document` are the source of the draft. With `retain_draft`, the draft that is stored stays. Raises Rejected with
        every error, and Conflict if the email was changed since it was read. Publishing the live revision again makes no new one.
        """
        now = timestamps.iso(self.clock())
        draft = self._with_type_id(draft)
        before = email or self.emails.get(draft.email_id, consistent=True) or create(draft, now)
        source = document or EmailDocument(json.dumps(written(draft)), now, "")
        compiled = self._compile(draft)
        compiled.raise_errors()
        revision = _revision(draft, compiled.translations, before.revisions + 1, now)
        live = self._unchanged_revision(before, source)
        if live and _content(live) == _content(revision):
            revision = live
        else:
            email = published(before, draft, revision, source.by, images=compiled.images)
            self.emails.publish(email, revision, source, retain_draft=retain_draft and before.version > 0)
        email_leases.wait_until_over(before, self.sleep)
        return PublishResult(revision, compiled.warnings)

    def compiled(self, draft: EmailDraft, *, sendable: bool) -> Revision:
        """Returns the revision that would be published, without a number, and stores nothing. Raises Rejected; checks the sender and what
        is omitted only if the draft should be sendable.
        """
        draft = self._with_type_id(draft)
        compiled = self._compile(draft, sendable=sendable)
        compiled.raise_errors(sendable=sendable)
        return _revision(draft, compiled.translations, 0, timestamps.iso(self.clock()))

    def check(self, draft: EmailDraft, *, sendable: bool = True) -> CheckResult:
        """Publishes nothing. Checks the sender and the subscription type only if the draft should be sendable."""
        compiled = self._compile(draft, sendable=sendable)
        return CheckResult(compiled.all_errors, compiled.warnings, _contract(compiled.translations))

    def _compile(self, draft: EmailDraft, *, sendable: bool = True) -> _CompiledDraft:
        errors = [*_sender_errors(draft, self.domains(NOW)), *self._subscription_errors(draft)] if sendable else []
        compiled = _CompiledDraft(errors)
        stage = StageContent(site_settings=functools.cache(self.site_settings.get), own_images=self.images.url(""))
        for language, source in {OWN: draft.source, **draft.variants}.items():
            try:
                compiled.translations[language] = translated(
                    source,
                    self.partial,
                    from_name=draft.sender.name,
                    language=language,
                    own_language=draft.language,
                    unsubscribable=not draft.transactional,
                    sensitive=draft.sensitive,
                    stage=stage,
                )
            except Rejected as error:
                compiled.errors.extend(error.errors)
        compiled.errors.extend(_revision_errors(compiled.translations))
        compiled.errors.extend(images.count_errors(images.used(compiled.html)))
        if sendable:
            self._find_images(compiled)
        compiled.errors[:] = dict.fromkeys(compiled.errors)  # the From name is part of every language
        return compiled

    def _find_images(self, compiled: _CompiledDraft) -> None:
        """A link of another host may lead to another stage's image, so it is no error."""
        links = images.links(compiled.html)
        existing = self.images.existing(sorted(set(links.values()))) if links else frozenset[str]()
        compiled.images.extend(sorted(existing))
        for link, name in links.items():
            if name not in existing:
                ours = link == self.images.url(name)
                report = compiled.errors if ours else compiled.image_warnings
                report.append(images.unknown_error(name) if ours else images.foreign_warning(link))

    def _with_type_id(self, draft: EmailDraft) -> EmailDraft:
        """The document may name the type by its number. What is sent names it by its id, as the contacts' decisions do."""
        type_ = None if draft.transactional else self.subscription_types.get(draft.subscription)
        return replace(draft, subscription=type_.id) if type_ else draft

    def _subscription_errors(self, draft: EmailDraft) -> list[FieldError]:
        type_ = self.subscription_types.get(draft.subscription) if not draft.transactional else None
        refusal = consent.type_refusal(draft.subscription, type_)
        return (
            [FieldError("subscriptionDetails.subscriptionId", refusal.reason, "UNKNOWN_SUBSCRIPTION")]
            if refusal
            else []
        )

    def _unchanged_revision(self, email: Email, source: EmailDocument) -> Revision | None:
        """Returns the live revision if its document and the draft's both equal `source`."""
        if email.published_revision is None or email.archived_at:
            return None
        expected = json.loads(source.text)
        stored = self.emails.documents([(email.id, number) for number in (email.published_revision, DRAFT)])
        same = all(document is not None and json.loads(document.text) == expected for document in stored)
        return self.emails.revision(email.id, email.published_revision) if same else None


class _CompiledDraft(Struct, frozen=True):
    """A draft's languages that compile, and the errors of the others."""

    errors: list[FieldError]
    translations: dict[str, Translation] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)  # of the library, by name
    image_warnings: list[FieldError] = field(default_factory=list)

    @property
    def warnings(self) -> tuple[FieldError, ...]:
        own = (warning for translation in self.translations.values() for warning in translation.warnings)
        return (*own, *images.host_warnings(self.html), *self.image_warnings)

    @property
    def html(self) -> list[str]:
        return [translation.content.html for translation in self.translations.values()]

    @property
    def all_errors(self) -> tuple[FieldError, ...]:
        return (*self.errors, *(error for translation in self.translations.values() for error in translation.omissions))

    def raise_errors(self, *, sendable: bool = True) -> None:
        """An omission, such as an empty subject, does not prevent a preview."""
        if errors := self.all_errors if sendable else self.errors:
            raise Rejected(errors)


def _revision(draft: EmailDraft, translations: Mapping[str, Translation], number: int, now: str) -> Revision:
    variables = [translation.variables for translation in translations.values()]
    contents = {language: translation.content for language, translation in translations.items()}
    from_name = translations[OWN].from_name
    return Revision(
        email_id=draft.email_id,
        number=number,
        name=draft.name,
        content=contents.pop(OWN),
        sender=replace(draft.sender, name=from_name),
        reply_to=draft.reply_to,
        subscription=draft.subscription,
        published_at=now,
        track_opens=draft.track_opens,
        track_clicks=draft.track_clicks,
        sensitive=draft.sensitive,
        language=draft.language,
        variants=contents,
        required_properties=contract.requires(variables),
        contract=contract.schema(variables),
    )


def _sender_errors(draft: EmailDraft, domains: Sequence[Domain]) -> list[FieldError]:
    """An email may be published before its domain is verified."""
    if covering(domains, draft.sender):
        return []
    return [FieldError("from.replyTo", not_connected(draft.sender, domains), "UNCONNECTED_DOMAIN")]


def _revision_errors(translations: Mapping[str, Translation]) -> list[FieldError]:
    """Checks the languages that compile: each must render, and together they must fit into one item."""
    contents = {language: translation.content for language, translation in translations.items()}
    size = len(json.dumps(_contract(translations))) if translations else 0
    size += sum(len(text.encode()) for content in contents.values() for text in _part_texts(content))
    errors = [
        FieldError(_path(language), reason)
        for language, translation in translations.items()
        if (reason := _render_error(translation))
    ]
    if size > BODY_MAX:
        errors.append(
            FieldError("content", f"takes {size:,} bytes once compiled; {BODY_MAX:,} can be stored", "TOO_LARGE")
        )
    return errors


def _contract(translations: Mapping[str, Translation]) -> dict[str, Any]:
    return contract.schema([translation.variables for translation in translations.values()]) if translations else {}


def _part_texts(content: EmailBody) -> tuple[str, str, str]:
    return content.subject, content.html, content.text


def _path(language: str) -> str:
    return f"content.translations.{language}" if language else "content"


def _render_error(translation: Translation) -> str:
    try:
        rendering.check(translation.content, translation.from_name)
    except PermanentFailure as error:
        return error.reason
    return ""


def _content(revision: Revision) -> tuple[object, ...]:
    return tuple(
        getattr(revision, name) for name in Revision.__struct_fields__ if name not in {"number", "published_at"}
    )
