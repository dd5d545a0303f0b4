"""Publish: compile an email as far as it goes without a recipient, once, and make it the revision that is sent from now on."""

from __future__ import annotations

import json
from collections.abc import Mapping

from msgspec import Struct, field

from functions.core import timestamps
from functions.core.contacts import consent
from functions.core.emails.email import DRAFT, Email, EmailBody, EmailDocument, EmailDraft, Revision, create, published
from functions.core.emails.email_document import written
from functions.core.errors import FieldError, PermanentFailure, Rejected
from functions.core.templates import contract, rendering
from functions.core.templates.layouts import Find
from functions.core.templates.translation import Translation, translated
from functions.ports import Clock
from functions.ports.contacts import SubscriptionTypes
from functions.ports.emails import Emails

BODY_MAX = 350_000  # bytes of a revision, in all languages: DynamoDB's item holds 400 KB
OWN = ""  # in place of a language: the email's own


class PublishResult(Struct, frozen=True):
    revision: Revision
    warnings: tuple[FieldError, ...]


class CheckResult(Struct, frozen=True):
    """What publishing a draft would say. The warnings are of what can be compiled."""

    faults: tuple[FieldError, ...]
    warnings: tuple[FieldError, ...]


class PublishEmail(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    domain: str  # the connected sending domain
    emails: Emails
    subscription_types: SubscriptionTypes
    partial: Find
    clock: Clock

    def __call__(
        self, draft: EmailDraft, *, email: Email | None = None, document: EmailDocument | None = None
    ) -> PublishResult:
        """`email` and `document` are what the draft was read from. Raises Rejected with every fault found, and Conflict where the email was
        changed since it was read. Publishing what is live already is no new revision.
        """
        now = timestamps.iso(self.clock())
        known = email or self.emails.get(draft.email_id, consistent=True) or create(draft, now)
        source = document or EmailDocument(json.dumps(written(draft)), now, "")
        made = self._made(draft)
        made.refuse()
        revision = _revision(draft, made.translations, known.revisions + 1, now)
        live = self._unchanged_revision(known, source)
        if live and _content(live) == _content(revision):
            return PublishResult(live, made.warnings)
        self.emails.publish(published(known, draft, revision, source.by), revision, source)
        return PublishResult(revision, made.warnings)

    def compiled(self, draft: EmailDraft, *, sendable: bool) -> Revision:
        """What would be published, under no number, and stored nowhere. Raises Rejected; for its sender only where it should be sendable."""
        made = self._made(draft, sendable=sendable)
        made.refuse()
        return _revision(draft, made.translations, 0, timestamps.iso(self.clock()))

    def check(self, draft: EmailDraft) -> CheckResult:
        """Publishes nothing."""
        made = self._made(draft)
        return CheckResult(tuple(made.faults), made.warnings)

    def _made(self, draft: EmailDraft, *, sendable: bool = True) -> _CompiledDraft:
        made = _CompiledDraft([*_senders_faults(draft, self.domain), *self._types_faults(draft)] if sendable else [])
        for language, source in {OWN: draft.source, **draft.variants}.items():
            try:
                made.translations[language] = translated(
                    source, self.partial, language=language, unsubscribable=not draft.transactional
                )
            except Rejected as error:
                made.faults.extend(error.errors)
        made.faults.extend(_revision_errors(made.translations))
        return made

    def _types_faults(self, draft: EmailDraft) -> list[FieldError]:
        known = self.subscription_types.get(draft.subscription) if not draft.transactional else None
        refusal = consent.type_refusal(draft.subscription, known)
        return (
            [FieldError("subscriptionDetails.subscriptionId", refusal.reason, "UNKNOWN_SUBSCRIPTION")]
            if refusal
            else []
        )

    def _unchanged_revision(self, email: Email, source: EmailDocument) -> Revision | None:
        """The revision that is live, where it was made from the same document, and the draft is that too."""
        if email.published_revision is None or email.archived_at:
            return None
        wanted = json.loads(source.text)
        stored = self.emails.documents([(email.id, number) for number in (email.published_revision, DRAFT)])
        same = all(document is not None and json.loads(document.text) == wanted for document in stored)
        return self.emails.revision(email.id, email.published_revision) if same else None


class _CompiledDraft(Struct, frozen=True):
    """A draft, as far as it could be compiled."""

    faults: list[FieldError]
    translations: dict[str, Translation] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[FieldError, ...]:
        return tuple(told for translation in self.translations.values() for told in translation.warnings)

    def refuse(self) -> None:
        if self.faults:
            raise Rejected(self.faults)


def _revision(draft: EmailDraft, translations: Mapping[str, Translation], number: int, now: str) -> Revision:
    variables = [translation.variables for translation in translations.values()]
    contents = {language: translation.content for language, translation in translations.items()}
    return Revision(
        email_id=draft.email_id,
        number=number,
        name=draft.name,
        content=contents.pop(OWN),
        sender=draft.sender,
        reply_to=draft.reply_to,
        subscription=draft.subscription,
        published_at=now,
        track_opens=draft.track_opens,
        track_clicks=draft.track_clicks,
        language=draft.language,
        variants=contents,
        required_properties=contract.requires(variables),
        contract=contract.schema(variables),
    )


def _senders_faults(draft: EmailDraft, domain: str) -> list[FieldError]:
    if draft.sender.within(domain):
        return []
    return [
        FieldError(
            "from.replyTo", f"{draft.sender.email} is not on the connected domain {domain}", "UNCONNECTED_DOMAIN"
        )
    ]


def _revision_errors(translations: Mapping[str, Translation]) -> list[FieldError]:
    """Of what compiled by itself: it must be stored together, and render as it will be rendered."""
    size = len(json.dumps(contract.schema([one.variables for one in translations.values()]))) if translations else 0
    size += sum(len(part.encode()) for one in translations.values() for part in _part_texts(one.content))
    faults = [
        FieldError(_path(language), told)
        for language, one in translations.items()
        if (told := _unrenderable(one.content))
    ]
    if size > BODY_MAX:
        faults.append(
            FieldError("content", f"takes {size:,} bytes once compiled; {BODY_MAX:,} can be stored", "TOO_LARGE")
        )
    return faults


def _part_texts(content: EmailBody) -> tuple[str, str, str]:
    return content.subject, content.html, content.text


def _path(language: str) -> str:
    return f"content.translations.{language}" if language else "content"


def _unrenderable(content: EmailBody) -> str:
    try:
        rendering.check(content)
    except PermanentFailure as error:
        return error.reason
    return ""


def _content(revision: Revision) -> tuple[object, ...]:
    return tuple(
        getattr(revision, name) for name in Revision.__struct_fields__ if name not in {"number", "published_at"}
    )
