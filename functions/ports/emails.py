"""Emails, and what they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from functions.core.emails.email import Email, EmailDocument, Revision


class Emails(Protocol):
    """Every change of an email is made to the version that was read: where somebody was quicker, nothing is changed."""

    def get(self, email_id: int, *, consistent: bool = False) -> Email | None:
        """Unless `consistent`, what it was a moment ago, for half the price."""

    def all(self) -> list[Email]:
        """Those that are listed, archived ones too, the oldest first; a change may show a moment late."""

    def revision(self, email_id: int, number: int) -> Revision:
        """Raises LookupError: a revision that a send names has always been published."""

    def documents(self, wanted: Sequence[tuple[int, int]]) -> list[EmailDocument | None]:
        """Of each email id the document of a revision, or of revision 0: the draft. None where there is none (yet)."""

    def save(self, email: Email, draft: EmailDocument | None = None, partner: Email | None = None) -> bool:
        """All of it or nothing; version 0 makes a new email. False where the email, or its partner, is not as it was read (any more)."""

    def publish(self, email: Email, revision: Revision, document: EmailDocument) -> None:
        """Store the revision with what it was made from, which becomes the draft too, and make it the email's live one. The same again is
        no harm. Raises Conflict where somebody was quicker.
        """


class Partials(Protocol):
    """Texts that emails share, by name."""

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, text: str) -> None: ...

    def delete(self, name: str) -> bool:
        """False where there was none."""

    def names(self) -> list[str]:
        """In the alphabet's order."""
