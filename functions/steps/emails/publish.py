"""Publish: compile an email as far as it goes without a recipient, once, and make it the revision that is sent from now on."""

from __future__ import annotations

import json
from collections.abc import Mapping

from msgspec import Struct, field

from functions.core import timestamps
from functions.core.contacts import consent
from functions.core.emails.email import DRAFT, Content, Document, Draft, Email, Revision, begun, published
from functions.core.emails.email_document import written
from functions.core.errors import Fault, GiveUp, Rejected
from functions.core.templates import contract, rendering
from functions.core.templates.layouts import Find
from functions.core.templates.translation import Translation, translated
from functions.ports import Clock
from functions.ports.contacts import SubscriptionTypes
from functions.ports.emails import Emails

BODY_MAX = 350_000  # bytes of a revision, in all languages: DynamoDB's item holds 400 KB
OWN = ""  # in place of a language: the email's own


class Published(Struct, frozen=True):
    revision: Revision
    warnings: tuple[Fault, ...]


class Checked(Struct, frozen=True):
    """What publishing a draft would say. The warnings are of what can be compiled."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


class Publication(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    domain: str  # the connected sending domain
    emails: Emails
    subscription_types: SubscriptionTypes
    partial: Find
    clock: Clock

    def __call__(self, draft: Draft, *, email: Email | None = None, document: Document | None = None) -> Published:
        """`email` and `document` are what the draft was read from. Raises Rejected with every fault found, and Conflict where the email was
        changed since it was read. Publishing what is live already is no new revision.
        """
        now = timestamps.iso(self.clock())
        known = email or self.emails.get(draft.email_id, consistent=True) or begun(draft, now)
        source = document or Document(json.dumps(written(draft)), now, "")
        made = self._made(draft)
        made.refuse()
        revision = _revision(draft, made.translations, known.revisions + 1, now)
        live = self._live(known, source)
        if live and _content(live) == _content(revision):
            return Published(live, made.warnings)
        self.emails.publish(published(known, draft, revision, source.by), revision, source)
        return Published(revision, made.warnings)

    def compiled(self, draft: Draft, *, sendable: bool) -> Revision:
        """What would be published, under no number, and stored nowhere. Raises Rejected; for its sender only where it should be sendable."""
        made = self._made(draft, sendable=sendable)
        made.refuse()
        return _revision(draft, made.translations, 0, timestamps.iso(self.clock()))

    def check(self, draft: Draft) -> Checked:
        """Publishes nothing."""
        made = self._made(draft)
        return Checked(tuple(made.faults), made.warnings)

    def _made(self, draft: Draft, *, sendable: bool = True) -> _Made:
        made = _Made([*_senders_faults(draft, self.domain), *self._types_faults(draft)] if sendable else [])
        for language, source in {OWN: draft.source, **draft.variants}.items():
            try:
                made.translations[language] = translated(
                    source, self.partial, language=language, unsubscribable=not draft.transactional
                )
            except Rejected as error:
                made.faults.extend(error.faults)
        made.faults.extend(_whole_faults(made.translations))
        return made

    def _types_faults(self, draft: Draft) -> list[Fault]:
        known = self.subscription_types.get(draft.subscription) if not draft.transactional else None
        refusal = consent.type_refusal(draft.subscription, known)
        return [Fault("subscriptionDetails.subscriptionId", refusal.reason, "UNKNOWN_SUBSCRIPTION")] if refusal else []

    def _live(self, email: Email, source: Document) -> Revision | None:
        """The revision that is live, where it was made from the same document, and the draft is that too."""
        if email.published_revision is None or email.archived_at:
            return None
        wanted = json.loads(source.text)
        stored = self.emails.documents([(email.id, number) for number in (email.published_revision, DRAFT)])
        same = all(document is not None and json.loads(document.text) == wanted for document in stored)
        return self.emails.revision(email.id, email.published_revision) if same else None


class _Made(Struct, frozen=True):
    """A draft, as far as it could be compiled."""

    faults: list[Fault]
    translations: dict[str, Translation] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return tuple(told for translation in self.translations.values() for told in translation.warnings)

    def refuse(self) -> None:
        if self.faults:
            raise Rejected(self.faults)


def _revision(draft: Draft, translations: Mapping[str, Translation], number: int, now: str) -> Revision:
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
        requires=contract.requires(variables),
        contract=contract.schema(variables),
    )


def _senders_faults(draft: Draft, domain: str) -> list[Fault]:
    if draft.sender.within(domain):
        return []
    return [
        Fault("from.replyTo", f"{draft.sender.email} is not on the connected domain {domain}", "UNCONNECTED_DOMAIN")
    ]


def _whole_faults(translations: Mapping[str, Translation]) -> list[Fault]:
    """Of what compiled by itself: it must be stored together, and render as it will be rendered."""
    size = len(json.dumps(contract.schema([one.variables for one in translations.values()]))) if translations else 0
    size += sum(len(part.encode()) for one in translations.values() for part in _parts(one.content))
    faults = [
        Fault(_place(language), told) for language, one in translations.items() if (told := _unrenderable(one.content))
    ]
    if size > BODY_MAX:
        faults.append(Fault("content", f"takes {size:,} bytes once compiled; {BODY_MAX:,} can be stored", "TOO_LARGE"))
    return faults


def _parts(content: Content) -> tuple[str, str, str]:
    return content.subject, content.html, content.text


def _place(language: str) -> str:
    return f"content.translations.{language}" if language else "content"


def _unrenderable(content: Content) -> str:
    try:
        rendering.check(content)
    except GiveUp as error:
        return error.reason
    return ""


def _content(revision: Revision) -> tuple[object, ...]:
    return tuple(
        getattr(revision, name) for name in Revision.__struct_fields__ if name not in {"number", "published_at"}
    )
