"""Sending domains: what a stage stores of them, their identities at SES, and DNS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from functions.core.domains.dns_answers import Answers, DnsQuery
from functions.core.domains.domain import Domain, SesIdentity
from functions.core.domains.records import DnsRecord


class Domains(Protocol):
    def all(self) -> Sequence[Domain]:
        """May be a moment out of date."""

    def get(self, name: str) -> Domain | None: ...

    def put(self, domain: Domain) -> None:
        """Replaces the domain."""

    def remove(self, name: str) -> None: ...


class SesIdentities(Protocol):
    def get(self, name: str) -> SesIdentity | None: ...

    def create(self, domain: Domain, mail_from: str) -> None:
        """Creates an identity of this stage, with our transactional set as its default. Continues an interrupted creation."""

    def adopt(self, domain: Domain, *, default_set: bool) -> None:
        """Lets this stage send as an identity. Changes nothing else, unless `default_set` makes our transactional set its default."""

    def release(self, name: str) -> None:
        """Ends `adopt`, except for the default set."""

    def delete(self, name: str) -> None:
        """Deletes the identity with its DKIM key. Does nothing if SES does not have it."""


class ConfigurationSets(Protocol):
    def copy(self, names: Mapping[str, str]) -> None:
        """Creates a set for each name, with the options and the event destinations of another: new name → other. Changes no existing set."""

    def delete(self, names: Iterable[str]) -> None:
        """Does nothing for a set that SES does not have."""


class TrackingHosts(Protocol):
    def record(self, domain: Domain) -> DnsRecord | None:
        """Returns the record of the host of the domain's tracked links. Returns None for SES's own host and for a host of another domain."""


class Dns(Protocol):
    def answers(self, queries: Iterable[DnsQuery]) -> Answers:
        """Returns an answer for each query. A query that fails has an answer with an error."""
