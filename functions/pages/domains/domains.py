"""Sending domains: their DNS records to copy, what was found of them, and adding, adopting and removing them."""

from __future__ import annotations

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT
from functions.core.domains.domain import Domain, parse_name
from functions.core.domains.record_checks import RecordState
from functions.core.domains.records import RecordPurpose
from functions.core.errors import FieldError, NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.domains.domain_uses import UseKind
from functions.steps.domains.manage_domains import DomainManager

DOMAINS = "/console/domains"
STATES = {
    RecordState.RIGHT: (N_("right"), "good"),
    RecordState.MISSING: (N_("missing"), "bad"),
    RecordState.WRONG: (N_("wrong"), "bad"),
    RecordState.UNKNOWN: (N_("DNS did not answer"), "soft"),
}
USES = {
    UseKind.EMAIL: N_("email %(id)s"),
    UseKind.AUTOMATION: N_("automation %(id)s"),
    UseKind.BROADCAST: N_("broadcast %(id)s"),
    UseKind.SCHEDULED: N_("scheduled sends of email %(id)s"),
}

PURPOSES = {
    RecordPurpose.DKIM: N_("Signature (DKIM)"),
    RecordPurpose.MAIL_FROM: N_("Return path (MAIL FROM)"),
    RecordPurpose.SPF: N_("Allowed senders (SPF)"),
    RecordPurpose.DMARC: N_("Policy for forged mail (DMARC)"),
    RecordPurpose.TRACKING: N_("Links and opens"),
}


def show_domains(visit: PageVisit) -> HtmlPage:
    return visit.page(
        "domains/domains.html", rows=[(domain, _path(domain.name), _is_primary(domain)) for domain in _manager().all()]
    )


def add(visit: PageVisit) -> HtmlPage:
    name = _name(visit, "domain")
    mail_from = visit.value("mailFrom").lower() or f"bounce.{name}"
    if not mail_from.endswith(f".{name}"):
        raise Rejected([FieldError("mailFrom", f"must be a subdomain of {name}")])
    _manager().add(name, mail_from, visit.value("reports"), visit.actor, own_sets=visit.value("ownSets") == "on")
    _log(visit, AuditAction.DOMAIN_ADDED, name)
    return visit.redirect(_path(name), visit.gettext("The domain is added: now its DNS records are needed."))


def adopt(visit: PageVisit) -> HtmlPage:
    name, default_set = _name(visit, "existing"), visit.value("defaultSet") == "on"
    try:
        _manager().adopt(name, "", visit.actor, default_set=default_set)
    except NotFound as error:
        raise Rejected([FieldError("existing", str(error))]) from error
    _log(visit, AuditAction.DOMAIN_ADOPTED, name, default_set=str(default_set).lower())
    return visit.redirect(_path(name), visit.gettext("This stage sends as the domain from now on."))


def show_domain(visit: PageVisit) -> HtmlPage:
    """Checks the domain now."""
    report = _manager().check(visit.path("domain").lower())
    since = report.domain.since
    return visit.page(
        "domains/domain.html",
        domain=report.domain,
        path=_path(report.domain.name),
        is_primary=_is_primary(report.domain),
        complete=report.complete,
        unanswered=report.unanswered,
        remarks=report.remarks,
        purposes=PURPOSES,
        checks=[(check, *STATES[check.state], since.get(check.record.key)) for check in report.checks],
    )


def confirm_removal(visit: PageVisit) -> HtmlPage:
    """Names what sends as the domain. The button then removes it all the same."""
    domain = visit.path("domain").lower()
    uses = _manager().uses(domain)
    text = visit.gettext(
        "Mail from its addresses is refused from now on. SES's identity is deleted, unless the domain was adopted. Its DNS records stay: "
        "delete them at your DNS provider."
    )
    if not uses:
        return visit.confirm(
            visit.gettext("Remove %(domain)s?", domain=domain), text, visit.gettext("Remove the domain"), _path(domain)
        )
    names = ", ".join(visit.gettext(USES[use.kind], id=use.id) for use in uses)
    used = visit.gettext("In use: %(uses)s.", uses=names)
    return visit.confirm(
        visit.gettext("Remove %(domain)s?", domain=domain),
        f"{used} {text}",
        visit.gettext("Remove the domain all the same"),
        _path(domain),
        force="on",
    )


def remove(visit: PageVisit) -> HtmlPage:
    domain = visit.path("domain").lower()
    _manager().remove(domain, visit.actor, force=visit.value("force") == "on")
    _log(visit, AuditAction.DOMAIN_REMOVED, domain)
    return visit.redirect(DOMAINS, visit.gettext("The domain is removed."))


_DOMAIN = f"{DOMAINS}/{{domain}}"
PAGES = (
    get(DOMAINS, show_domains, ACCOUNT, menu=(MenuGroup.SETTINGS, N_("Domains"))),
    post(DOMAINS, add, ACCOUNT, back=show_domains),
    post(f"{DOMAINS}/adopt", adopt, ACCOUNT, back=show_domains),
    get(_DOMAIN, show_domain, ACCOUNT),
    get(f"{_DOMAIN}/remove", confirm_removal, ACCOUNT),
    post(f"{_DOMAIN}/remove", remove, ACCOUNT, back=confirm_removal),
)


def _manager() -> DomainManager:
    return wiring.get(wiring.domains.manage_domains)


def _is_primary(domain: Domain) -> bool:
    return domain.name == wiring.container().settings.domain


def _path(name: str) -> str:
    return f"{DOMAINS}/{name}"


def _name(visit: PageVisit, field: str) -> str:
    """Raises Rejected."""
    try:
        return parse_name(visit.value(field))
    except ValueError:
        raise Rejected([FieldError(field, "must be a domain name like mail.example.com")]) from None


def _log(visit: PageVisit, action: AuditAction, name: str, **detail: str) -> None:
    wiring.get(wiring.access.audit_log)(action, visit.actor, name, **detail)
