"""Pause: stop an email, or all mail that is not transactional, and resume it. Steps.heed is what obeys."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.audit import AuditAction
from functions.core.emails.email import Email
from functions.core.emails.pause import Pause
from functions.core.errors import Conflict, NotFound
from functions.ports import Clock
from functions.ports.account import AccountPause
from functions.ports.emails import Emails
from functions.steps.access.audit import AuditLog

TRIES = 5  # against others who write the same

_Change = Callable[[Pause | None], Pause | None]


class PauseSending(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. `email_id` None means all mail that is not transactional. Raises NotFound for an unknown email."""

    emails: Emails
    account: AccountPause
    audit: AuditLog
    clock: Clock

    def pause(self, email_id: int | None, reason: str, by: str, key_id: str = "") -> Pause:
        """As it then stands: an earlier pause that stands is kept."""
        new = Pause(timestamps.iso(self.clock()), by, reason)
        known, after = self._changed(email_id, lambda known: known if known and known.is_active else new)
        if after != known:
            self.audit(AuditAction.SENDING_PAUSED, by, _subject(email_id), key_id=key_id, reason=reason)
        return after or new

    def resume(self, email_id: int | None, by: str, key_id: str = "") -> Pause | None:
        """As it then is; None where it never was paused."""
        now = timestamps.iso(self.clock())
        known, after = self._changed(email_id, lambda known: known and known.resumed(now, by))
        if after != known:
            self.audit(AuditAction.SENDING_RESUMED, by, _subject(email_id), key_id=key_id)
        return after

    def _changed(self, email_id: int | None, change: _Change) -> tuple[Pause | None, Pause | None]:
        """As it was, and as it is."""
        for _ in range(TRIES):
            email = None if email_id is None else self._email(email_id)
            known = email.pause if email else self.account.get()
            after = change(known)
            if after is None or after == known or self._saved(email, known, after):
                return known, after
        raise Conflict("others change the same in this moment: try again")

    def _email(self, email_id: int) -> Email:
        email = self.emails.get(email_id, consistent=True)
        if email is None:
            raise NotFound(f"there is no email {email_id}")
        return email

    def _saved(self, email: Email | None, known: Pause | None, after: Pause) -> bool:
        return self.emails.save(replace(email, pause=after)) if email else self.account.compare_and_set(known, after)


def _subject(email_id: int | None) -> str:
    return "all mail that is not transactional" if email_id is None else f"email {email_id}"
