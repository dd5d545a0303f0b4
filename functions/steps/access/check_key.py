"""Check the API key of a request: whose it is, and how many more requests it may make now."""

from __future__ import annotations

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.steps.access.authenticate import Authenticator
from functions.steps.access.limit_rate import RateLimiter, RateResult


class KeyCheck(Struct, frozen=True):
    """A valid key: its caller, and the state of its rate limit."""

    caller: Actor
    rate: RateResult


class CheckKey(Struct, frozen=True):
    """The step with its dependencies."""

    authenticate: Authenticator
    limit_rate: RateLimiter

    def __call__(self, header: str | None, *, exempt: bool) -> KeyCheck | None:
        """Counts one request of the key in an `Authorization` header, unless the request is `exempt`. Returns None without a valid key."""
        key = self.authenticate(header)
        if key is None:
            return None
        rate = self.limit_rate.read(key.secret_id) if exempt else self.limit_rate(key.secret_id)
        return KeyCheck(Actor(key.owner, key.scopes, key.secret_id), rate)
