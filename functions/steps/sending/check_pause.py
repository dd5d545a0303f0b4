"""Check whether a pause blocks a send."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from functions.core.contacts.subscriptions import consent
from functions.core.emails.email import TRANSACTIONAL, Email
from functions.core.emails.pause import Pause
from functions.core.outcomes import Refusal

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.emails import Emails

CACHE_SECONDS = 30  # a pause takes effect everywhere within this time


class CheckPause(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. For transactional mail it costs no call."""

    emails: Emails
    account: Callable[[], Pause | None]
    clock: Clock
    _cached: dict[int, tuple[float, Pause | None]] = field(default_factory=dict)  # by email id; the account's by 0

    def check_on_accept(self, email: Email) -> Refusal | None:
        """Returns why a send of this email is refused, or None. The caller has just read the email."""
        return consent.pause_refusal(email.id, email.pause) or self._account(email.subscription)

    def check_on_delivery(self, email_id: int, subscription: str) -> Refusal | None:
        """Returns why an accepted send is refused, or None. Transactional mail is sent even if its email was unpublished."""
        if subscription == TRANSACTIONAL:
            return None
        of_email = self._cache(email_id, lambda: _pause_of(self.emails.get(email_id)))
        return consent.pause_refusal(email_id, of_email) or self._account(subscription)

    def _account(self, subscription: str) -> Refusal | None:
        return None if subscription == TRANSACTIONAL else consent.account_pause_refusal(self._cache(0, self.account))

    def _cache(self, key: int, read: Callable[[], Pause | None]) -> Pause | None:
        until, pause = self._cached.get(key, (0.0, None))
        if until <= self.clock():
            pause = read()
            self._cached[key] = (self.clock() + CACHE_SECONDS, pause)
        return pause


def _pause_of(email: Email | None) -> Pause | None:
    return email.pause if email else None
