"""Emails: their heads, revisions and documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from functions.core.emails.email import Email, EmailDocument, EmailDraft, Revision
    from functions.core.emails.images import Image
    from functions.core.emails.presence import OpenEditor


class Emails(Protocol):
    """Every change of an email is conditional on the version that was read."""

    def get(self, email_id: int, *, consistent: bool = False) -> Email | None:
        """Unless `consistent`, the email may be a moment out of date, for half the price."""

    def heads(self, email_ids: Sequence[int]) -> list[Email]:
        """Returns the existing emails among these, in no order. May be a moment out of date."""

    def all(self) -> list[Email]:
        """Returns the listed emails, archived ones included, the oldest first. May be a moment out of date."""

    def revision(self, email_id: int, number: int) -> Revision:
        """Raises LookupError for an unknown revision: a revision that a send names was always published."""

    def documents(self, revisions: Sequence[tuple[int, int]]) -> list[EmailDocument | None]:
        """Returns the document of each (email id, revision), or None if it does not exist. Revision 0 is the draft."""

    def save(self, email: Email, draft: EmailDocument | None = None, partner: Email | None = None) -> bool:
        """Writes all or nothing. Version 0 creates the email. Returns False on a version conflict (email or A/B partner)."""

    def publish(self, email: Email, revision: Revision, document: EmailDocument, *, retain_draft: bool = False) -> None:
        """Stores the revision and the document it was compiled from, and makes the revision live. The document becomes the draft too,
        unless the email keeps its own. Publishing the same again changes nothing. Its images get the email's id, so none can be deleted
        meanwhile. Raises Conflict on a version conflict, and if one of its images has been deleted.
        """


class BundledStarter(Protocol):
    @property
    def draft(self) -> EmailDraft: ...

    @property
    def description(self) -> str: ...


class Images(Protocol):
    """Uploaded images. A mail's link reads the content from the CDN."""

    def get(self, name: str) -> Image | None: ...

    def existing(self, names: Sequence[str]) -> frozenset[str]:
        """Returns those of these names that are stored, and are not being deleted."""

    def put(self, image: Image, octets: bytes) -> bool:
        """Stores the content first, so each image that is listed can be read. Returns False if the image is not as it was read."""

    def delete(self, image: Image) -> bool:
        """Returns False if the image is not as it was read: an email that uses it was published meanwhile. An interrupted deletion can be
        repeated. Copies in caches stay for their time.
        """

    def page(self, after: str, limit: int) -> list[Image]:
        """Returns at most `limit` images after a cursor, the newest first. May be a moment out of date."""

    def url(self, name: str) -> str: ...


class Presence(Protocol):
    """The editors of emails that are open. Storage deletes a report some time after it is out of date."""

    def report(self, email_id: int, editing: OpenEditor) -> None: ...

    def editing(self, email_id: int) -> list[OpenEditor]:
        """Returns the latest report of each editor, old ones included."""
