"""API keys, rate limits, and the audit log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from functions.core.access.audit import LogEntry
from functions.core.access.token_bucket import TokenBucket
from functions.ports.access import ApiKey


@dataclass
class MemoryApiKeys:
    stored: dict[str, ApiKey] = field(default_factory=dict)

    def get(self, secret_id: str) -> ApiKey | None:
        return self.stored.get(secret_id)

    def put(self, key: ApiKey) -> None:
        self.stored[key.secret_id] = key

    def all(self) -> list[ApiKey]:
        return sorted(self.stored.values(), key=lambda key: (key.created_at, key.secret_id))

    def rename(self, secret_id: str, name: str) -> ApiKey | None:
        return self._replace(secret_id, name=name)

    def revoke(self, secret_id: str, at: str) -> ApiKey | None:
        key = self.stored.get(secret_id)
        return self._replace(secret_id, revoked_at=(key and key.revoked_at) or at)

    def used(self, secret_id: str, at: str) -> None:
        key = self.stored.get(secret_id)
        if key and (key.last_used_at or "") < at:
            self._replace(secret_id, last_used_at=at)

    def _replace(self, secret_id: str, **changed: Any) -> ApiKey | None:
        if secret_id in self.stored:
            self.stored[secret_id] = replace(self.stored[secret_id], **changed)
        return self.stored.get(secret_id)


@dataclass
class MemoryAudit:
    entries: dict[str, LogEntry] = field(default_factory=dict)

    def add(self, entry: LogEntry) -> None:
        self.entries[entry.id] = entry

    def latest(self, most: int, before: str = "") -> list[LogEntry]:
        ids = sorted((one for one in self.entries if not before or one < before), reverse=True)
        return [self.entries[one] for one in ids[:most]]


@dataclass
class MemoryTokenBuckets:
    stored: dict[str, TokenBucket] = field(default_factory=dict)

    def get(self, name: str) -> TokenBucket | None:
        return self.stored.get(name)

    def compare_and_set(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        if self.stored.get(name) != before:
            return False
        self.stored[name] = after
        return True
