"""Edit emails: create them and change their drafts. Only publishing changes what is sent.

An email has one draft, and a document for each published revision. A change that names the version it was read at is refused if a
later one exists. A change without a version is applied to the latest, and overwrites no concurrent change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.emails.console_emails import author_scope
from functions.core.emails.email import DRAFT, LATEST, Email, EmailDocument, EmailDraft, Subcategory, copy_name
from functions.core.emails.email_document import Head, Starters, draft_of, head_of
from functions.core.emails.merge_patch import JSON, merged
from functions.core.errors import Conflict, NotFound
from functions.ports import Clock
from functions.ports.emails import Emails
from functions.steps.emails.check_document import check_depth, check_document, check_publishable
from functions.steps.emails.read_emails import EmailWithDocument, get_email, with_document
from functions.steps.sending import email_leases

ATTEMPTS = 5  # at a change that conflicts with concurrent ones

Done = TypeVar("Done")


class EmailEditor(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. `by` is the author's email address, `version` the one that they read, if any."""

    emails: Emails
    publish_draft: Callable[[EmailDraft, Email, EmailDocument], object]  # PublishEmail
    starters: Starters
    clock: Clock
    sleep: Callable[[float], None]
    new_number: Callable[[], int]  # an email's id: up to 2^53, JavaScript's largest whole number

    def create(
        self, document: JSON, by: Actor, email_id: int | None = None, cloned_from: int | None = None
    ) -> EmailWithDocument:
        """Creates an email with a new id, or with `email_id`. Raises Rejected, and Conflict if that id is taken."""
        written = check_document(document)
        if email_id is not None:
            email = replace(self._new(written, by), id=email_id)
            if not self.emails.save(email, self._document(email.id, written, by)):
                raise Conflict(f"there is an email {email_id} already")
            return _to_stored(email, written)
        for _ in range(ATTEMPTS):
            email = replace(self._new(written, by), cloned_from=cloned_from)
            if self.emails.save(email, self._document(email.id, written, by)):
                return _to_stored(email, written)
        raise Conflict("no new id was free: try again")

    def get(self, email_id: int, *, archived: bool = False) -> EmailWithDocument:
        """Returns the live document, or the draft if the email is not published. Raises NotFound."""
        email = self._get(email_id, archived=archived)
        return self._to_view(email, email.published_revision or DRAFT)

    def draft(self, email_id: int) -> EmailWithDocument:
        return self._to_view(self._get(email_id), DRAFT)

    def update(self, email_id: int, changes: JSON, by: Actor, version: int | None = None) -> EmailWithDocument:
        """Applies a merge patch to the draft. Raises Rejected, NotFound, Conflict."""
        check_depth(changes)
        return self._edit(email_id, lambda _, document: merged(document, changes), by, version)

    def replace_draft(self, email_id: int, document: JSON, by: Actor, version: int | None = None) -> EmailWithDocument:
        """Replaces the whole draft. Raises Rejected, NotFound, Conflict."""
        return self._edit(email_id, lambda *_: document, by, version)

    def discard_draft(self, email_id: int, by: Actor, version: int | None = None) -> EmailWithDocument:
        """Resets the draft to the latest published revision."""
        return self._edit(email_id, lambda email, _: self._revision(email, email.revisions).document, by, version)

    def restore_to_draft(self, email_id: int, number: int, by: Actor, version: int | None = None) -> EmailWithDocument:
        return self._edit(email_id, lambda email, _: self._revision(email, number).document, by, version)

    def publish(self, email_id: int, by: Actor, version: int | None = None, changes: JSON | None = None) -> None:
        """Publishes the draft with a merge patch. A refusal changes nothing, also not the draft. Raises Rejected with every error."""
        patch = changes or {}
        check_depth(patch)

        def source(email: Email) -> JSON:
            return check_document(merged(self._to_view(email, DRAFT).document, patch))

        self._publish(email_id, source, by, version)

    def restore(self, email_id: int, number: int, by: Actor, version: int | None = None) -> None:
        """Publishes an earlier revision again, under a new number. The draft becomes the same."""
        self._publish(email_id, lambda email: self._revision(email, number).document, by, version)

    def unpublish(self, email_id: int, by: Actor, version: int | None = None) -> None:
        """Stops accepting sends of the email. Accepted sends are delivered."""

        def unpublished(email: Email) -> Email:
            head = head_of(self._to_view(email, DRAFT).document)
            now = timestamps.iso(self.clock()) if email.published_revision else email.unpublished_at
            return replace(
                _with_metadata(email, head),
                published_revision=None,
                required_properties=(),
                images=(),
                unpublished_at=now,
            )

        self._change_head(lambda: self._editable(email_id, version), unpublished, by)

    def archive(self, email_id: int, by: Actor, version: int | None = None) -> None:
        """Removes the email from the lists, and stops accepting sends of it. Archiving is idempotent."""
        now = timestamps.iso(self.clock())
        self._change_head(
            lambda: self._archived_or_not(email_id, version),
            lambda email: replace(email, archived_at=email.archived_at or now),
            by,
        )

    def unarchive(self, email_id: int, by: Actor, version: int | None = None) -> EmailWithDocument:
        """Restores the email to the lists. It is published if it was before."""
        self._change_head(
            lambda: self._archived_or_not(email_id, version), lambda email: replace(email, archived_at=""), by
        )
        return self.get(email_id)

    def clone(self, email_id: int, name: str | None, language: str | None, by: Actor) -> EmailWithDocument:
        """Creates a new email with the same draft. `language` is the copy's, if it is another one."""
        document = self._to_view(self._editable(email_id), DRAFT).document
        copy = {**document, "name": name or copy_name(document["name"])}
        return self.create(copy | ({"language": language} if language else {}), by, cloned_from=email_id)

    def create_variation(self, email_id: int, name: str, by: Actor) -> EmailWithDocument:
        """Creates the B of an A/B test, as a copy of the A's draft."""

        def attempt(master: Email) -> EmailWithDocument | None:
            if master.ab_partner_id is not None:
                raise Conflict(f"email {email_id} has a variation already: {master.ab_partner_id}")
            document = check_document({**self._to_view(master, DRAFT).document, "name": name})
            variant = replace(self._new(document, by), ab_partner_id=master.id, ab_variant=True)
            written = self._document(master.id, document, by)
            saved = self.emails.save(variant, written, replace(master, ab_partner_id=variant.id))
            return _to_stored(variant, document) if saved else None

        return self._retry_on_conflict(lambda: self._editable(email_id), attempt)

    def variation(self, email_id: int) -> EmailWithDocument:
        """Returns the other email of an A/B test."""
        other = self._get(email_id).ab_partner_id
        if other is None:
            raise NotFound(f"email {email_id} has no variation: it is in no A/B test")
        return self.get(other)

    def revision(self, email_id: int, number: int) -> EmailWithDocument:
        return self._revision(self._get(email_id), number)

    def _publish(self, email_id: int, source: Callable[[Email], JSON], by: Actor, version: int | None = None) -> None:
        def attempt(email: Email) -> bool | None:
            document = source(email)
            check_publishable(document)
            draft = draft_of(email.id, document, self.starters)
            try:
                self.publish_draft(draft, email, self._document(email.id, document, by))
            except Conflict:  # a concurrent change was saved first
                return None
            return True

        self._retry_on_conflict(lambda: self._editable(email_id, version), attempt)

    def _edit(
        self, email_id: int, edit: Callable[[Email, JSON], JSON], by: Actor, version: int | None = None
    ) -> EmailWithDocument:
        def attempt(email: Email) -> EmailWithDocument | None:
            document = check_document(edit(email, self._to_view(email, DRAFT).document))
            changed = self._with_updated_by(
                email if email.published_revision else _with_metadata(email, head_of(document)), by
            )
            return (
                _to_stored(changed, document)
                if self.emails.save(changed, self._document(email.id, document, by))
                else None
            )

        return self._retry_on_conflict(lambda: self._editable(email_id, version), attempt)

    def _change_head(self, read: Callable[[], Email], change: Callable[[Email], Email], by: Actor) -> None:
        def attempt(email: Email) -> bool | None:
            changed = change(email)
            if changed != email and not self.emails.save(self._with_updated_by(changed, by)):
                return None
            email_leases.wait_until_over(email, self.sleep)
            return True

        self._retry_on_conflict(read, attempt)

    def _retry_on_conflict(self, read: Callable[[], Email], attempt: Callable[[Email], Done | None]) -> Done:
        """Reads the email and applies the change again after each conflict."""
        for _ in range(ATTEMPTS):
            email = read()
            if (done := attempt(email)) is not None:
                return done
        raise Conflict(f"email {email.id} is being changed by others just now: try again")

    def _get(self, email_id: int, *, archived: bool = False) -> Email:
        return get_email(self.emails, email_id, archived=archived)

    def _editable(self, email_id: int, version: int | None = None) -> Email:
        return _check_editable(self._get(email_id), version)

    def _archived_or_not(self, email_id: int, version: int | None = None) -> Email:
        email = self.emails.get(email_id, consistent=True)
        if email is None:
            raise NotFound(f"there is no email {email_id}")
        return _check_editable(email, version)

    def _revision(self, email: Email, number: int) -> EmailWithDocument:
        number = email.revisions if number == LATEST else number
        (document,) = self.emails.documents([(email.id, number)]) if number else [None]
        if document is None:
            raise NotFound(f"email {email.id} has no published revision {number or ''}".rstrip())
        return with_document(email, number, document)

    def _to_view(self, email: Email, number: int) -> EmailWithDocument:
        (document,) = self.emails.documents([(email.id, number)])
        return with_document(email, number, document)

    def _new(self, document: JSON, by: Actor) -> Email:
        head = head_of(document)
        email = Email(
            id=self.new_number(),
            name=head.name,
            subcategory=head.subcategory,
            subscription=head.subscription,
            campaign=head.campaign,
            created_at=timestamps.iso(self.clock()),
            created_by=by.name,
        )
        return self._with_updated_by(email, by)

    def _with_updated_by(self, email: Email, by: Actor) -> Email:
        by.require(author_scope(email.id))
        return replace(email, updated_at=timestamps.iso(self.clock()), updated_by=by.name)

    def _document(self, email_id: int, document: JSON, by: Actor) -> EmailDocument:
        """Raises Forbidden if the actor may not write the email."""
        by.require(author_scope(email_id))
        return EmailDocument(msgspec.json.encode(document).decode(), timestamps.iso(self.clock()), by.name)


def _check_editable(email: Email, version: int | None) -> Email:
    """Raises Conflict if the email belongs to an SMTP token, or if `version` is stale."""
    if email.subcategory is Subcategory.SMTP_TOKEN:
        raise Conflict(f"email {email.id} belongs to an SMTP token: change or delete the token instead")
    if version is not None and version != email.version:
        changed = f"changed by {email.updated_by or 'an unknown author'} at {email.updated_at}"
        raise Conflict(
            f"version {version} of email {email.id} is stale; the current one is {email.version}, {changed}: read it again, "
            "and apply the change to that"
        )
    return email


def _with_metadata(email: Email, head: Head) -> Email:
    return replace(
        email, name=head.name, subcategory=head.subcategory, subscription=head.subscription, campaign=head.campaign
    )


def _to_stored(email: Email, document: dict[str, Any]) -> EmailWithDocument:
    return EmailWithDocument(replace(email, version=email.version + 1), document)
