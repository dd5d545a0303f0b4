"""Give an SMTP token a new password: a new key of its IAM user, told once, then the end of the old one.

IAM's keys of the user are listed before the token is claimed. Where the claim succeeds nobody made a key in between, so each one found
that the token does not know was left behind by somebody who died, and can be ended without harm. Where this stops in between, the
token tells which of its keys are good, and the next reset or the reconciler ends the others.
"""

from __future__ import annotations

from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import Conflict, NotFound
from functions.core.tokens.smtp_password import smtp_password
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports import Clock
from functions.ports.tokens import SmtpTokens, SmtpUsers
from functions.steps.tokens.create_smtp_token import LEASE_SECONDS, SmtpCredentials
from functions.steps.tokens.delete_smtp_token import delete_access_key

GRACE_MAX = 7 * 86400  # seconds


class ResetSmtpPassword(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    tokens: SmtpTokens
    users: SmtpUsers
    clock: Clock
    region: str  # where the password is good

    def __call__(self, key_id: str, grace_seconds: int = 0) -> SmtpCredentials:
        """`key_id`: the token's current one, or an earlier. The old password works until the grace is over, and one before it no more. A
        user that was taken away is made anew. Raises NotFound, or Conflict where somebody else is changing the token.
        """
        token = self._lock(find_active(self.tokens, key_id))
        user = token.user_name
        self.users.create(user)
        self.users.put_policy(user)
        key = self.users.new_key(user)
        self.tokens.index_key(key.id, token.campaign_id)
        rekeyed = self.tokens.save(token.with_new_key(key.id, timestamps.iso(self.clock() + grace_seconds)))
        if rekeyed is None:
            delete_access_key(self.users, user, key.id)
            raise Conflict("somebody else changed the token meanwhile: try again")
        if not grace_seconds:
            delete_access_key(self.users, user, token.key_id)
            rekeyed = self.tokens.save(rekeyed.with_single_key()) or rekeyed
        return SmtpCredentials(rekeyed, smtp_password(key.secret, self.region))

    def _lock(self, token: SmtpToken) -> SmtpToken:
        """Ours for a moment, and with its current key alone."""
        now = self.clock()
        found = self.users.keys(token.user_name)
        claimed = (
            None if token.busy(now) else self.tokens.save(token.with_single_key().claimed(int(now) + LEASE_SECONDS))
        )
        if claimed is None:
            raise Conflict(f"somebody else is changing the token: try again in {LEASE_SECONDS} seconds")
        for key_id in found:
            if key_id != token.key_id:
                delete_access_key(self.users, token.user_name, key_id)
        return claimed


def find_active(tokens: SmtpTokens, key_id: str) -> SmtpToken:
    """The token that a key is or was for. Raises NotFound where there is none (any more)."""
    token = tokens.by_key(key_id)
    if token is None or token.state is not TokenState.ACTIVE:
        raise NotFound(f"there is no SMTP token with the id {key_id!r}")
    return token
