"""What would fail or surprise in a deployment, found before anything is made."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from functions.settings import LOCAL
from infra import regions
from infra.config import PLACEHOLDER_DOMAIN, ConfigError
from infra.health import capacity_checks, domain_checks, host_conflicts, name_checks, stack_checks
from infra.health.finding import Check, Defect, Report, run
from infra.health.target import Target
from infra.regions import EDGE_REGION


def preflight(target: Target) -> Report:
    return run(CHECKS, target)


def _settings(target: Target) -> Iterator[Defect]:
    try:
        read = target.config
    except ConfigError as error:
        yield Defect(str(error), "correct the setting: docs/settings.md lists the values")
        return
    if read.domain == PLACEHOLDER_DOMAIN:
        yield Defect(
            f"{PLACEHOLDER_DOMAIN} is a placeholder that cannot send: give your own domain",
            'make deploy ARGS="-c staffetta:domain=mail.acme.com"',
        )
    if read.local:
        yield Defect(
            f"the stage {LOCAL} is the stack of this machine: its tables are deleted with it, and the command does not reach one in AWS",
            "give another name: -c staffetta:stage=test",
        )


def _region(target: Target) -> Iterator[Defect]:
    if not target.region:
        yield Defect("no region is set", "export AWS_REGION=eu-central-1")
        return
    try:
        regions.check(target.region)
    except ConfigError as error:
        yield Defect(str(error), "export AWS_REGION=eu-central-1")


def _credentials(target: Target) -> Iterator[Defect]:
    try:
        target.client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        if _are_accepted(target, EDGE_REGION):
            yield Defect(
                f"the account has not enabled {target.region}",
                f"aws account enable-region --region-name {target.region}",
            )
        else:
            yield Defect(f"AWS does not accept the credentials: {error}", "aws configure")


def _are_accepted(target: Target, region: str) -> bool:
    """A region that an account must enable first refuses its credentials as if they were wrong. Another region accepts them."""
    try:
        target.client("sts", region_name=region).get_caller_identity()
    except (ClientError, BotoCoreError):
        return False
    return True


CHECKS: tuple[Check[Target], ...] = (
    Check("settings", "the settings are valid", _settings, needed=True),
    Check("region", "the region has what a deployment needs", _region, needed=True),
    Check("credentials", "AWS accepts the credentials", _credentials, needed=True),
    Check("stacks", "no stack of this stage has failed", stack_checks.own_stacks),
    Check("bootstrap", "each region of the deployment is bootstrapped for the CDK", stack_checks.bootstraps),
    Check("domain", "the domain can be connected", domain_checks.domain),
    Check("tracking host", "SES takes the tracking host, if there is one", domain_checks.tracking_host),
    Check(
        "hosts", "the stacks and certificates of your own hosts are in order, if there are any", host_conflicts.hosts
    ),
    Check("DNS", "the DNS records can be written, or are yours to enter", domain_checks.dns_records),
    Check("names", "the names of this stage's resources are free, or its own", name_checks.ses_names),
    Check("images", "the name of the images' bucket is free, or its own", name_checks.images_bucket_name),
    Check("pools", "SES has room for the pool", capacity_checks.pools),
    Check("concurrency", "Lambda's limit is enough", capacity_checks.concurrency),
    Check("sandbox", "SES sends to all recipients", capacity_checks.sandbox),
)
