"""What keeps a host of the stage from being made: its stack, its region, or another that has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from functions.core.domains.dns_answers import DnsQuery
from infra.deployed_stage import is_deployed
from infra.health.finding import Defect, Level, warning
from infra.health.host_checks import HOSTS, host_defects, host_stack, is_available
from infra.health.stack_checks import failed_stack
from infra.health.target import Target
from infra.regions import EDGE_REGION


def hosts(target: Target) -> Iterator[Defect]:
    """A host's stack with a CDN is deployed in another region, and CloudFront gives each host to one CDN only."""
    read = target.config
    for kind, host in read.hosts.items():
        if not is_available(kind, target.region):
            yield Defect(
                f"{target.region} is in a partition without CloudFront, which serves {host}",
                f"leave out staffetta:{kind[0].lower()}{kind[1:]}",
            )
            continue
        stack = host_stack(read.stage, kind, target.client)
        if stack is None:
            yield from _in_api_gateway(host, target) if kind == "ApiHost" else _in_cloudfront(kind, host, target)
        else:
            yield from failed_stack(stack, HOSTS[kind].get("region_name", ""))
            yield from _of_another_region(kind, host, stack, target)
    for defect in host_defects(read.stage, target.region, target.client, target.dns):
        yield replace(defect, level=Level.WARNING)  # the host does not answer yet, but a deployment succeeds without it


def _of_another_region(kind: str, host: str, stack: Mapping[str, Any], target: Target) -> Iterator[Defect]:
    """CloudFront's region has one stack of a host for the stages of a name in all regions. A deployment would take its host away."""
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    served = outputs.get(f"{kind}Record", host).partition(" ")[0]
    if HOSTS[kind] and served != host and not is_deployed(target.config.stage, target.client):
        yield Defect(
            f"{stack['StackName']} in {EDGE_REGION} serves {served}, for a stage of this name in another region or one that was removed",
            f"give another name: -c staffetta:stage={target.config.stage[:11]}-two",
        )


def _in_api_gateway(host: str, target: Target) -> Iterator[Defect]:
    """A host outlives its stack: links in mails lead to it."""
    client = target.client("apigatewayv2")
    with suppress(client.exceptions.NotFoundException):
        client.get_domain_name(DomainName=host)
        yield Defect(
            f"API Gateway has {host} already: a deleted stack left it, or another program uses it. Deleted, it answers no link until the "
            "new one has its certificate and its DNS record",
            f"aws apigatewayv2 delete-domain-name --domain-name {host}, or give another staffetta:apiHost",
        )


def _in_cloudfront(kind: str, host: str, target: Target) -> Iterator[Defect]:
    """CloudFront shows only the distributions of this account, so DNS is read. A tracking host may have been SES's own before, without a CDN."""
    query = DnsQuery(host, "CNAME")
    for value in target.dns.answers([query])[query].values:
        if kind == "ImagesHost" or value.endswith(".cloudfront.net"):
            yield warning(
                f"DNS has {host} already, which points to {value}: CloudFront refuses a host that another distribution has",
                f"remove {host} there, or give another staffetta:{kind[0].lower()}{kind[1:]}",
            )
