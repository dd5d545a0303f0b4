"""Sending domains over HTTP, a Staffetta extension."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.core.domains.domain import Domain, parse_name
from functions.core.domains.progress import SENDING
from functions.core.domains.record_checks import RecordCheck
from functions.core.errors import FieldError, NotFound, Rejected
from functions.routes.domains.models import (
    DnsRecordView,
    DomainAddRequest,
    DomainAdoptRequest,
    DomainList,
    DomainRemovalQuery,
    DomainReportView,
    DomainView,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, query_of
from functions.steps.domains.check_domain import DomainReport


def list_domains(request: ApiRequest) -> DomainList:
    manager = wiring.get(wiring.domains.manage_domains)
    return DomainList(results=[DomainView(**_fields(domain)) for domain in manager.all()])


def add_domain(request: ApiRequest) -> DomainReportView:
    body = body_of(request, DomainAddRequest)
    mail_from = body.mail_from or f"bounce.{body.name}"
    if not mail_from.endswith(f".{body.name}"):
        raise Rejected([FieldError("mailFrom", f"must be a subdomain of {body.name}")])
    manager = wiring.get(wiring.domains.manage_domains)
    return _report(manager.add(body.name, mail_from, body.dmarc_reports or "", request.caller, own_sets=body.own_sets))


def adopt_domain(request: ApiRequest) -> DomainReportView:
    body = body_of(request, DomainAdoptRequest) if request.body else DomainAdoptRequest()
    manager = wiring.get(wiring.domains.manage_domains)
    adopted = manager.adopt(
        _name(request), body.dmarc_reports or "", request.caller, default_set=body.default_set, own_sets=body.own_sets
    )
    return _report(adopted)


def check_domain(request: ApiRequest) -> DomainReportView:
    return _report(wiring.get(wiring.domains.manage_domains).check(_name(request)))


def remove_domain(request: ApiRequest) -> None:
    force = query_of(request, DomainRemovalQuery).force
    wiring.get(wiring.domains.manage_domains).remove(_name(request), request.caller, force=force)


def _name(request: ApiRequest) -> str:
    try:
        return parse_name(request.path_parameters["domain"])
    except ValueError as error:
        raise NotFound(f"{request.path_parameters['domain']!r} is not a domain name") from error


def _report(report: DomainReport) -> DomainReportView:
    since = report.domain.since
    return DomainReportView(
        **_fields(report.domain),
        complete=report.complete,
        remarks=report.remarks,
        records=[_record(check, since.get(check.record.key)) for check in report.checks],
    )


def _fields(domain: Domain) -> dict[str, Any]:
    return {
        "name": domain.name,
        "primary": domain.name == wiring.container().settings.domain,
        "adopted": domain.adopted,
        "transactional_set": domain.transactional_set or None,
        "marketing_set": domain.marketing_set or None,
        "verified": domain.sendable,
        "verified_since": domain.since.get(SENDING),
        "reason": domain.reason or None,
        "drifted": [f"{key} since {at}" for key, at in domain.drifted.items()] or None,
        "checked_at": domain.checked_at or None,
        "created_at": domain.created_at or None,
    }


def _record(check: RecordCheck, since: str | None) -> DnsRecordView:
    return DnsRecordView(
        purpose=check.record.purpose,
        type=check.record.type,
        name=check.record.name,
        value=check.record.value,
        state=check.state,
        meaning=check.meaning,
        actual=list(check.actual) or None,
        since=since,
    )
