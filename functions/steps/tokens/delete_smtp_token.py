"""Delete an SMTP token: the intent is written first, so a repeat or the reconciler finishes an interrupted deletion."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.core.errors import Conflict
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports import Clock
from functions.ports.emails import Emails
from functions.ports.tokens import SmtpTokens, SmtpUsers

ATTEMPTS = 5  # at a change that conflicts with concurrent ones


class DeleteSmtpToken(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    tokens: SmtpTokens
    users: SmtpUsers
    emails: Emails
    clock: Clock

    def __call__(self, campaign_id: int, by: Actor) -> None:
        """The token's keys are invalid when this returns. Idempotent. Raises Forbidden, and Conflict if others change it at each
        attempt.
        """
        by.require(TRANSACTIONAL_EMAIL)
        for _ in range(ATTEMPTS):
            token = self.tokens.get(campaign_id)
            if token is None or token.state is TokenState.DELETED or self.tokens.save(token.deleted()):
                break
        else:
            raise Conflict(f"the token {campaign_id} is being changed by others: try again")
        if token:
            delete_access_keys(self.users, token.user_name)
            self._archive(token)
            # The user goes last: a user whose token is deleted shows the reconciler an unfinished deletion.
            delete_user(self.users, token.user_name)

    def _archive(self, token: SmtpToken) -> None:
        """Archives the token's email, which stays for the statistics."""
        for _ in range(ATTEMPTS):
            email = self.emails.get(token.campaign_id, consistent=True)
            if email is None or email.archived_at:
                return
            now = timestamps.iso(self.clock())
            if self.emails.save(replace(email, archived_at=now, updated_at=now)):
                return
        raise Conflict(f"the email {token.campaign_id} is being changed by others: try again")


def delete_user(users: SmtpUsers, name: str) -> None:
    """Deletes the user and its keys. Retries if a key is created concurrently; the creator deletes that key too."""
    for _ in range(ATTEMPTS):
        delete_access_keys(users, name)
        users.delete_policy(name)
        try:
            return users.delete(name)
        except Conflict:
            continue
    raise Conflict(f"the IAM user {name} cannot be deleted: look for policies or keys that were added to it by hand")


def delete_access_keys(users: SmtpUsers, name: str) -> None:
    for key_id in users.keys(name):
        delete_access_key(users, name, key_id)


def delete_access_key(users: SmtpUsers, name: str, key_id: str) -> None:
    """Disables the key at once, then deletes it."""
    users.disable_key(name, key_id)
    users.delete_key(name, key_id)
