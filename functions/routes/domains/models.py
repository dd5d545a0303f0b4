"""Sending domains and their DNS records."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.core.domains.domain import parse_name
from functions.core.domains.record_checks import RecordState
from functions.core.domains.records import RecordPurpose
from functions.core.models.format import Format
from functions.routes.http.models import ApiModel, EmailAddress, Instant, OwnModel

_NAME = Format(parse_name, "a domain name like mail.acme.com", "mail.acme.com")
DomainName = Annotated[str, Meta(description="a domain name", examples=["mail.acme.com"], extra={"format": _NAME})]
Reports = Annotated[
    EmailAddress | None,
    Meta(description="where DMARC's reports go. Choose a mailbox with a reader; absent: no reports"),
]


OwnSets = Annotated[
    bool,
    Meta(
        description="the domain gets configuration sets of its own: copies of the deployment's, whose options and reputation are the domain's"
    ),
]


class DomainAddRequest(OwnModel):
    name: DomainName
    mail_from: Annotated[
        DomainName | None, Meta(description="the subdomain of the envelope's sender. Default: `bounce.` and the name")
    ] = None
    dmarc_reports: Reports = None
    own_sets: OwnSets = False


class DomainAdoptRequest(OwnModel):
    default_set: Annotated[
        bool, Meta(description="our transactional set becomes the identity's default, for mail that names no set")
    ] = False
    dmarc_reports: Reports = None
    own_sets: OwnSets = False


class DomainRemovalQuery(OwnModel):
    force: Annotated[
        bool, Meta(description="also if published emails, automations, broadcasts or scheduled sends send as it")
    ] = False


class DomainView(ApiModel):
    """A domain as its last check left it. The sweep checks each domain again and again."""

    name: str
    primary: Annotated[bool, Meta(description="the deployment's own domain, which cannot be removed")] = False
    adopted: Annotated[bool, Meta(description="SES had it before; removal leaves it there")] = False
    transactional_set: (
        Annotated[str, Meta(description="its own configuration set; absent: the deployment's")] | None
    ) = None
    marketing_set: Annotated[str, Meta(description="its own configuration set; absent: the deployment's")] | None = None
    verified: Annotated[bool, Meta(description="SES sends as it; absent: not checked yet")] | None = None
    verified_since: Instant | None = None
    reason: Annotated[str, Meta(description="why SES does not send as it")] | None = None
    drifted: Annotated[list[str], Meta(description="what was right before and is not now")] | None = None
    checked_at: Instant | None = None
    created_at: Instant | None = None


class DomainList(ApiModel):
    results: list[DomainView]


class DnsRecordView(ApiModel):
    """A record to copy into DNS, and what DNS has."""

    purpose: RecordPurpose
    type: Annotated[str, Meta(description="CNAME, MX or TXT")]
    name: Annotated[str, Meta(description="complete: many DNS providers append the zone by themselves")]
    value: str
    state: RecordState
    meaning: Annotated[str, Meta(description="what is wrong and what to do, in plain words")] = ""
    actual: Annotated[list[str], Meta(description="what DNS has instead, or has already")] | None = None
    since: Annotated[Instant, Meta(description="since when it is right")] | None = None


class DomainReportView(DomainView, kw_only=True):
    """A domain as SES and DNS show it now."""

    complete: Annotated[bool, Meta(description="SES sends as it, and no record is missing or wrong")]
    remarks: Annotated[list[str], Meta(description="what SES reports, in plain words")]
    records: list[DnsRecordView]
