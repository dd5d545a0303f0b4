"""Settings → the adapters of sending domains and DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import dynamodb, edge_cloudformation, sesv2_account

if TYPE_CHECKING:
    from functions.adapters.domains.configuration_sets import SesConfigurationSets
    from functions.adapters.domains.dns import DnsResolver
    from functions.adapters.domains.domains import DynamoDomains
    from functions.adapters.domains.identities import SesIdentityStore
    from functions.adapters.domains.tracking_hosts import SesTrackingHosts
    from functions.wiring.container import Container


def domains(c: Container) -> DynamoDomains:
    from functions.adapters.domains.domains import DynamoDomains

    return DynamoDomains(c.get(dynamodb), c.settings.metrics_table)


def ses_identities(c: Container) -> SesIdentityStore:
    from functions.adapters.domains.identities import SesIdentityStore

    return SesIdentityStore(
        client=c.get(sesv2_account),
        arn_prefix=c.settings.identities_arn,
        sender_tag=c.settings.sender_tag,
        default_set=c.settings.transactional_configuration_set,
    )


def configuration_sets(c: Container) -> SesConfigurationSets:
    from functions.adapters.domains.configuration_sets import SesConfigurationSets

    return SesConfigurationSets(c.get(sesv2_account))


def tracking_hosts(c: Container) -> SesTrackingHosts:
    from functions.adapters.domains.tracking_hosts import SesTrackingHosts

    settings = c.settings
    return SesTrackingHosts(
        client=c.get(sesv2_account),
        cloudformation=lambda: c.get(edge_cloudformation),
        default_set=settings.transactional_configuration_set,
        own_host=settings.tracking_host,
        stack=settings.tracking_stack,
        region=settings.region,
    )


def dns(c: Container) -> DnsResolver:
    from functions.adapters.domains.dns import DnsResolver

    return DnsResolver(c.settings.dns_server)
