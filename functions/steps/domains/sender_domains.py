"""The domains of a stage as its workers read them: once a minute, so that a send costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from functions.core.addresses import Address
from functions.core.domains.domain import Domain, covering, named
from functions.core.errors import NotFound
from functions.core.outcomes import Refusal, SendResult

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.domains import Domains

CACHE_SECONDS = 60
NOW = 0.0  # reads again: a domain that would be refused may have been added or verified since


class ReadDomains(Protocol):
    def __call__(self, max_age: float = CACHE_SECONDS) -> Sequence[Domain]: ...


def with_primary(domains: Sequence[Domain], primary: str) -> list[Domain]:
    """Returns the domains, the stage's first one before the others. It is not stored before its first check."""
    stored = {domain.name: domain for domain in domains}
    first = stored.pop(primary, None) or Domain(name=primary)
    return [first, *(stored[name] for name in sorted(stored))]


class TokenDomain(Struct, frozen=True):
    """The domain that an SMTP token sends as."""

    domains: Domains
    primary: str

    def __call__(self, name: str) -> Domain:
        """Empty: the deployment's."""
        return named(self.domains.all(), name or self.primary)

    def check(self, name: str) -> None:
        """Raises NotFound if the domain is not one of the stage."""
        existing = [domain.name for domain in with_primary(self.domains.all(), self.primary)]
        if name and name not in existing:
            raise NotFound(f"{name} is not a domain of this stage: {', '.join(existing)}")


def cached_domains(domains: Domains, primary: str, clock: Clock) -> ReadDomains:
    read: list[tuple[float, list[Domain]]] = []

    def get(max_age: float = CACHE_SECONDS) -> Sequence[Domain]:
        if not read or clock() - read[0][0] >= max_age:
            read[:] = [(clock(), with_primary(domains.all(), primary))]
        return read[0][1]

    return get


def sender_refusal(sender: Address, domains: ReadDomains) -> Refusal | None:
    """Refuses a sender that is on no domain of the stage, or on one that SES would refuse."""
    return _refusal(sender, domains()) and _refusal(sender, domains(NOW))


def _refusal(sender: Address, domains: Sequence[Domain]) -> Refusal | None:
    domain = covering(domains, sender)
    if domain is None:
        return Refusal(SendResult.UNCONFIGURED_SENDING_DOMAIN, not_connected(sender, domains))
    if domain.sendable is False:
        reason = f"{domain.name} is not verified: {domain.reason}. `staffetta domains check {domain.name}` shows its DNS records"
        return Refusal(SendResult.UNCONFIGURED_SENDING_DOMAIN, reason)
    return None


def not_connected(sender: Address, domains: Sequence[Domain]) -> str:
    names = [domain.name for domain in domains]
    of_several = f"a connected domain: {', '.join(names)}"
    return f"{sender.email} is not on {f'the connected domain {names[0]}' if len(names) == 1 else of_several}"
