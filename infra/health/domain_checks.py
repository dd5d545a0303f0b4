"""Whether the domain of a new deployment can be connected: in SES, and in DNS."""

from __future__ import annotations

from collections.abc import Iterator

from functions.core.domains import record_checks
from functions.core.domains.record_checks import RecordState
from functions.core.domains.records import dmarc_record
from infra.config import DomainIdentity
from infra.deployed_stage import Clients
from infra.health.finding import Defect
from infra.health.target import Target
from infra.health.zone_checks import RECORD, zone_defects

IDENTITY = "AWS::SES::EmailIdentity"


def domain(target: Target) -> Iterator[Defect]:
    read = target.config
    existing, domain = read.identity is DomainIdentity.EXISTING, read.domain
    in_ses = _has_identity(domain, target.client)
    if existing and not in_ses:
        yield Defect(
            f"SES has no identity {domain} in this region: leave out staffetta:identity=existing",
            f'make deploy ARGS="-c staffetta:domain={domain}"',
        )
    if in_ses and not existing and domain not in target.ours(IDENTITY):
        yield Defect(
            f"SES has the identity {domain} already, yours or another stage's: use it with -c staffetta:identity=existing, "
            f"or give this stage a subdomain of its own, such as -c staffetta:domain=mail.{domain}",
            f'make deploy ARGS="-c staffetta:domain={domain} -c staffetta:identity=existing"',
        )


def tracking_host(target: Target) -> Iterator[Defect]:
    """SES takes a host of tracked links only below a verified domain, and a first deployment has none yet."""
    read = target.config
    if read.tracking_host and not _is_verified(read.domain, target.client):
        yield Defect(
            f"SES takes {read.tracking_host} only once it has verified {read.domain}: deploy without staffetta:trackingHost first, "
            f"and add it when staffetta domains check is complete",
            f'make deploy ARGS="-c staffetta:domain={read.domain}"',
        )


def dns_records(target: Target) -> Iterator[Defect]:
    """The stack writes the records into a hosted zone. Its DMARC record may neither double nor weaken one that DNS has."""
    read = target.config
    zone = read.hosted_zone
    if zone is None:
        return
    name = _zone_name(zone, target.client)
    if name is None:
        yield Defect(f"Route 53 has no hosted zone {zone} in this account", "aws route53 list-hosted-zones")
    elif name != read.domain and not read.domain.endswith(f".{name}"):
        yield Defect(
            f"the hosted zone {zone} is {name}, and does not contain {read.domain}", "aws route53 list-hosted-zones"
        )
    else:
        yield from zone_defects(zone, target)
    if read.dmarc_reports and not any(name.startswith("_dmarc.") for name in target.ours(RECORD)):
        record = dmarc_record(read.domain, read.dmarc_reports)
        answers = target.dns.answers(record_checks.queries(record, read.domain))
        checked = record_checks.check(record, read.domain, answers)
        if checked.state is not RecordState.MISSING:
            yield Defect(
                f"a DMARC record is there, or cannot be ruled out: {', '.join(checked.actual) or checked.meaning}",
                "leave out staffetta:dmarcReports, and see staffetta domains check after the deployment",
            )


def _has_identity(domain: str, client: Clients) -> bool:
    sesv2 = client("sesv2")
    try:
        sesv2.get_email_identity(EmailIdentity=domain)
    except sesv2.exceptions.NotFoundException:
        return False
    return True


def _is_verified(domain: str, client: Clients) -> bool:
    if not _has_identity(domain, client):
        return False
    return bool(client("sesv2").get_email_identity(EmailIdentity=domain)["VerifiedForSendingStatus"])


def _zone_name(zone: str, client: Clients) -> str | None:
    route53 = client("route53")
    try:
        return str(route53.get_hosted_zone(Id=zone)["HostedZone"]["Name"]).rstrip(".")
    except route53.exceptions.NoSuchHostedZone:
        return None
