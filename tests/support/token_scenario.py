"""The steps of SMTP tokens over ports in memory, with a hook at each call to the outside world, and the law that must hold in the end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from functions.core import timestamps
from functions.core.access.actor import Actor, unrestricted
from functions.core.tokens.smtp_token import TokenState
from functions.ports.emails import Emails
from functions.ports.tokens import SmtpTokens
from functions.steps.access.audit import AuditLog
from functions.steps.domains.sender_domains import TokenDomain
from functions.steps.tokens.create_smtp_token import CreateSmtpToken, SmtpCredentials, TokenRequest
from functions.steps.tokens.delete_smtp_token import DeleteSmtpToken
from functions.steps.tokens.reconcile import RUN_SECONDS, Drift, ReconcileSmtpTokens
from functions.steps.tokens.reset_smtp_password import ResetCredentials, ResetSmtpPassword
from tests.fakes import Clock
from tests.fakes.access import MemoryAudit
from tests.fakes.domains import MemoryDomains
from tests.fakes.emails import MemoryEmails
from tests.fakes.tokens import MemorySmtpTokens, MemorySmtpUsers

REGION = "eu-west-1"
OWNER = unrestricted("ada@example.com")
Hook = Callable[[Callable[[], Any]], Any]  # wraps one call of a step


@dataclass
class TokenScenario:
    tokens: MemorySmtpTokens = field(default_factory=MemorySmtpTokens)
    users: MemorySmtpUsers = field(default_factory=MemorySmtpUsers)
    domains: MemoryDomains = field(default_factory=MemoryDomains)
    primary: str = "example.com"
    emails: MemoryEmails = field(default_factory=MemoryEmails)
    audit: MemoryAudit = field(default_factory=MemoryAudit)
    clock: Clock = field(default_factory=Clock)
    sandbox: bool = False
    calls: int = 0  # so far
    hooks: dict[int, Hook] = field(default_factory=dict)  # by number of the call, from 0

    def __post_init__(self) -> None:
        numbers = itertools.count(501)
        tokens, users, emails = (_Watched(self, port) for port in (self.tokens, self.users, self.emails))
        self._end = DeleteSmtpToken(tokens=tokens, users=users, emails=emails, clock=self.clock)
        self.issue = CreateSmtpToken(
            tokens=tokens,
            users=users,
            emails=emails,
            domain_of=self.domain_of,
            end=self._end,
            sandboxed=lambda: self.sandbox,
            clock=self.clock,
            new_number=lambda: next(numbers),
            region=REGION,
        )
        self._reset = ResetSmtpPassword(
            tokens=tokens,
            users=users,
            domain_of=self.domain_of,
            sandboxed=lambda: self.sandbox,
            clock=self.clock,
            region=REGION,
        )
        self._reconcile = ReconcileSmtpTokens(
            tokens=tokens,
            users=users,
            domain_of=self.domain_of,
            end=self._end,
            audit=AuditLog(self.audit, self.clock, lambda: str(len(self.audit.entries))),
            sandboxed=lambda: self.sandbox,
            clock=self.clock,
        )

    @property
    def domain_of(self) -> TokenDomain:
        return TokenDomain(self.domains, self.primary)

    def create(self, **changed: Any) -> SmtpCredentials:
        requested = {"name": "till", "create_contact": False, "created_by": "ada@example.com"}
        return self.issue(TokenRequest(**{**requested, **changed}), OWNER)

    def reset(self, key_id: str, grace_seconds: int = 0, by: Actor = OWNER) -> ResetCredentials:
        return self._reset(key_id, by, grace_seconds)

    def end(self, campaign_id: int, by: Actor = OWNER) -> None:
        self._end(campaign_id, by)

    def reconcile(self, *, later: float = RUN_SECONDS) -> Drift:
        self.clock.now += later
        return self._reconcile()

    @contextmanager
    def hooked(self, number: int, hook: Hook) -> Iterator[None]:
        """Meet one call from now on: 0 is the next."""
        self.hooks = {self.calls + number: hook}
        try:
            yield
        finally:
            self.hooks = {}

    def meet(self, call: Callable[[], Any]) -> Any:
        number, self.calls = self.calls, self.calls + 1
        hook = self.hooks.get(number)
        return hook(call) if hook else call()

    def works(self, key_id: str) -> bool:
        """Whether SES would let it log in and send."""
        return works(self.users, key_id)

    def check(self) -> None:
        check(self.tokens, self.users, self.emails, self.clock())


def works(users: MemorySmtpUsers, key_id: str) -> bool:
    return any(keys.get(key_id) and name in users.permitted for name, keys in users.users.items())


def check(tokens: SmtpTokens, users: MemorySmtpUsers, emails: Emails, now: float) -> None:
    """The law: no working key without its token, no token without its key, nothing half-done."""
    by_user = {token.user_name: token for token in tokens.all()}
    for name, keys in users.users.items():
        assert name in by_user, f"nobody knows the user {name}"
        assert keys.keys() <= by_user[name].valid_keys(timestamps.iso(now)), f"{name} has a key that is not good"
    for name, token in by_user.items():
        email = emails.get(token.campaign_id)
        if token.state is TokenState.ACTIVE:
            assert works(users, token.key_id), f"the key of {name} does not work"
            assert token.busy_until == 0, f"{name} was left in the middle"
            assert tokens.by_key(token.key_id) == token
            assert email, f"{name} is no email"
            assert not email.archived_at, f"the email of {name} is archived"
        else:
            assert token.state is TokenState.DELETED, f"{name} was left half-made"
            assert name not in users.users, f"the user {name} outlives its token"
            assert email is None or email.archived_at, f"the email of {name} outlives it"


@dataclass
class _Watched:
    world: TokenScenario
    port: Any

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.port, name)
        return lambda *args, **kwargs: self.world.meet(lambda: method(*args, **kwargs))
