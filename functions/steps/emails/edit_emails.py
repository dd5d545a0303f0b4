"""Author: make emails and change what will be published next. What is sent changes by publishing alone.

An email has one draft, and a document for each revision that was published of it. Whoever names the version that they read is refused
where it is not the latest any more; whoever names none has their change applied to the latest, and undoes nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.emails.email import DRAFT, Email, EmailDocument, EmailDraft, Subcategory
from functions.core.emails.email_document import NAME_MAX, Head, Starters, draft_of, head_of
from functions.core.emails.merge_patch import DEPTH_MAX, JSON, merged, too_deep
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.ports import Clock
from functions.ports.emails import Emails
from functions.steps.emails.read_emails import EmailWithDocument, get_email, with_document

DOCUMENT_MAX = 390_000  # bytes of JSON: DynamoDB's item holds 400 KB
COPY = " (copy)"  # after the name of what was cloned
TRIES = 5  # to change what others change at the same time

# What the service tells and an author does not write: whoever sends back what they read changes nothing by it.
OURS = frozenset(
    [
        "archived",
        "createdAt",
        "createdById",
        "deletedAt",
        "id",
        "isPublished",
        "isTransactional",
        "publishedAt",
        "publishedById",
        "state",
        "stats",
        "type",
        "updatedAt",
        "updatedById",
        "version",
        "workflowNames",
    ]
)

Done = TypeVar("Done")


class EmailEditor(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. `by` is the address of whoever asks; `version` the one they read, if they say."""

    emails: Emails
    publish_draft: Callable[[EmailDraft, Email, EmailDocument], object]  # steps.publish
    starters: Starters
    clock: Clock
    new_number: Callable[[], int]  # for an email's id: up to 2^53, which is as far as JavaScript counts

    def create(self, document: JSON, by: str, email_id: int | None = None) -> EmailWithDocument:
        """Under a new id, or the given one: then it raises Conflict where that is another's. Raises Rejected."""
        written = _checked(document)
        if email_id is not None:
            email = replace(self._new(written, by), id=email_id)
            if not self.emails.save(email, self._document(written, by)):
                raise Conflict(f"there is an email {email_id} already")
            return _to_stored(email, written)
        for _ in range(TRIES):
            email = self._new(written, by)
            if self.emails.save(email, self._document(written, by)):
                return _to_stored(email, written)
        raise Conflict("no new id was free: try again")

    def get(self, email_id: int, *, archived: bool = False) -> EmailWithDocument:
        """The live document, or the draft of an email that is not published. Raises NotFound."""
        email = self._found(email_id, archived=archived)
        return self._to_view(email, email.published_revision or DRAFT)

    def draft(self, email_id: int) -> EmailWithDocument:
        return self._to_view(self._found(email_id), DRAFT)

    def update(self, email_id: int, changes: JSON, by: str, version: int | None = None) -> EmailWithDocument:
        """A merge patch of the draft. Raises Rejected, NotFound, Conflict."""
        _refuse_depth(changes)
        return self._edit(email_id, lambda _, document: merged(document, changes), by, version)

    def replace_draft(self, email_id: int, document: JSON, by: str, version: int | None = None) -> EmailWithDocument:
        """The whole draft. Raises Rejected, NotFound, Conflict."""
        return self._edit(email_id, lambda *_: document, by, version)

    def discard_draft(self, email_id: int, by: str, version: int | None = None) -> EmailWithDocument:
        """The draft becomes what was published last."""
        return self._edit(email_id, lambda email, _: self._revision(email, email.revisions).document, by, version)

    def restore_to_draft(self, email_id: int, number: int, by: str, version: int | None = None) -> EmailWithDocument:
        return self._edit(email_id, lambda email, _: self._revision(email, number).document, by, version)

    def publish(self, email_id: int, by: str, version: int | None = None) -> None:
        """Raises Rejected with all that stands against it."""
        self._publish(email_id, lambda email: self._to_view(email, DRAFT).document, by, version)

    def restore(self, email_id: int, number: int, by: str, version: int | None = None) -> None:
        """Publish an earlier revision anew, under a number of its own. The draft becomes the same."""
        self._publish(email_id, lambda email: self._revision(email, number).document, by, version)

    def unpublish(self, email_id: int, by: str, version: int | None = None) -> None:
        """No send is accepted any more; what was accepted goes out."""

        def unpublished(email: Email) -> Email:
            head = head_of(self._to_view(email, DRAFT).document)
            return replace(_with_metadata(email, head), published_revision=None, required_properties=())

        self._change_head(lambda: self._editable(email_id, version), unpublished, by)

    def archive(self, email_id: int, by: str, version: int | None = None) -> None:
        """Out of the lists, and sent no more. Archived already, it stays so."""
        now = timestamps.iso(self.clock())
        self._change_head(
            lambda: self._known(email_id, version),
            lambda email: replace(email, archived_at=email.archived_at or now),
            by,
        )

    def unarchive(self, email_id: int, by: str, version: int | None = None) -> EmailWithDocument:
        """As it was before, published where it was."""
        self._change_head(lambda: self._known(email_id, version), lambda email: replace(email, archived_at=""), by)
        return self.get(email_id)

    def clone(self, email_id: int, name: str | None, by: str) -> EmailWithDocument:
        """A new email with the same draft."""
        document = self._to_view(self._editable(email_id), DRAFT).document
        return self.create({**document, "name": name or document["name"][: NAME_MAX - len(COPY)] + COPY}, by)

    def create_variation(self, email_id: int, name: str, by: str) -> EmailWithDocument:
        """The B of an A/B test, which begins as a copy of the A's draft."""

        def attempt(master: Email) -> EmailWithDocument | None:
            if master.ab_partner_id is not None:
                raise Conflict(f"email {email_id} has a variation already: {master.ab_partner_id}")
            document = _checked({**self._to_view(master, DRAFT).document, "name": name})
            variant = replace(self._new(document, by), ab_partner_id=master.id, ab_variant=True)
            saved = self.emails.save(variant, self._document(document, by), replace(master, ab_partner_id=variant.id))
            return _to_stored(variant, document) if saved else None

        return self._retry_on_conflict(lambda: self._editable(email_id), attempt)

    def variation(self, email_id: int) -> EmailWithDocument:
        """The other email of its A/B test."""
        other = self._found(email_id).ab_partner_id
        if other is None:
            raise NotFound(f"email {email_id} has no variation: it is in no A/B test")
        return self.get(other)

    def revision(self, email_id: int, number: int) -> EmailWithDocument:
        return self._revision(self._found(email_id), number)

    def _publish(self, email_id: int, source: Callable[[Email], JSON], by: str, version: int | None = None) -> None:
        def attempt(email: Email) -> bool | None:
            document = source(email)
            _refuse_lists(document)
            draft = draft_of(email.id, document, self.starters)
            try:
                self.publish_draft(draft, email, self._document(document, by))
            except Conflict:  # somebody was quicker
                return None
            return True

        self._retry_on_conflict(lambda: self._editable(email_id, version), attempt)

    def _edit(
        self, email_id: int, edit: Callable[[Email, JSON], JSON], by: str, version: int | None = None
    ) -> EmailWithDocument:
        def attempt(email: Email) -> EmailWithDocument | None:
            document = _checked(edit(email, self._to_view(email, DRAFT).document))
            changed = self._with_updated_by(
                email if email.published_revision else _with_metadata(email, head_of(document)), by
            )
            return _to_stored(changed, document) if self.emails.save(changed, self._document(document, by)) else None

        return self._retry_on_conflict(lambda: self._editable(email_id, version), attempt)

    def _change_head(self, read: Callable[[], Email], change: Callable[[Email], Email], by: str) -> None:
        def attempt(email: Email) -> bool | None:
            changed = change(email)
            return True if changed == email else self.emails.save(self._with_updated_by(changed, by)) or None

        self._retry_on_conflict(read, attempt)

    def _retry_on_conflict(self, read: Callable[[], Email], attempt: Callable[[Email], Done | None]) -> Done:
        """Read and try anew for as long as somebody else is quicker."""
        for _ in range(TRIES):
            email = read()
            if (done := attempt(email)) is not None:
                return done
        raise Conflict(f"email {email.id} is being changed by others just now: try again")

    def _found(self, email_id: int, *, archived: bool = False) -> Email:
        return get_email(self.emails, email_id, archived=archived)

    def _editable(self, email_id: int, version: int | None = None) -> Email:
        return _check_editable(self._found(email_id), version)

    def _known(self, email_id: int, version: int | None = None) -> Email:
        """Archived or not."""
        email = self.emails.get(email_id, consistent=True)
        if email is None:
            raise NotFound(f"there is no email {email_id}")
        return _check_editable(email, version)

    def _revision(self, email: Email, number: int) -> EmailWithDocument:
        (document,) = self.emails.documents([(email.id, number)]) if number else [None]
        if document is None:
            raise NotFound(f"email {email.id} has no published revision {number or ''}".rstrip())
        return with_document(email, number, document)

    def _to_view(self, email: Email, number: int) -> EmailWithDocument:
        (document,) = self.emails.documents([(email.id, number)])
        return with_document(email, number, document)

    def _new(self, document: JSON, by: str) -> Email:
        head = head_of(document)
        email = Email(
            id=self.new_number(),
            name=head.name,
            subcategory=head.subcategory,
            subscription=head.subscription,
            campaign=head.campaign,
            created_at=timestamps.iso(self.clock()),
            created_by=by,
        )
        return self._with_updated_by(email, by)

    def _with_updated_by(self, email: Email, by: str) -> Email:
        return replace(email, updated_at=timestamps.iso(self.clock()), updated_by=by)

    def _document(self, document: JSON, by: str) -> EmailDocument:
        return EmailDocument(msgspec.json.encode(document).decode(), timestamps.iso(self.clock()), by)


def _checked(document: JSON) -> dict[str, Any]:
    """What is stored of what an author gave. Raises Rejected."""
    _refuse_depth(document)
    kept = {name: value for name, value in document.items() if name not in OURS and value is not None}
    head_of(kept)
    if (size := len(msgspec.json.encode(kept))) > DOCUMENT_MAX:
        raise Rejected(
            [FieldError("body", f"the email takes {size:,} bytes as JSON; {DOCUMENT_MAX:,} can be stored", "TOO_LARGE")]
        )
    return kept


def _refuse_depth(document: JSON) -> None:
    if too_deep(document):
        raise Rejected([FieldError("body", f"is nested deeper than {DEPTH_MAX} levels")])


def _refuse_lists(document: JSON) -> None:
    if document.get("subcategory") == Subcategory.BATCH and document.get("sendOnPublish"):
        told = "sending to lists is not offered: publish with false, which sends nothing, or make it a single_send_api email"
        raise Rejected([FieldError("sendOnPublish", told, "UNSUPPORTED")])


def _check_editable(email: Email, version: int | None) -> Email:
    """Raises Conflict where it is not for authors to change, or not from the version that they read."""
    if email.subcategory is Subcategory.SMTP_TOKEN:
        raise Conflict(f"email {email.id} comes with an SMTP token, and is changed and ended as that token alone")
    if version is not None and version != email.version:
        raise Conflict(
            f"email {email.id} is at version {email.version}, changed by {email.updated_by or 'somebody'} at {email.updated_at}, and this "
            f"is a change of version {version}: read it again, and apply the change to that"
        )
    return email


def _with_metadata(email: Email, head: Head) -> Email:
    return replace(
        email, name=head.name, subcategory=head.subcategory, subscription=head.subscription, campaign=head.campaign
    )


def _to_stored(email: Email, document: dict[str, Any]) -> EmailWithDocument:
    return EmailWithDocument(replace(email, version=email.version + 1), document)
