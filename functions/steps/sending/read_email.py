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


class _Second(Struct):
    """The reads of one email since a moment."""

    ends: float
    reads: int = 0
    email: Email | None = None


class ReadEmail(Struct, frozen=True):
    """The step with its dependencies."""

    emails: Emails
    clock: Clock
    _seconds: dict[int, _Second] = field(default_factory=dict)

    def __call__(self, email_id: int) -> Email | None:
        second = self._second(email_id)
        if second.reads < READS or second.email is None:  # one that does not exist may be created at any moment
            second.reads += 1
            second.email = self.emails.get(email_id)
        return second.email

    def _second(self, email_id: int) -> _Second:
        now = self.clock()
        second = self._seconds.get(email_id)
        if second is None or now >= second.ends:
            if len(self._seconds) >= EMAILS_MAX:
                self._seconds.clear()
            second = self._seconds[email_id] = _Second(now + SECONDS)
        return second
