"""Sending domains: list, add, adopt and remove them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT
from functions.core.addresses import Address
from functions.core.domains.domain import DOMAINS_MAX, Domain, covering, own_sets
from functions.core.errors import Conflict, NotFound
from functions.core.sending import max_delivery_time
from functions.core.tokens.smtp_token import TokenState
from functions.ports import Clock
from functions.ports.domains import ConfigurationSets, Domains, SesIdentities
from functions.ports.tokens import SmtpTokens
from functions.steps.domains.check_domain import CheckDomain, DomainReport
from functions.steps.domains.domain_uses import DomainUse
from functions.steps.domains.sender_domains import with_primary

VALID = (TokenState.CREATING, TokenState.ACTIVE)
USES_MAX = 5  # uses that a refusal names


class DomainManager(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. The stage's first domain comes with its deployment: it can be checked, and not removed."""

    domains: Domains
    identities: SesIdentities
    sets: ConfigurationSets
    tokens: SmtpTokens
    check_domain: CheckDomain
    find_uses: Callable[[Callable[[Address], bool]], Sequence[DomainUse]]
    clock: Clock
    primary: str
    transactional_set: str  # the stage's
    marketing_set: str
    own_sets_prefix: str

    def all(self) -> Sequence[Domain]:
        return with_primary(self.domains.all(), self.primary)

    def check(self, name: str) -> DomainReport:
        """Raises NotFound."""
        return self.check_domain(self._get(name))

    def add(self, name: str, mail_from: str, dmarc_reports: str, by: Actor, *, own_sets: bool = False) -> DomainReport:
        """Creates the domain's identity, and returns the DNS records that it needs. Continues an interrupted `add`. Raises Forbidden
        and Conflict.
        """
        by.require(ACCOUNT)
        domain = self._new(name, dmarc_reports, own_sets=own_sets)
        self.identities.create(domain, mail_from)
        return self.check_domain(domain)

    def adopt(
        self, name: str, dmarc_reports: str, by: Actor, *, default_set: bool, own_sets: bool = False
    ) -> DomainReport:
        """Uses an identity that SES has. Raises Forbidden, NotFound or Conflict."""
        by.require(ACCOUNT)
        if self.identities.get(name) is None:
            raise NotFound(f"SES has no identity {name} in this region: add it instead")
        domain = replace(self._new(name, dmarc_reports, own_sets=own_sets), adopted=True)
        self.identities.adopt(domain, default_set=default_set)
        return self.check_domain(domain)

    def uses(self, name: str) -> Sequence[DomainUse]:
        """Returns what sends as the domain. A domain above it may cover its addresses: SES then goes on sending as them."""
        others = [domain for domain in self.all() if domain.name != name and domain.sendable is not False]
        return self.find_uses(lambda sender: sender.within(name) and covering(others, sender) is None)

    def remove(self, name: str, by: Actor, *, force: bool = False) -> None:
        """Deletes the identity, or releases an adopted one. Raises Forbidden, NotFound, and Conflict: if it is the deployment's, if SMTP
        tokens send as it, and without `force` also if emails do, since their mail would be refused.
        """
        by.require(ACCOUNT)
        domain = self._get(name)
        if name == self.primary:
            raise Conflict(f"{name} is the domain of the deployment: `staffetta:domain` sets it")
        if used := [token.name for token in self.tokens.all() if token.domain == name and token.state in VALID]:
            raise Conflict(f"SMTP tokens send as {name}: delete them first ({', '.join(used)})")
        if not force and (uses := self.uses(name)):
            more = f" and {len(uses) - USES_MAX} more" if len(uses) > USES_MAX else ""
            raise Conflict(
                f"{name} sends {', '.join(map(str, uses[:USES_MAX]))}{more}: their mail would be refused. Give the emails another sender "
                "and publish them, or remove the domain with force"
            )
        if domain.adopted:
            self.identities.release(name)
        else:
            self.identities.delete(name)
        if domain.transactional_set:
            self.sets.delete(self._copies(domain))
        self.domains.remove(name)

    def _get(self, name: str) -> Domain:
        domain = next((domain for domain in self.all() if domain.name == name), None)
        if domain is None:
            raise NotFound(f"{name} is not a domain of this stage")
        return domain

    def _new(self, name: str, dmarc_reports: str, *, own_sets: bool) -> Domain:
        stored = self.domains.all()
        if name == self.primary:
            raise Conflict(f"{name} is a domain of this stage already")
        if len(stored) >= DOMAINS_MAX and all(domain.name != name for domain in stored):
            raise Conflict(f"a stage has {DOMAINS_MAX} domains at most")
        existing = next((domain for domain in stored if domain.name == name), None)
        domain = existing or Domain(name=name, created_at=timestamps.iso(self.clock()))
        domain = replace(domain, dmarc_reports=dmarc_reports or domain.dmarc_reports)
        return self._with_own_sets(domain) if own_sets else domain

    def _with_own_sets(self, domain: Domain) -> Domain:
        """Creates the domain's sets as copies of the stage's. From then on they are the owner's: nothing changes them."""
        transactional, marketing = own_sets(self.own_sets_prefix, domain.name)
        changed = replace(domain, transactional_set=transactional, marketing_set=marketing)
        self.sets.copy(self._copies(changed))
        return changed

    def _copies(self, domain: Domain) -> dict[str, str]:
        """Returns the domain's sets, each with the stage's that it is a copy of: one for each kind of mail and limit of time."""
        timed = {
            max_delivery_time.set_name(domain.transactional_set, limit): max_delivery_time.set_name(
                self.transactional_set, limit
            )
            for limit in (0, *max_delivery_time.SET_LIMITS)
        }
        return {**timed, domain.marketing_set: self.marketing_set}
