"""The hosts of a stage's own: their stacks, their certificates, and the CNAME of each. The stacks with a CDN are in CloudFront's region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from functions.core.domains import record_checks
from functions.core.domains.record_checks import RecordState
from functions.core.domains.records import tracking_record
from functions.ports.domains import Dns
from infra import regions
from infra.deployed_stage import Clients, find_stack
from infra.health.finding import Defect, warning
from infra.regions import EDGE_REGION

_EDGE = {"region_name": EDGE_REGION}
HOSTS: dict[str, dict[str, str]] = {
    "ApiHost": {},
    "TrackingHost": _EDGE,
    "ImagesHost": _EDGE,
}  # stacks, each with its region
CERTIFICATE = "AWS::CertificateManager::Certificate"
UNVALIDATED = "PENDING_VALIDATION"  # a certificate's status, and a renewal's


def is_available(kind: str, region: str | None) -> bool:
    """Returns whether a stage of a region can have the host: two of three need a CDN."""
    return not HOSTS[kind] or regions.has_cdn(region)


def host_defects(stage: str, region: str | None, client: Clients, dns: Dns) -> Iterator[Defect]:
    """A stage without hosts of its own has none. The CNAME of the tracking host is a record of its domain, which is checked there."""
    for kind, edge in HOSTS.items():
        stack = host_stack(stage, kind, client) if is_available(kind, region) else None
        if stack is None:
            continue
        yield from _certificates(str(stack["StackName"]), edge, client)
        if kind != "TrackingHost":
            yield from _cname(stack, dns)


def host_stack(stage: str, kind: str, client: Clients) -> Mapping[str, Any] | None:
    return find_stack(f"Staffetta-{stage}-{kind}", client, **HOSTS[kind])


def _certificates(stack: str, region: Mapping[str, str], client: Clients) -> Iterator[Defect]:
    """While CloudFormation waits for a certificate, its stack is being changed, and the certificate is in it already."""
    resources = client("cloudformation", **region).describe_stack_resources(StackName=stack)["StackResources"]
    for resource in resources:
        arn = resource.get("PhysicalResourceId", "")
        if resource["ResourceType"] != CERTIFICATE or not arn.startswith("arn:"):
            continue
        certificate = client("acm", **region).describe_certificate(CertificateArn=arn)["Certificate"]
        yield from _validation(certificate)


def _validation(certificate: Mapping[str, Any]) -> Iterator[Defect]:
    host, status = certificate["DomainName"], certificate["Status"]
    renewal = certificate.get("RenewalSummary", {}).get("RenewalStatus", "")
    records = [
        option["ResourceRecord"]
        for option in certificate.get("DomainValidationOptions", ())
        if "ResourceRecord" in option
    ]
    enter = (
        "; ".join(f"enter {one['Name']} {one['Type']} {one['Value']}" for one in records) or "see it in ACM's console"
    )
    if status == UNVALIDATED:
        yield Defect(f"the certificate of {host} waits for its record in DNS", enter)
    elif status != "ISSUED":
        yield Defect(
            f"the certificate of {host} is {status.lower().replace('_', ' ')}: the host does not answer",
            "see it in ACM's console",
        )
    elif renewal in {UNVALIDATED, "FAILED"}:
        yield warning(f"the certificate of {host} cannot be renewed: its record in DNS is gone", enter)


def _cname(stack: Mapping[str, Any], dns: Dns) -> Iterator[Defect]:
    for output in stack.get("Outputs", ()):
        host, kind, target = [*output["OutputValue"].split(" "), "", ""][:3]
        if kind != "CNAME":
            continue
        record = tracking_record(host, target)
        checked = record_checks.check(record, host, dns.answers(record_checks.queries(record, host)))
        if checked.state in {RecordState.MISSING, RecordState.WRONG}:
            yield Defect(f"{host} is not in use yet: {checked.meaning}", f"enter {host} CNAME {target}")
