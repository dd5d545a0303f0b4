"""Read emails with their documents. A page of a list reads only its own documents, and at most as many as a response can hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.core.emails.email import DRAFT, Email, EmailDocument
from functions.core.emails.email_listing import Filter, listing
from functions.core.errors import NotFound
from functions.ports.emails import Emails

PAGE_BYTES = 4_000_000  # of documents: Lambda's response holds 6 MB
BATCH = 20  # documents that are read at once


class EmailWithDocument(Struct, frozen=True):
    email: Email
    document: dict[str, Any]
    revision: int = DRAFT
    at: str = ""  # when the revision was published
    by: str = ""  # its publisher's email address


class EmailPage(Struct, frozen=True):
    total: int
    emails: list[EmailWithDocument]
    more: bool  # whether another page follows


class ReadEmails(Struct, frozen=True):
    """The steps with their dependencies. A page has fewer than `limit` emails if their documents are large."""

    emails: Emails

    def __call__(self, filter_: Filter, *, sorts: Sequence[str], after: int | None, limit: int) -> EmailPage:
        """`after` is the id of the last email of the page before. Raises LookupError if that email is not in the list."""
        listed = listing(self.emails.all(), filter_, sorts, after)
        page = self._page([(email, email.published_revision or DRAFT) for email in listed.emails[:limit]])
        return EmailPage(listed.total, page, len(page) < len(listed.emails))

    def revisions(self, email_id: int, *, after: int | None, before: int | None, limit: int) -> EmailPage:
        """Lists the revisions between two numbers, the latest first. Raises NotFound."""
        email = get_email(self.emails, email_id)
        latest = email.revisions if after is None else min(after - 1, email.revisions)
        numbers = range(latest, before or 0, -1)
        page = self._page([(email, number) for number in numbers[:limit]])
        return EmailPage(email.revisions, page, len(page) < len(numbers))

    def _page(self, revisions: Sequence[tuple[Email, int]]) -> list[EmailWithDocument]:
        page: list[EmailWithDocument] = []
        size = 0
        for start in range(0, len(revisions), BATCH):
            batch = revisions[start : start + BATCH]
            documents = self.emails.documents([(email.id, number) for email, number in batch])
            for (email, number), document in zip(batch, documents, strict=True):
                size += len(document.text.encode()) if document else 0
                if size > PAGE_BYTES and page:
                    return page
                page.append(with_document(email, number, document))
        return page


def get_email(emails: Emails, email_id: int, *, archived: bool = False) -> Email:
    """Reads the latest version of an email. Raises NotFound."""
    email = emails.get(email_id, consistent=True)
    if email is None:
        raise NotFound(f"there is no email {email_id}")
    if email.archived_at and not archived:
        raise NotFound(
            f"email {email_id} was archived at {email.archived_at}: restore it first (`archived` is false then)"
        )
    if archived and not email.archived_at:
        raise NotFound(f"email {email_id} is not archived")
    return email


def with_document(email: Email, number: int, document: EmailDocument | None) -> EmailWithDocument:
    """Joins an email and its document. The email of an SMTP token has no document."""
    if document is None:
        return EmailWithDocument(
            email, {"name": email.name, "subscriptionDetails": {"subscriptionId": email.subscription}}
        )
    draft = EmailWithDocument(email, msgspec.json.decode(document.text))
    return draft if number == DRAFT else replace(draft, revision=number, at=document.at, by=document.by)
