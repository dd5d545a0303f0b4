"""Reconcile IAM's users with the tokens: finish interrupted changes, delete expired tokens, delete orphan users and keys, and repair what
users may do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import takewhile

from msgspec import Struct

from functions.core import timestamps
from functions.core.access.actor import unrestricted
from functions.core.access.audit import AuditAction
from functions.core.errors import NotFound
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports import Clock
from functions.ports.tokens import SmtpTokens, SmtpUsers
from functions.steps.access.audit import AuditLog
from functions.steps.domains.sender_domains import TokenDomain
from functions.steps.tokens.create_smtp_token import LEASE_SECONDS
from functions.steps.tokens.delete_smtp_token import DeleteSmtpToken, delete_access_key, delete_user

RUN_SECONDS = 900  # between two runs
RECONCILER = "Staffetta's reconciliation of SMTP tokens"  # who did it, in the audit log
KEYS_PER_RUN = 400  # users whose keys one run lists; with more tokens, runs take turns


class Drift(Struct, frozen=True):
    """The differences that one run found, by user name (and key)."""

    expired: tuple[str, ...] = ()  # tokens that expired or were never finished: deleted
    orphans: tuple[str, ...] = ()  # users and keys without a token: deleted
    permissions: tuple[str, ...] = ()  # users who could not send as today's domain and set: repaired
    missing_keys: tuple[str, ...] = ()  # tokens whose user or key is not in IAM: a password reset repairs them


class ReconcileSmtpTokens(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    tokens: SmtpTokens
    users: SmtpUsers
    domain_of: TokenDomain
    end: DeleteSmtpToken
    audit: AuditLog
    sandboxed: Callable[[], bool]
    clock: Clock

    def __call__(self, until: float = math.inf) -> Drift:
        """Lists the users before it reads the tokens. A token is written before its user, so each user without a token is an orphan. Works until
        a time: the next run continues with what is still wrong.
        """
        users = set(self.users.all())
        tokens = self.tokens.all()
        expired = self._delete_expired(tokens, until)
        orphans = self._delete_orphans(users, {token.user_name: token for token in tokens}, until)
        active = [token for token in tokens if token.state is TokenState.ACTIVE and token.user_name not in expired]
        missing_keys = [token.user_name for token in active if token.user_name not in users]
        permissions: list[str] = []
        sandbox = self.sandboxed()
        for token in self._next_batch(active):
            if self.clock() >= until:
                break
            orphan_keys, missing = self._settle(token)
            orphans += orphan_keys
            missing_keys += missing
            permissions += self._repair_permission(token, sandbox=sandbox) if token.user_name in users else []
        return Drift(tuple(expired), tuple(orphans), tuple(permissions), tuple(dict.fromkeys(missing_keys)))

    def _delete_expired(self, tokens: Iterable[SmtpToken], until: float) -> list[str]:
        now = self.clock()
        ended = (
            token
            for token in tokens
            if (token.state is TokenState.CREATING and not token.busy(now))
            or (token.state is TokenState.ACTIVE and token.expired(timestamps.iso(now)))
        )
        expired = []
        for token in takewhile(lambda _: self.clock() < until, ended):
            expired.append(token.user_name)
            self.end(token.campaign_id, unrestricted(RECONCILER))
            reason = "it expired" if token.state is TokenState.ACTIVE else "its creation was interrupted"
            self.audit(
                AuditAction.TOKEN_EXPIRED,
                unrestricted(RECONCILER),
                str(token.campaign_id),
                name=token.name,
                reason=reason,
            )
        return expired

    def _delete_orphans(self, users: Iterable[str], tokens: dict[str, SmtpToken], until: float) -> list[str]:
        """Deletes the users on our IAM path without a token, or with a deleted one."""
        orphans = sorted(name for name in users if name not in tokens or tokens[name].state is TokenState.DELETED)
        deleted = []
        for name in takewhile(lambda _: self.clock() < until, orphans):
            deleted.append(name)
            if name in tokens:
                self.end(tokens[name].campaign_id, unrestricted(RECONCILER))
            else:
                delete_user(self.users, name)
            self.audit(AuditAction.TOKEN_ORPHAN_DELETED, unrestricted(RECONCILER), name)
        return deleted

    def _next_batch(self, active: list[SmtpToken]) -> list[SmtpToken]:
        """Returns the tokens whose keys this run checks: every token with an interrupted change, and a share of the others."""
        now = self.clock()
        turns = math.ceil(len(active) / KEYS_PER_RUN) or 1
        turn = int(now / RUN_SECONDS) % turns
        return [token for token in active if _is_pending(token) or token.campaign_id % turns == turn]

    def _settle(self, token: SmtpToken) -> tuple[list[str], list[str]]:
        """Deletes invalid keys. Returns the orphan keys, and the token's user name if its current key is missing. As in a reset, keys are
        listed before the token is locked. A token that cannot be locked is being changed, and waits for a later run.
        """
        now = self.clock()
        if token.busy(now):
            return [], []
        key_ids, valid = self.users.keys(token.user_name), token.valid_keys(timestamps.iso(now))
        invalid = [key_id for key_id in key_ids if key_id not in valid]
        if invalid or token.busy_until or (token.former_key_id and token.former_key_id not in valid):
            locked = self.tokens.save(token.claimed(int(now) + LEASE_SECONDS))
            if locked is None:
                return [], []
            for key_id in invalid:
                delete_access_key(self.users, token.user_name, key_id)
            self.tokens.save(locked.claimed(0) if token.former_key_id in valid else locked.with_single_key())
        orphans = [f"{token.user_name} {key_id}" for key_id in invalid if key_id != token.former_key_id]
        for orphan in orphans:
            self.audit(AuditAction.TOKEN_ORPHAN_DELETED, unrestricted(RECONCILER), orphan)
        return orphans, [] if token.key_id in key_ids else [token.user_name]

    def _repair_permission(self, token: SmtpToken, *, sandbox: bool) -> list[str]:
        """Permits what a token created today would be permitted. Returns its user name if that is drift: another domain or another set,
        or a change by hand. That the account left the sandbox is no drift.
        """
        name = token.user_name
        if token.busy(self.clock()):
            return []
        domain = self.domain_of(token.domain)
        if self.users.has_policy(name, domain, sandbox=sandbox):
            return []
        drift = not self.users.has_policy(name, domain, sandbox=not sandbox)
        with suppress(NotFound):  # the user was deleted meanwhile
            self.users.put_policy(name, domain, sandbox=sandbox)
        if not drift:
            return []
        self.audit(
            AuditAction.TOKEN_PERMISSION_REPAIRED, unrestricted(RECONCILER), str(token.campaign_id), name=token.name
        )
        return [name]


def _is_pending(token: SmtpToken) -> bool:
    return bool(token.busy_until or token.former_key_id)
