"""API keys, rate limits, the audit log, and the people of the console."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyotp
from msgspec.structs import replace

from functions.core.access.actor import Actor
from functions.core.access.audit import LogEntry
from functions.core.access.token_bucket import TokenBucket
from functions.core.access.users import PasswordLink, Session, User
from functions.core.errors import FieldError, Rejected
from functions.ports.access import ApiKey, PasswordResult, SentForm
from functions.steps.access.check_key import KeyCheck
from functions.steps.access.limit_rate import RateResult

CLAIM = "Bearer claimed "


def claimed_key(scopes: str) -> str:
    """Returns the `Authorization` header of a key that has these scopes, for ClaimedKeys."""
    return CLAIM + scopes


@dataclass(frozen=True)
class ClaimedKeys:
    """Accepts a header of `claimed_key`, so a test needs no stored key. Any other header is `checked`."""

    check: Callable[[str | None, bool], KeyCheck | None]

    def __call__(self, header: str | None, *, exempt: bool) -> KeyCheck | None:
        if not (header or "").startswith(CLAIM):
            return self.check(header, exempt)
        scopes = (header or "").removeprefix(CLAIM).split()
        return KeyCheck(Actor("ada@example.com", tuple(scopes), "key-1"), RateResult(0, 999))


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


@dataclass
class MemoryUsers:
    stored: dict[str, User] = field(default_factory=dict)

    def get(self, email: str) -> User | None:
        return self.stored.get(email)

    def all(self) -> list[User]:
        return [self.stored[email] for email in sorted(self.stored)]

    def create(self, user: User) -> bool:
        return self.stored.setdefault(user.email, user) is user

    def update(self, email: str, **changed: Any) -> User | None:
        if email in self.stored:
            self.stored[email] = replace(self.stored[email], **changed)
        return self.stored.get(email)

    def delete(self, email: str) -> None:
        self.stored.pop(email, None)


@dataclass
class MemorySessions:
    stored: dict[str, Session] = field(default_factory=dict)
    links: dict[str, PasswordLink] = field(default_factory=dict)
    guesses: Counter[tuple[str, int]] = field(default_factory=Counter)

    def get(self, session_id: str) -> Session | None:
        return self.stored.get(session_id)

    def put(self, session: Session) -> None:
        self.stored[session.id] = session

    def delete(self, session_id: str) -> None:
        self.stored.pop(session_id, None)

    def put_link(self, link: PasswordLink) -> None:
        self.links[link.id] = link

    def get_link(self, link_id: str) -> PasswordLink | None:
        return self.links.get(link_id)

    def take_link(self, link_id: str) -> PasswordLink | None:
        return self.links.pop(link_id, None)

    def count_guess(self, name: str, expires_at: int, number: int = 1) -> int:
        self.guesses[name, expires_at] += number
        return self.guesses[name, expires_at]

    def clear_guesses(self, name: str, expires_at: int) -> None:
        self.guesses.pop((name, expires_at), None)


@dataclass
class MemorySentForms:
    stored: dict[str, SentForm] = field(default_factory=dict)

    def claim(self, form_id: str, content: str, expires_at: int) -> SentForm | None:
        before = self.stored.get(form_id)
        self.stored.setdefault(form_id, SentForm(content, ""))
        return before

    def finish(self, form_id: str, result: str) -> None:
        self.stored[form_id] = SentForm(self.stored[form_id].content, result)

    def release(self, form_id: str) -> None:
        del self.stored[form_id]


@dataclass
class MemoryUserDirectory:
    """Takes each code once, as Cognito."""

    passwords: dict[str, str] = field(default_factory=dict)  # empty: not set yet
    factors: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)

    def create(self, email: str) -> None:
        self.passwords.setdefault(email, "")

    def delete(self, email: str) -> None:
        self.passwords.pop(email, None)
        self.factors.pop(email, None)

    def set_password(self, email: str, password: str) -> None:
        if len(password) < 12:
            raise Rejected([FieldError("password", "needs at least 12 characters")])
        self.passwords[email] = password

    def check_password(self, email: str, password: str) -> PasswordResult | None:
        if not password or self.passwords.get(email) != password:
            return None
        return PasswordResult(challenge=email) if email in self.factors else PasswordResult(token=email)

    def check_code(self, email: str, challenge: str, code: str) -> bool:
        assert challenge == email
        return self._passes(self.factors[email], code)

    def begin_second_factor(self, token: str) -> str:
        self.pending[token] = pyotp.random_base32()
        return self.pending[token]

    def finish_second_factor(self, email: str, token: str, code: str) -> bool:
        if token not in self.pending or not self._passes(self.pending[token], code):
            return False
        self.factors[email] = self.pending.pop(token)
        return True

    def remove_second_factor(self, email: str) -> None:
        self.factors.pop(email, None)

    def sign_out(self, email: str) -> None:
        """Tokens of this directory are names."""

    def _passes(self, secret: str, code: str) -> bool:
        if (secret, code) in self.used or not pyotp.TOTP(secret).verify(code, valid_window=1):
            return False
        self.used.add((secret, code))
        return True
