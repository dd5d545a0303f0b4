"""End an SMTP token: written first, then done, so that whatever stops in between is finished by a repeat or by the reconciler."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.errors import Conflict
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports import Clock
from functions.ports.emails import Emails
from functions.ports.tokens import SmtpTokens, SmtpUsers

TRIES = 5  # against others who change the same thing at the same moment


class DeleteSmtpToken(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    tokens: SmtpTokens
    users: SmtpUsers
    emails: Emails
    clock: Clock

    def __call__(self, campaign_id: int) -> None:
        """Its keys work no more when this returns. Again and again is no harm. Raises Conflict where others change it without end."""
        for _ in range(TRIES):
            token = self.tokens.get(campaign_id)
            if token is None or token.state is TokenState.DELETED or self.tokens.save(token.deleted()):
                break
        else:
            raise Conflict(f"the token {campaign_id} is being changed by others: try again")
        if token:
            delete_access_keys(self.users, token.user_name)
            self._archive(token)
            # Last, since by a user without a token the reconciler knows that an end is unfinished.
            delete_user(self.users, token.user_name)

    def _archive(self, token: SmtpToken) -> None:
        """Its email stays, for the statistics of what it sent."""
        for _ in range(TRIES):
            email = self.emails.get(token.campaign_id, consistent=True)
            if email is None or email.archived_at:
                return
            now = timestamps.iso(self.clock())
            if self.emails.save(replace(email, archived_at=now, updated_at=now)):
                return
        raise Conflict(f"the email {token.campaign_id} is being changed by others: try again")


def delete_user(users: SmtpUsers, name: str) -> None:
    """With its keys. Again where somebody makes a key meanwhile: whoever does so ends that key too."""
    for _ in range(TRIES):
        delete_access_keys(users, name)
        users.delete_policy(name)
        try:
            return users.delete(name)
        except Conflict:
            continue
    raise Conflict(f"the IAM user {name} cannot be deleted: look for rights or keys that somebody gave it by hand")


def delete_access_keys(users: SmtpUsers, name: str) -> None:
    for key_id in users.keys(name):
        delete_access_key(users, name, key_id)


def delete_access_key(users: SmtpUsers, name: str, key_id: str) -> None:
    """Off at once, then gone."""
    users.disable_key(name, key_id)
    users.delete_key(name, key_id)
