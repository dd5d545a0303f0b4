"""Authenticate: a bearer key → the stored API key, with its owner and scopes."""

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
    """The step with its dependencies. Only valid keys are cached, so a key works as soon as it is created, and guesses fill no memory."""

    api_keys: ApiKeys
    clock: Clock
    cache: dict[str, CachedKey] = field(default_factory=dict)

    def __call__(self, header: str | None) -> ApiKey | None:
        """Returns the key of an `Authorization` header, or None if it is no key, or was revoked."""
        scheme, _, secret = (header or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            return None
        return self._get(ids.secret_id(secret.strip()))

    def _get(self, secret_id: str) -> ApiKey | None:
        cached = self.cache.get(secret_id)
        if cached and 0 <= self.clock() - cached.since < CACHE_SECONDS:  # a clock that was set back clears it too
            return cached.key
        key = self.api_keys.get(secret_id)
        if key is None or key.revoked_at:
            self.cache.pop(secret_id, None)
            return None
        if len(self.cache) >= CACHE_MAX:
            self.cache.clear()
        self.cache[secret_id] = CachedKey(key, self.clock())
        self._touch(key)
        return key

    def _touch(self, key: ApiKey) -> None:
        """Stores the hour of use: a key in use costs one write an hour, not one a request."""
        hour = timestamps.iso(self.clock() // 3600 * 3600)
        if (key.last_used_at or "") < hour:
            self.api_keys.used(key.secret_id, hour)
