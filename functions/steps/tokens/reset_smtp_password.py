"""Reset the password of an SMTP token: create a new key of its IAM user, show it once, and delete the old one.

The user's keys are listed before the token is locked. If the lock succeeds, no key was created in between. So each listed key that the
token does not name is left over from a failed reset, and can be deleted safely. After a failure in between, the token names its valid
keys, and the next reset or the reconciler deletes the others.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.core.errors import Conflict, NotFound
from functions.core.tokens.smtp_password import smtp_password
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports import Clock
from functions.ports.tokens import SmtpTokens, SmtpUsers
from functions.steps.domains.sender_domains import TokenDomain
from functions.steps.tokens.create_smtp_token import LEASE_SECONDS, SmtpCredentials, new_access_key
from functions.steps.tokens.delete_smtp_token import delete_access_key

GRACE_MAX = 7 * 86400  # seconds


class ResetCredentials(SmtpCredentials, frozen=True):
    """The new credentials, and the user name before them. Both the user name and the password are new: an IAM key has both."""

    former_key_id: str
    former_until: str  # until this instant the former user name works with the former password

    @property
    def user_name_change(self) -> str:
        """Returns the change as text for the owner of the token: a program with only the new password cannot sign in."""
        change = f"The SMTP user name changed from {self.former_key_id} to {self.token.key_id}: store it with the new password."
        end = f"work until {self.former_until}" if self.token.former_key_id else "no longer work"
        return f"{change} The former user name and password {end}."


class ResetSmtpPassword(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    tokens: SmtpTokens
    users: SmtpUsers
    domain_of: TokenDomain
    sandboxed: Callable[[], bool]
    clock: Clock
    region: str  # of the password

    def __call__(self, key_id: str, by: Actor, grace_seconds: int = 0) -> ResetCredentials:
        """`key_id` is the token's current one, or an earlier. The old password works until the grace period is over, and any password
        before it stops at once. A deleted IAM user is created again. Raises Forbidden, NotFound, and Conflict if the token is being changed.
        """
        by.require(TRANSACTIONAL_EMAIL)
        token = self._lock(find_active(self.tokens, key_id))
        user = token.user_name
        key = new_access_key(self.users, token, self.domain_of, sandbox=self.sandboxed())
        self.tokens.index_key(key.id, token.campaign_id)
        until = timestamps.iso(self.clock() + grace_seconds)
        rekeyed = self.tokens.save(token.with_new_key(key.id, until))
        if rekeyed is None:
            delete_access_key(self.users, user, key.id)
            raise Conflict("the token was changed meanwhile: try again")
        if not grace_seconds:
            delete_access_key(self.users, user, token.key_id)
            rekeyed = self.tokens.save(rekeyed.with_single_key()) or rekeyed
        return ResetCredentials(rekeyed, smtp_password(key.secret, self.region), token.key_id, until)

    def _lock(self, token: SmtpToken) -> SmtpToken:
        """Locks the token, and deletes every key but its current one."""
        now = self.clock()
        key_ids = self.users.keys(token.user_name)
        locked = (
            None if token.busy(now) else self.tokens.save(token.with_single_key().claimed(int(now) + LEASE_SECONDS))
        )
        if locked is None:
            raise Conflict(f"the token is being changed: try again in {LEASE_SECONDS} seconds")
        for key_id in key_ids:
            if key_id != token.key_id:
                delete_access_key(self.users, token.user_name, key_id)
        return locked


def find_active(tokens: SmtpTokens, key_id: str) -> SmtpToken:
    """Returns the active token of a key, current or earlier. Raises NotFound."""
    token = tokens.by_key(key_id)
    if token is None or token.state is not TokenState.ACTIVE:
        raise NotFound(f"there is no SMTP token with the id {key_id!r}")
    return token
