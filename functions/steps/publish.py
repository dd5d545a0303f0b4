"""Publish: compile an email as far as it goes without a recipient, once, and make it the revision that is sent from now on."""

from __future__ import annotations

from dataclasses import dataclass

from functions.core import instants, rendering
from functions.core.compiling import compiled_html
from functions.core.email import Content, Draft, Email, Revision
from functions.core.errors import Fault, GiveUp, Rejected
from functions.ports import Clock, Emails

BODY_MAX = 350_000  # bytes of HTML and text: DynamoDB's item holds 400 KB


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The step with its dependencies."""

    domain: str  # the connected sending domain
    emails: Emails
    clock: Clock

    def __call__(self, draft: Draft) -> Revision:
        """Raises Rejected with every fault found. Publishing what is live already is no new revision."""
        live = self._live(draft.email_id)
        revision = _revision(draft, live.number + 1 if live else 1, instants.iso(self.clock()))
        _check(revision, self.domain)
        if live and _content(live) == _content(revision):
            return live
        email = Email(
            id=draft.email_id,
            name=draft.name,
            subcategory=draft.subcategory,
            subscription=draft.subscription,
            published_revision=revision.number,
        )
        self.emails.publish(email, revision)
        return revision

    def _live(self, email_id: int) -> Revision | None:
        email = self.emails.get(email_id)
        if email is None or email.published_revision is None:
            return None
        return self.emails.revision(email_id, email.published_revision)


def _revision(draft: Draft, number: int, now: str) -> Revision:
    return Revision(
        email_id=draft.email_id,
        number=number,
        name=draft.name,
        content=Content(draft.source.subject, compiled_html(draft.source.body), draft.source.text),
        sender=draft.sender,
        reply_to=draft.reply_to,
        subscription=draft.subscription,
        published_at=now,
        track_opens=draft.track_opens,
        track_clicks=draft.track_clicks,
    )


def _check(revision: Revision, domain: str) -> None:
    faults = []
    if not revision.content.subject.strip():
        faults.append(Fault("subject", "is empty: an email needs a subject"))
    if not revision.sender.within(domain):
        faults.append(Fault("from", f"{revision.sender.email} is not on the connected domain {domain}"))
    if (size := len(revision.content.html.encode()) + len(revision.content.text.encode())) > BODY_MAX:
        faults.append(Fault("content", f"takes {size:,} bytes once compiled; {BODY_MAX:,} can be stored"))
    try:
        rendering.compiled(revision)
    except GiveUp as error:
        faults.append(Fault("content", error.reason))
    if faults:
        raise Rejected(faults)


def _content(revision: Revision) -> tuple[object, ...]:
    return tuple(getattr(revision, name) for name in Revision.__slots__ if name not in {"number", "published_at"})
