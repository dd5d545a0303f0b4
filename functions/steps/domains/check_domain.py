"""Check a domain: what SES and DNS answer about it now, stored for senders and for the alarm of a change."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from functions.core import timestamps
from functions.core.domains import progress, record_checks
from functions.core.domains.dns_answers import Answers
from functions.core.domains.domain import Domain, SesIdentity
from functions.core.domains.record_checks import RecordCheck, RecordState
from functions.core.domains.records import DnsRecord, dkim_records, dmarc_record, mail_from_records
from functions.core.domains.verification import remarks
from functions.ports import Clock
from functions.ports.domains import Dns, Domains, SesIdentities, TrackingHosts
from functions.steps.domains.sender_domains import with_primary

WATCHED_AT_ONCE = 5  # checks in one sweep: SES answers about one call a second


class DomainReport(Struct, frozen=True):
    """Each problem has a remark, or a check that is not RIGHT."""

    domain: Domain  # after the check
    identity: SesIdentity | None
    checks: list[RecordCheck]
    remarks: list[str]

    @property
    def complete(self) -> bool:
        """Whether SES sends as the domain, and no record is missing or wrong."""
        open_states = {RecordState.MISSING, RecordState.WRONG}
        return bool(self.domain.sendable) and not any(check.state in open_states for check in self.checks)

    @property
    def unanswered(self) -> bool:
        """Whether DNS did not answer for a record: that one may be missing or wrong."""
        return any(check.state is RecordState.UNKNOWN for check in self.checks)


class CheckDomain(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    domains: Domains
    identities: SesIdentities
    dns: Dns
    tracking_hosts: TrackingHosts
    clock: Clock
    feedback_server: str  # SES's, for bounces

    def __call__(self, domain: Domain) -> DomainReport:
        identity = self.identities.get(domain.name)
        required = self._records(domain, identity) if identity else []
        answers = self._answers(domain, required)
        checks = [record_checks.check(record, domain.name, answers) for record in required]
        checked = progress.checked(domain, identity, checks, timestamps.iso(self.clock()))
        self.domains.put(checked)
        return DomainReport(checked, identity, checks, list(remarks(identity)) if identity else [checked.reason])

    def _records(self, domain: Domain, identity: SesIdentity) -> list[DnsRecord]:
        tracking = self.tracking_hosts.record(domain)
        return [
            *dkim_records(identity),
            *mail_from_records(identity.mail_from, self.feedback_server),
            dmarc_record(domain.name, domain.dmarc_reports),
            *([tracking] if tracking else []),
        ]

    def _answers(self, domain: Domain, required: Sequence[DnsRecord]) -> Answers:
        first = self.dns.answers(query for record in required for query in record_checks.queries(record, domain.name))
        return {**first, **self.dns.answers(record_checks.report_queries(domain.name, first))}


class WatchDomains(Struct, frozen=True, kw_only=True):
    """Checks the domains whose last check is the oldest."""

    domains: Domains
    check: CheckDomain
    primary: str

    def __call__(self) -> list[str]:
        """Returns what was right before and is not, of all domains."""
        stored = with_primary(self.domains.all(), self.primary)
        oldest = sorted(stored, key=lambda domain: domain.checked_at)[:WATCHED_AT_ONCE]
        checked = {domain.name: self.check(domain).domain for domain in oldest}
        return [
            f"{domain.name}: {key} since {at}"
            for domain in (checked.get(one.name, one) for one in stored)
            for key, at in domain.drifted.items()
        ]
