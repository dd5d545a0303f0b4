"""The DNS records of the domain, written into a hosted zone of Route 53."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ses as ses
from constructs import Construct

from functions.core.domains.records import DnsRecord
from infra.config import RECORD_TTL


@dataclass(frozen=True, kw_only=True)
class DnsRecordsProps:
    zone_id: str
    records: list[DnsRecord]
    identity: ses.EmailIdentity | None  # None: SES had it before, with its DKIM records
    removal_policy: RemovalPolicy


class DnsRecords(Construct):
    """Route 53 refuses to create a record that exists: nothing of others is overwritten, and no name gets a second DMARC record."""

    def __init__(self, scope: Construct, name: str, props: DnsRecordsProps) -> None:
        super().__init__(scope, name)
        self._props = props
        for number, dkim in enumerate(props.identity.dkim_records if props.identity else (), start=1):
            self._write(f"Dkim{number}", dkim.name, "CNAME", dkim.value)
        for record in props.records:
            value = f'"{record.value}"' if record.type == "TXT" else record.value
            self._write(record.purpose.title().replace("_", ""), record.name, record.type, value)

    def _write(self, logical: str, name: str, type_: str, value: str) -> None:
        record = route53.CfnRecordSet(
            self,
            logical,
            hosted_zone_id=self._props.zone_id,
            name=name,
            type=type_,
            ttl=str(RECORD_TTL),
            resource_records=[value],
        )
        record.apply_removal_policy(self._props.removal_policy)
