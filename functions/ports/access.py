"""Who may ask, how often, and what is noted of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.access.audit import LogEntry
    from functions.core.access.token_bucket import TokenBucket


class ApiKey(Struct, frozen=True, kw_only=True):
    """What is stored of a key: never the key itself."""

    secret_id: str  # its SHA-256
    name: str
    prefix: str  # of the key, for people to tell keys apart
    owner: str  # an email address
    scopes: tuple[str, ...]
    created_at: str
    last_used_at: str | None = None  # to the hour
    revoked_at: str | None = None


class ApiKeys(Protocol):
    def get(self, secret_id: str) -> ApiKey | None: ...

    def put(self, key: ApiKey) -> None: ...

    def all(self) -> list[ApiKey]:
        """Revoked ones too, the oldest first."""

    def rename(self, secret_id: str, name: str) -> ApiKey | None:
        """As it then is. None where there is no such key."""

    def revoke(self, secret_id: str, at: str) -> ApiKey | None:
        """As it then is: a key that was revoked before stays so since then. None where there is no such key."""

    def used(self, secret_id: str, at: str) -> None:
        """Note the latest use, unless a later one is noted or the key is gone."""


class AuditEntries(Protocol):
    """The audit log. What is in it stays as it is."""

    def add(self, entry: LogEntry) -> None: ...

    def latest(self, most: int, before: str = "") -> list[LogEntry]:
        """The latest entries, or the latest before the one with an id; the latest first."""


class TokenBuckets(Protocol):
    """Token buckets that all workers share, by name."""

    def get(self, name: str) -> TokenBucket | None: ...

    def compare_and_set(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        """False, and nothing is changed, where the bucket is not as it was `before` any more (None: there was none)."""
