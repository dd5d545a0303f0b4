"""Sending domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.steps.domains.sender_domains import ReadDomains, cached_domains
from functions.wiring.adapters.automations import automations
from functions.wiring.adapters.broadcasts import broadcast_store
from functions.wiring.adapters.domains import configuration_sets, dns, domains, ses_identities, tracking_hosts
from functions.wiring.adapters.emails import emails
from functions.wiring.adapters.sending import message_index
from functions.wiring.adapters.tokens import smtp_tokens

if TYPE_CHECKING:
    from functions.steps.domains.check_domain import CheckDomain, WatchDomains
    from functions.steps.domains.manage_domains import DomainManager
    from functions.wiring.container import Container


def read_domains(c: Container) -> ReadDomains:
    return cached_domains(c.get(domains), c.settings.domain, c.clock)


def check_domain(c: Container) -> CheckDomain:
    from functions.core.domains.records import feedback_server
    from functions.settings import mail_suffix
    from functions.steps.domains.check_domain import CheckDomain

    return CheckDomain(
        domains=c.get(domains),
        identities=c.get(ses_identities),
        dns=c.get(dns),
        tracking_hosts=c.get(tracking_hosts),
        clock=c.clock,
        feedback_server=feedback_server(c.settings.region, mail_suffix(c.settings.region)),
    )


def manage_domains(c: Container) -> DomainManager:
    from functions.steps.domains.domain_uses import FindDomainUses
    from functions.steps.domains.manage_domains import DomainManager

    find_uses = FindDomainUses(
        emails=c.get(emails),
        automations=c.get(automations),
        broadcasts=c.get(broadcast_store),
        messages=c.get(message_index),
    )
    return DomainManager(
        domains=c.get(domains),
        identities=c.get(ses_identities),
        sets=c.get(configuration_sets),
        tokens=c.get(smtp_tokens),
        check_domain=c.get(check_domain),
        find_uses=find_uses,
        clock=c.clock,
        primary=c.settings.domain,
        transactional_set=c.settings.transactional_configuration_set,
        marketing_set=c.settings.marketing_configuration_set,
        own_sets_prefix=c.settings.own_sets_prefix,
    )


def watch_domains(c: Container) -> WatchDomains:
    from functions.steps.domains.check_domain import WatchDomains

    return WatchDomains(domains=c.get(domains), check=c.get(check_domain), primary=c.settings.domain)
