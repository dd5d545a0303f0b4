"""Authorize: a bearer key → who is calling and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field

from functions.core import ids
from functions.ports import ApiKey, ApiKeys, Clock

CACHE_SECONDS = 60  # so a revoked key works at most this much longer
CACHE_MAX = 10_000  # keys


@dataclass(frozen=True, slots=True)
class Authorization:
    """The step with its dependencies. `clock` may be any that never goes back. Only keys that exist are remembered, so a key works
    as soon as it is made, and guesses fill no memory.
    """

    api_keys: ApiKeys
    clock: Clock
    remembered: dict[str, tuple[ApiKey, float]] = field(default_factory=dict)

    def __call__(self, header: str | None) -> ApiKey | None:
        """The key of an `Authorization` header, or None for whatever is not a key of ours."""
        scheme, _, secret = (header or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            return None
        return self._found(ids.secret_id(secret.strip()))

    def _found(self, secret_id: str) -> ApiKey | None:
        known, until = self.remembered.get(secret_id, (None, 0.0))
        if known and self.clock() < until:
            return known
        key = self.api_keys.get(secret_id)
        if key:
            if len(self.remembered) >= CACHE_MAX:
                self.remembered.clear()
            self.remembered[secret_id] = (key, self.clock() + CACHE_SECONDS)
        else:
            self.remembered.pop(secret_id, None)
        return key
