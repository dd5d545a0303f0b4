"""Pause an email or all marketing mail, and resume it. While paused, sends are rejected, not queued: see sending.check_pause."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT
from functions.core.emails.email import Email
from functions.core.emails.pause import DEFAULT_REASON, Pause
from functions.core.errors import Conflict, NotFound
from functions.ports import Clock
from functions.ports.account import AccountPause
from functions.ports.emails import Emails
from functions.steps.access.audit import AuditLog
from functions.steps.sending import email_leases

ATTEMPTS = 5  # at a change that conflicts with concurrent ones

_Change = Callable[[Pause | None], Pause | None]


class PauseSending(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. `email_id` None means all marketing mail. Each raises NotFound for an unknown email."""

    emails: Emails
    account: AccountPause
    audit: AuditLog
    clock: Clock
    sleep: Callable[[float], None]

    def pause(self, email_id: int | None, reason: str, by: Actor) -> Pause:
        """Returns the active pause: an earlier one stays in force."""
        by.require(ACCOUNT)
        reason = reason or DEFAULT_REASON
        new = Pause(timestamps.iso(self.clock()), by.name, reason)
        before, after = self._change(email_id, lambda pause: pause if pause and pause.is_active else new)
        if after != before:
            self.audit(AuditAction.SENDING_PAUSED, by, _subject(email_id), reason=reason)
        if email_id is not None:
            email_leases.wait_until_over(self._email(email_id), self.sleep)
        return after or new

    def resume(self, email_id: int | None, by: Actor) -> Pause | None:
        """Returns the ended pause, or None if there never was one."""
        by.require(ACCOUNT)
        now = timestamps.iso(self.clock())
        before, after = self._change(email_id, lambda pause: pause and pause.resumed(now, by.name))
        if after != before:
            self.audit(AuditAction.SENDING_RESUMED, by, _subject(email_id))
        return after

    def _change(self, email_id: int | None, change: _Change) -> tuple[Pause | None, Pause | None]:
        """Returns the pause before the change and after it."""
        for _ in range(ATTEMPTS):
            email = None if email_id is None else self._email(email_id)
            before = email.pause if email else self.account.get()
            after = change(before)
            if after is None or after == before or self._save(email, before, after):
                return before, after
        raise Conflict("others change the same in this moment: try again")

    def _email(self, email_id: int) -> Email:
        email = self.emails.get(email_id, consistent=True)
        if email is None:
            raise NotFound(f"there is no email {email_id}")
        return email

    def _save(self, email: Email | None, before: Pause | None, after: Pause) -> bool:
        return self.emails.save(replace(email, pause=after)) if email else self.account.compare_and_set(before, after)


def _subject(email_id: int | None) -> str:
    return "all mail that is not transactional" if email_id is None else f"email {email_id}"
