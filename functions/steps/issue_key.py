"""Issue an API key: its secret is shown once, and only its hash is kept."""

from __future__ import annotations

from dataclasses import dataclass

from functions.core import ids, instants
from functions.ports import ApiKey, ApiKeys, Clock, NewSecret

MARK = "stf_"  # tells a reader, and a scanner for leaked secrets, whose key this is
PREFIX_LENGTH = len(MARK) + 6


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIssue:
    """The step with its dependencies."""

    api_keys: ApiKeys
    clock: Clock
    new_secret: NewSecret

    def __call__(self, name: str, owner: str, scopes: tuple[str, ...]) -> tuple[str, ApiKey]:
        """The key itself, and what is stored of it."""
        secret = MARK + self.new_secret()
        key = ApiKey(
            secret_id=ids.secret_id(secret),
            name=name,
            prefix=secret[:PREFIX_LENGTH],
            owner=owner,
            scopes=scopes,
            created_at=instants.iso(self.clock()),
        )
        self.api_keys.put(key)
        return secret, key
