"""Sending domains: what a stage stores of them, SES's identities and DNS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.core.domains.dns_answers import Answers, DnsAnswer, DnsQuery
from functions.core.domains.domain import Domain, SesIdentity
from functions.core.domains.records import DnsRecord
from functions.core.errors import Conflict
from functions.steps.domains.sender_domains import ReadDomains


def connected(*names: str) -> ReadDomains:
    """The domains of a stage, as its workers read them."""
    return read_only(*(Domain(name=name) for name in names))


def read_only(*domains: Domain) -> ReadDomains:
    return lambda max_age=0: domains


@dataclass
class MemoryDomains:
    stored: dict[str, Domain] = field(default_factory=dict)

    def all(self) -> Sequence[Domain]:
        return list(self.stored.values())

    def get(self, name: str) -> Domain | None:
        return self.stored.get(name)

    def put(self, domain: Domain) -> None:
        self.stored[domain.name] = domain

    def remove(self, name: str) -> None:
        self.stored.pop(name, None)


@dataclass
class MemoryIdentities:
    """Those in `verified` may send."""

    stored: dict[str, SesIdentity] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    default_sets: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> SesIdentity | None:
        identity = self.stored.get(name)
        if identity is None:
            return None
        status = "SUCCESS" if name in self.verified else "PENDING"
        return replace(identity, sendable=name in self.verified, dkim_status=status, mail_from_status=status)

    def create(self, domain: Domain, mail_from: str) -> None:
        if (present := self.stored.get(domain.name)) and not present.ours:
            raise Conflict(f"SES has the identity {domain.name} already")
        self.stored[domain.name] = identity(domain.name, mail_from=mail_from)

    def adopt(self, domain: Domain, *, default_set: bool) -> None:
        self.stored[domain.name] = replace(self.stored[domain.name], ours=True)
        if default_set:
            self.default_sets[domain.name] = "transactional"

    def release(self, name: str) -> None:
        self.stored[name] = replace(self.stored[name], ours=False)

    def delete(self, name: str) -> None:
        self.stored.pop(name, None)


@dataclass
class MemorySets:
    """Each set with the one that it is a copy of."""

    copies: dict[str, str] = field(default_factory=dict)

    def copy(self, names: Mapping[str, str]) -> None:
        self.copies |= names

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            self.copies.pop(name, None)


@dataclass
class MemoryTrackingHosts:
    """The record of each domain's host, by the domain's name."""

    records: dict[str, DnsRecord] = field(default_factory=dict)

    def record(self, domain: Domain) -> DnsRecord | None:
        return self.records.get(domain.name)


def identity(name: str, *, mail_from: str = "", ours: bool = True) -> SesIdentity:
    return SesIdentity(
        name=name,
        sendable=False,
        dkim_status="PENDING",
        dkim_tokens=("t1", "t2", "t3"),
        dkim_zone="dkim.amazonses.com",
        mail_from=mail_from,
        ours=ours,
    )


@dataclass
class MemoryDns:
    """Records by name and type. `silent` answers nothing."""

    records: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    silent: bool = False

    def answers(self, queries: Iterable[DnsQuery]) -> Answers:
        if self.silent:
            return {query: DnsAnswer(error="no answer") for query in queries}
        return {query: DnsAnswer(self.records.get((query.name, query.type), ())) for query in queries}
