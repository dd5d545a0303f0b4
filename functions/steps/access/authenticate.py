"""Authorize: a bearer key → who is calling and what they may do."""

from __future__ import annotations

from msgspec import Struct, field

from functions.core import ids, timestamps
from functions.ports import Clock
from functions.ports.access import ApiKey, ApiKeys

CACHE_SECONDS = 60  # so a revoked key works at most this much longer
CACHE_MAX = 10_000  # keys


class CachedKey(Struct):
    key: ApiKey
    since: float


class Authenticator(Struct, frozen=True):
    """The step with its dependencies. Only keys that work are remembered, so a key works as soon as it is made, and guesses fill
    no memory.
    """

    api_keys: ApiKeys
    clock: Clock
    remembered: dict[str, CachedKey] = field(default_factory=dict)

    def __call__(self, header: str | None) -> ApiKey | None:
        """The key of an `Authorization` header, or None for whatever is not a key of ours, or is one no more."""
        scheme, _, secret = (header or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            return None
        return self._found(ids.secret_id(secret.strip()))

    def _found(self, secret_id: str) -> ApiKey | None:
        known = self.remembered.get(secret_id)
        if known and 0 <= self.clock() - known.since < CACHE_SECONDS:  # a clock that was set back forgets too
            return known.key
        key = self.api_keys.get(secret_id)
        if key is None or key.revoked_at:
            self.remembered.pop(secret_id, None)
            return None
        if len(self.remembered) >= CACHE_MAX:
            self.remembered.clear()
        self.remembered[secret_id] = CachedKey(key, self.clock())
        self._note_use(key)
        return key

    def _note_use(self, key: ApiKey) -> None:
        """To the hour, so that a key in use costs one write an hour and not one a request."""
        hour = timestamps.iso(self.clock() // 3600 * 3600)
        if (key.last_used_at or "") < hour:
            self.api_keys.used(key.secret_id, hour)
