"""The DNS records that a sending domain needs."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from functions.core.domains.domain import SesIdentity


class RecordPurpose(StrEnum):
    DKIM = "DKIM"
    MAIL_FROM = "MAIL_FROM"
    SPF = "SPF"
    DMARC = "DMARC"
    TRACKING = "TRACKING"


class DnsRecord(Struct, frozen=True):
    """A record in the form that a DNS provider takes. The name is complete and has no dot at its end."""

    purpose: RecordPurpose
    name: str
    type: str  # CNAME, MX or TXT
    value: str

    @property
    def key(self) -> str:
        return f"{self.type} {self.name}"


def dkim_records(identity: SesIdentity) -> list[DnsRecord]:
    """Returns none if the owner signs with a key of their own: SES does not show its record."""
    if not identity.dkim_zone:
        return []
    return [
        DnsRecord(RecordPurpose.DKIM, f"{token}._domainkey.{identity.name}", "CNAME", f"{token}.{identity.dkim_zone}")
        for token in identity.dkim_tokens
    ]


def feedback_server(region: str, suffix: str) -> str:
    """Returns SES's mail server for bounces. `suffix`: of SES's mail servers in the region's partition."""
    return f"feedback-smtp.{region}.{suffix}"


def mail_from_records(mail_from: str, server: str) -> list[DnsRecord]:
    if not mail_from:
        return []
    return [
        DnsRecord(RecordPurpose.MAIL_FROM, mail_from, "MX", f"10 {server}"),
        DnsRecord(RecordPurpose.SPF, mail_from, "TXT", "v=spf1 include:amazonses.com ~all"),
    ]


def dmarc_record(domain: str, reports: str) -> DnsRecord:
    """Returns the first record of a domain that has none. It changes no delivery; with an address, its owner gets reports."""
    rua = f"; rua=mailto:{reports}" if reports else ""
    return DnsRecord(RecordPurpose.DMARC, f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none{rua}")


def ses_tracking_host(region: str) -> str:
    """Returns SES's own host of tracked links. It serves a host of ours over HTTP only, so HTTPS needs a CDN before it."""
    return f"r.{region}.awstrack.me"


def tracking_record(host: str, target: str) -> DnsRecord:
    return DnsRecord(RecordPurpose.TRACKING, host, "CNAME", target)
