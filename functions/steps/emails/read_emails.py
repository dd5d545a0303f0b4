"""Read emails with their documents. Of a list of emails, or of the revisions of one, the documents of one page alone are read, and no more than an answer can hold."""

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

PAGE_BYTES = 4_000_000  # of documents: Lambda answers with 6 MB at most
BATCH = 20  # documents that are read at once


class EmailWithDocument(Struct, frozen=True):
    email: Email
    document: dict[str, Any]
    revision: int = DRAFT
    at: str = ""  # when the revision was published, and by whom
    by: str = ""


class EmailPage(Struct, frozen=True):
    total: int
    shown: list[EmailWithDocument]
    more: bool  # whether another page follows


class ReadEmails(Struct, frozen=True):
    """The steps with their dependencies. A page has fewer than `limit` where their documents are large."""

    emails: Emails

    def __call__(self, wanted: Filter, *, sorts: Sequence[str], after: int | None, limit: int) -> EmailPage:
        """`after`: the id of the last email of the page before. Raises LookupError where it names none."""
        listed = listing(self.emails.all(), wanted, sorts, after)
        page = self._page([(email, email.published_revision or DRAFT) for email in listed.emails[:limit]])
        return EmailPage(listed.total, page, len(page) < len(listed.emails))

    def revisions(self, email_id: int, *, after: int | None, before: int | None, limit: int) -> EmailPage:
        """The latest first: those that come after the one number and before the other. Raises NotFound."""
        email = get_email(self.emails, email_id)
        latest = email.revisions if after is None else min(after - 1, email.revisions)
        numbers = range(latest, before or 0, -1)
        page = self._page([(email, number) for number in numbers[:limit]])
        return EmailPage(email.revisions, page, len(page) < len(numbers))

    def _page(self, wanted: Sequence[tuple[Email, int]]) -> list[EmailWithDocument]:
        page: list[EmailWithDocument] = []
        size = 0
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            documents = self.emails.documents([(email.id, number) for email, number in batch])
            for (email, number), document in zip(batch, documents, strict=True):
                size += len(document.text.encode()) if document else 0
                if size > PAGE_BYTES and page:
                    return page
                page.append(with_document(email, number, document))
        return page


def get_email(emails: Emails, email_id: int, *, archived: bool = False) -> Email:
    """As it is now. Raises NotFound."""
    email = emails.get(email_id, consistent=True)
    if email is None:
        raise NotFound(f"there is no email {email_id}")
    if email.archived_at and not archived:
        raise NotFound(
            f"email {email_id} was archived at {email.archived_at}: a PATCH of `archived` to false brings it back"
        )
    if archived and not email.archived_at:
        raise NotFound(f"email {email_id} is not archived")
    return email


def with_document(email: Email, number: int, document: EmailDocument | None) -> EmailWithDocument:
    """An email without an author, an SMTP token's, has no document."""
    if document is None:
        return EmailWithDocument(
            email, {"name": email.name, "subscriptionDetails": {"subscriptionId": email.subscription}}
        )
    told = EmailWithDocument(email, msgspec.json.decode(document.text))
    return told if number == DRAFT else replace(told, revision=number, at=document.at, by=document.by)
