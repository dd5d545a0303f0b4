"""Sending domains: list, add, adopt and remove them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.domains.domain import DOMAINS_MAX, Domain
from functions.core.errors import Conflict, NotFound
from functions.ports import Clock
from functions.ports.domains import Domains, SesIdentities
from functions.steps.domains.check_domain import CheckDomain, DomainReport
from functions.steps.domains.sender_domains import with_primary


class DomainManager(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. The stage's first domain comes with its deployment: it can be checked, and not removed."""

    domains: Domains
    identities: SesIdentities
    check_domain: CheckDomain
    clock: Clock
    primary: str

    def all(self) -> Sequence[Domain]:
        return with_primary(self.domains.all(), self.primary)

    def check(self, name: str) -> DomainReport:
        """Raises NotFound."""
        return self.check_domain(self._get(name))

    def add(self, name: str, mail_from: str, dmarc_reports: str) -> DomainReport:
        """Creates the domain's identity, and returns the DNS records that it needs. Continues an interrupted `add`. Raises Conflict."""
        domain = self._new(name, dmarc_reports)
        self.identities.create(domain, mail_from)
        return self.check_domain(domain)

    def adopt(self, name: str, dmarc_reports: str, *, default_set: bool) -> DomainReport:
        """Uses an identity that SES has. Raises NotFound or Conflict."""
        domain = replace(self._new(name, dmarc_reports), adopted=True)
        if self.identities.get(name) is None:
            raise NotFound(f"SES has no identity {name} in this region: add it instead")
        self.identities.adopt(domain, default_set=default_set)
        return self.check_domain(domain)

    def remove(self, name: str) -> None:
        """Deletes the identity, or releases an adopted one. Raises NotFound or Conflict."""
        domain = self._get(name)
        if name == self.primary:
            raise Conflict(f"{name} is the domain of the deployment: `staffetta:domain` sets it")
        if domain.adopted:
            self.identities.release(name)
        else:
            self.identities.delete(name)
        self.domains.remove(name)

    def _get(self, name: str) -> Domain:
        domain = next((domain for domain in self.all() if domain.name == name), None)
        if domain is None:
            raise NotFound(f"{name} is not a domain of this stage")
        return domain

    def _new(self, name: str, dmarc_reports: str) -> Domain:
        stored = self.domains.all()
        if name == self.primary:
            raise Conflict(f"{name} is a domain of this stage already")
        if len(stored) >= DOMAINS_MAX and all(domain.name != name for domain in stored):
            raise Conflict(f"a stage has {DOMAINS_MAX} domains at most")
        existing = next((domain for domain in stored if domain.name == name), None)
        if existing:
            return replace(existing, dmarc_reports=dmarc_reports or existing.dmarc_reports)
        return Domain(name=name, created_at=timestamps.iso(self.clock()), dmarc_reports=dmarc_reports)
