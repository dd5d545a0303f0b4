"""API keys, rate limits, and the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.access.audit import LogEntry
    from functions.core.access.token_bucket import TokenBucket


class ApiKey(Struct, frozen=True, kw_only=True):
    """The stored data of a key: never the key itself."""

    secret_id: str  # its SHA-256
    name: str
    prefix: str  # of the key, by which people recognise it
    owner: str  # an email address
    scopes: tuple[str, ...]
    created_at: str
    last_used_at: str | None = None  # to the hour
    revoked_at: str | None = None


class ApiKeys(Protocol):
    def get(self, secret_id: str) -> ApiKey | None: ...

    def put(self, key: ApiKey) -> None: ...

    def all(self) -> list[ApiKey]:
        """Returns all keys, revoked ones included, the oldest first."""

    def rename(self, secret_id: str, name: str) -> ApiKey | None:
        """Returns the updated key, or None if there is no key with this id."""

    def revoke(self, secret_id: str, at: str) -> ApiKey | None:
        """Returns the updated key, or None if there is no key with this id. A revoked key keeps its original revocation time."""

    def used(self, secret_id: str, at: str) -> None:
        """Records the latest use, unless a later one is recorded or the key is deleted."""


class AuditEntries(Protocol):
    """The audit log. Its entries never change."""

    def add(self, entry: LogEntry) -> None: ...

    def latest(self, most: int, before: str = "") -> list[LogEntry]:
        """Returns the latest entries (before the entry with the id `before`), the latest first."""


class TokenBuckets(Protocol):
    """Token buckets (rate limits) that all workers share, by name."""

    def get(self, name: str) -> TokenBucket | None: ...

    def compare_and_set(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        """Returns False, and changes nothing, if the stored bucket is not `before` (None: there was none)."""
