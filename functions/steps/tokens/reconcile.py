"""Hold IAM's users against the tokens: finish what somebody left half-done, end what is over, and end every user and key that nobody knows."""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import Struct

from functions.core import timestamps
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports import Clock
from functions.ports.tokens import SmtpTokens, SmtpUsers
from functions.steps.tokens.create_smtp_token import LEASE_SECONDS
from functions.steps.tokens.delete_smtp_token import DeleteSmtpToken, delete_access_key, delete_user

RUN_SECONDS = 900  # between two runs
KEYS_PER_RUN = 400  # IAM is asked for the keys of so many users; with more tokens, runs take turns


class Drift(Struct, frozen=True):
    """What one run found, by user name (and key)."""

    expired: tuple[str, ...] = ()  # tokens that expired or were never finished
    orphans: tuple[str, ...] = ()  # users and keys that no token knows: ended
    missing_keys: tuple[str, ...] = ()  # tokens whose user or key is not in IAM: a password reset mends them


class ReconcileSmtpTokens(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    tokens: SmtpTokens
    users: SmtpUsers
    end: DeleteSmtpToken
    clock: Clock

    def __call__(self) -> Drift:
        """Users are listed before tokens are read: a token is written before its user, so each user's token is among them, or gone."""
        found = set(self.users.all())
        tokens = self.tokens.all()
        ended = self._delete_expired(tokens)
        known = {token.user_name: token for token in tokens}
        strays = self._end_strays(found, known)
        active = [token for token in tokens if token.state is TokenState.ACTIVE and token.user_name not in ended]
        broken = [token.user_name for token in active if token.user_name not in found]
        for token in self._next_batch(active):
            stray, missing = self._settle(token)
            strays += stray
            broken += missing
        return Drift(tuple(ended), tuple(strays), tuple(dict.fromkeys(broken)))

    def _delete_expired(self, tokens: Iterable[SmtpToken]) -> list[str]:
        now = self.clock()
        over = [
            token
            for token in tokens
            if (token.state is TokenState.CREATING and not token.busy(now))
            or (token.state is TokenState.ACTIVE and token.expired(timestamps.iso(now)))
        ]
        for token in over:
            self.end(token.campaign_id)
        return [token.user_name for token in over]

    def _end_strays(self, found: Iterable[str], known: dict[str, SmtpToken]) -> list[str]:
        """Users whose token is gone or was never there: our path is for nobody else."""
        strays = sorted(name for name in found if name not in known or known[name].state is TokenState.DELETED)
        for name in strays:
            if name in known:
                self.end(known[name].campaign_id)
            else:
                delete_user(self.users, name)
        return strays

    def _next_batch(self, active: list[SmtpToken]) -> list[SmtpToken]:
        """Whose keys are looked at in this run: those of every token that somebody left in the middle, and of the others a share."""
        now = self.clock()
        turns = math.ceil(len(active) / KEYS_PER_RUN) or 1
        turn = int(now / RUN_SECONDS) % turns
        return [token for token in active if _is_pending(token) or token.campaign_id % turns == turn]

    def _settle(self, token: SmtpToken) -> tuple[list[str], list[str]]:
        """End the keys that are not good any more: strays, and whether the current one is missing. As in a reset, keys are listed before the
        token is claimed; one that cannot be is being changed, and has its turn in a later run.
        """
        now = self.clock()
        if token.busy(now):
            return [], []
        found, good = self.users.keys(token.user_name), token.valid_keys(timestamps.iso(now))
        bad = [key_id for key_id in found if key_id not in good]
        if bad or token.busy_until or (token.former_key_id and token.former_key_id not in good):
            claimed = self.tokens.save(token.claimed(int(now) + LEASE_SECONDS))
            if claimed is None:
                return [], []
            for key_id in bad:
                delete_access_key(self.users, token.user_name, key_id)
            self.tokens.save(claimed.claimed(0) if token.former_key_id in good else claimed.with_single_key())
        strays = [f"{token.user_name} {key_id}" for key_id in bad if key_id != token.former_key_id]
        return strays, [] if token.key_id in found else [token.user_name]


def _is_pending(token: SmtpToken) -> bool:
    return bool(token.busy_until or token.former_key_id)
