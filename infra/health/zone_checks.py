"""The records that a hosted zone of Route 53 has already.

CloudFormation takes over a record that is the same in name, type, time to live and values, and refuses any other of its name. So a stage
may get its zone again, and fails if its records were entered by hand with another time to live.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from functions.adapters.domains.identities import SesIdentityStore
from functions.core.domains.records import (
    DnsRecord,
    dkim_records,
    feedback_server,
    mail_from_records,
    tracking_record,
)
from functions.settings import mail_suffix
from infra.config import HOST_TTL, RECORD_TTL, DomainIdentity
from infra.deployed_stage import stack_resources
from infra.health.finding import Defect
from infra.health.host_checks import HOSTS, host_stack
from infra.health.target import Target

RECORD = "AWS::Route53::RecordSet"
SETS_MAX = "20"  # of one name: a set has a type


def zone_defects(zone: str, target: Target) -> Iterator[Defect]:
    for record, ttl in _written(target):
        sets = target.client("route53").list_resource_record_sets(
            HostedZoneId=zone, StartRecordName=record.name, MaxItems=SETS_MAX
        )["ResourceRecordSets"]
        if any(_conflicts(record, ttl, one) for one in sets if one["Name"].rstrip(".") == record.name):
            yield Defect(
                f"the hosted zone {zone} has {record.name} already, and not with the value and the {ttl} seconds of this deployment: "
                "CloudFormation refuses to write it",
                "leave out staffetta:hostedZone: staffetta domains check shows whether the records are right; or delete this one",
            )


def _conflicts(record: DnsRecord, ttl: int, present: Mapping[str, Any]) -> bool:
    """No other record has the name of a CNAME."""
    if present["Type"] != record.type:
        return "CNAME" in {present["Type"], record.type}
    values = [one["Value"].rstrip(".") for one in present.get("ResourceRecords", ())]
    value = f'"{record.value}"' if record.type == "TXT" else record.value
    return (present.get("TTL"), values) != (ttl, [value])


def _written(target: Target) -> Iterator[tuple[DnsRecord, int]]:
    """Yields what the deployment adds to the zone, each with its time to live. What a stack has written before is its own."""
    ours = set(target.ours(RECORD))
    for record in _of_domain(target):
        if record.name not in ours:
            yield record, RECORD_TTL
    for record in _of_hosts(target):
        yield record, HOST_TTL


def _of_domain(target: Target) -> list[DnsRecord]:
    """DMARC's record is not among them: preflight looks for it in DNS. DKIM's have names once SES has the identity."""
    read, region = target.config, target.region or ""
    if read.identity is not DomainIdentity.NEW:
        return []
    store = SesIdentityStore(client=target.client("sesv2"), arn_prefix="", sender_tag="", default_set="")
    identity = store.get(read.domain)
    mail_from = mail_from_records(f"bounce.{read.domain}", feedback_server(region, mail_suffix(region)))
    return [*mail_from, *(dkim_records(identity) if identity else ())]


def _of_hosts(target: Target) -> Iterator[DnsRecord]:
    read = target.config
    for kind, host in read.hosts.items():
        if not host.endswith(f".{read.domain}"):
            continue
        stack = host_stack(read.stage, kind, target.client)
        if stack is None or not _has_record(str(stack["StackName"]), kind, target):
            yield tracking_record(host, _target_of(kind, stack or {}))


def _has_record(stack: str, kind: str, target: Target) -> bool:
    resources = stack_resources(stack, lambda service: target.client(service, **HOSTS[kind]))
    return any(one["ResourceType"] == RECORD for one in resources)


def _target_of(kind: str, stack: Mapping[str, Any]) -> str:
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
    return str(outputs.get(f"{kind}Record", "")).rpartition(" ")[2]
