"""Lease emails: a function that accepts many sends reads an email once in a fifth of a second, and not for each send.

A change of what may be sent waits until the leases from before it are over, and is answered then. So a pause or a publication that was
answered holds for each later request, in every function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from functions.core.emails.email import AUTOMATION, Email

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.emails import Emails

LEASE_SECONDS = 0.2
OVER_SECONDS = 0.25  # after a change, when all leases from before it are over: the clocks of AWS's machines run alike
LEASES_MAX = 256  # of a function, so that they take no memory


def wait_until_over(email: Email, sleep: Callable[[float], None]) -> None:
    """Waits before a change of this email is answered. Also one that finds nothing to change does: another person may have made the same
    change just now, and still waits. An email that was never published never had a lease.
    """
    if email.revisions:
        sleep(OVER_SECONDS)


class EmailLeases(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. Refusals have no lease: only an email that may be sent has one."""

    emails: Emails
    clock: Clock
    _leases: dict[int, tuple[float, Email]] = field(default_factory=dict)  # by email id, with the time of the read

    def get(self, email_id: int) -> Email | None:
        now = self.clock()
        began, email = self._leases.get(email_id, (0.0, None))
        if email and 0 <= now - began < LEASE_SECONDS:  # a clock that was set back ends it, too
            return email
        email = self.emails.get(email_id, consistent=True)
        if email and email.sendable_as(AUTOMATION) and not email.is_paused:
            self._lease(now, email)
        return email

    def _lease(self, now: float, email: Email) -> None:
        if len(self._leases) >= LEASES_MAX:
            self._leases.clear()
        self._leases[email.id] = now, email
