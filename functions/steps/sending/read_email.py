"""Read the email of a send. In a burst, a worker reads it a few times a second, however many sends it accepts.

The email is one item, and a partition has 3,000 read units a second: a read for each of 5,000 sends would take most of them. So a change
of an email, such as a publication, reaches a burst of its sends within a second. Any other send reads the email as it is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from functions.core.emails.email import Email
    from functions.ports import Clock
    from functions.ports.emails import Emails

READS = 5  # of one email by one worker within SECONDS: the sends beyond them are a burst
SECONDS = 1.0
EMAILS_MAX = 1000  # remembered by one worker: callers may name any number


class _RecentReads(Struct):
    """The reads of one email since a moment."""

    ends: float
    number: int = 0
    email: Email | None = None


class ReadEmail(Struct, frozen=True):
    """The step with its dependencies."""

    emails: Emails
    clock: Clock
    _recent: dict[int, _RecentReads] = field(default_factory=dict)

    def __call__(self, email_id: int) -> Email | None:
        reads = self._recent_reads(email_id)
        if reads.number < READS or reads.email is None:  # one that does not exist may be created at any moment
            reads.number += 1
            reads.email = self.emails.get(email_id)
        return reads.email

    def _recent_reads(self, email_id: int) -> _RecentReads:
        now = self.clock()
        reads = self._recent.get(email_id)
        if reads is None or now >= reads.ends:
            if len(self._recent) >= EMAILS_MAX:
                self._recent.clear()
            reads = self._recent[email_id] = _RecentReads(now + SECONDS)
        return reads
