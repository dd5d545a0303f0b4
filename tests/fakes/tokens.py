"""SMTP tokens, and the IAM users behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from functions.core.domains.domain import Domain
from functions.core.errors import Conflict, NotFound
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports.tokens import AccessKey


@dataclass
class MemorySmtpTokens:
    stored: dict[int, SmtpToken] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)

    def get(self, campaign_id: int) -> SmtpToken | None:
        return self.stored.get(campaign_id)

    def by_key(self, key_id: str) -> SmtpToken | None:
        return self.stored.get(self.named.get(key_id, 0))

    def all(self) -> list[SmtpToken]:
        return sorted(self.stored.values(), key=lambda token: (token.created_at, token.campaign_id))

    def active(self, after: SmtpToken | None, most: int) -> list[SmtpToken]:
        first = (after.created_at, after.campaign_id) if after else ("", 0)
        active = [token for token in self.all() if token.state is TokenState.ACTIVE]
        return [token for token in active if (token.created_at, token.campaign_id) > first][:most]

    def save(self, token: SmtpToken) -> SmtpToken | None:
        stored = self.stored.get(token.campaign_id)
        if (stored.version if stored else 0) != token.version:
            return None
        written = ("used_at", "first_source", "first_used_at", "last_source")
        use: dict[str, Any] = {name: getattr(stored, name, None) for name in written}
        self.stored[token.campaign_id] = replace(token, version=token.version + 1, **use)
        return self.stored[token.campaign_id]

    def index_key(self, key_id: str, campaign_id: int) -> None:
        self.named[key_id] = campaign_id

    def touch(self, campaign_id: int, at: str, source: str) -> None:
        stored = self.stored.get(campaign_id)
        if stored:
            if (stored.used_at or "") < at:
                stored = replace(stored, used_at=at, last_source=source)
            if not stored.first_used_at or at < stored.first_used_at:
                stored = replace(stored, first_used_at=at, first_source=source)
            self.stored[campaign_id] = stored


@dataclass
class MemorySmtpUsers:
    """IAM: users with their right and their keys, by id, with whether each is on."""

    users: dict[str, dict[str, bool]] = field(default_factory=dict)
    permitted: dict[str, str] = field(default_factory=dict)  # what each may do: see _permission
    users_max: int = 5000
    keys_created: int = 0

    def create(self, name: str) -> None:
        if name not in self.users and len(self.users) >= self.users_max:
            raise Conflict("this AWS account has as many IAM users as it may have")
        self.users.setdefault(name, {})

    def put_policy(self, name: str, domain: Domain, *, sandbox: bool) -> None:
        if name not in self.users:
            raise NotFound(name)
        self.permitted[name] = _permission(domain, sandbox=sandbox)

    def has_policy(self, name: str, domain: Domain, *, sandbox: bool) -> bool:
        return self.permitted.get(name) == _permission(domain, sandbox=sandbox)

    def new_key(self, name: str) -> AccessKey:
        if name not in self.users:
            raise NotFound(name)
        if len(self.users[name]) == 2:
            raise Conflict("two keys are the most")
        self.keys_created += 1
        key = AccessKey(f"AKIA{self.keys_created:016}", f"secret-{self.keys_created}")
        self.users[name][key.id] = True
        return key

    def keys(self, name: str) -> list[str]:
        return list(self.users.get(name, {}))

    def disable_key(self, name: str, key_id: str) -> None:
        if key_id in self.users.get(name, {}):
            self.users[name][key_id] = False

    def delete_key(self, name: str, key_id: str) -> None:
        self.users.get(name, {}).pop(key_id, None)

    def delete_policy(self, name: str) -> None:
        self.permitted.pop(name, None)

    def delete(self, name: str) -> None:
        if self.users.get(name) or name in self.permitted:
            raise Conflict(f"{name} has a key or a right still")
        self.users.pop(name, None)

    def all(self) -> list[str]:
        return list(self.users)


def _permission(domain: Domain, *, sandbox: bool) -> str:
    sender = f"{domain.name} {domain.transactional_set}".rstrip()
    return f"{sender} in the sandbox" if sandbox else sender
