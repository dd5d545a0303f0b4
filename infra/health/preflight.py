"""What would fail or surprise in a deployment, found before anything is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from msgspec.structs import replace

from functions.core.account.prices import IpPoolType
from functions.core.domains import record_checks
from functions.core.domains.dns_answers import DnsQuery
from functions.core.domains.record_checks import RecordState
from functions.core.domains.records import dmarc_record
from functions.core.sending import max_delivery_time
from functions.settings import LOCAL, images_bucket
from infra import regions, ses_lists
from infra.config import PLACEHOLDER_DOMAIN, QUEUE_WORKERS, ConfigError, DomainIdentity
from infra.deployed_stage import Clients, find_stack, is_deployed, service_stack, state_stack
from infra.health import bootstrap
from infra.health.finding import Check, Defect, Level, Report, run, warning
from infra.health.host_checks import HOSTS, host_defects, host_stack, is_available
from infra.health.target import Target
from infra.health.zone_checks import RECORD, zone_defects
from infra.regions import EDGE_REGION

MANAGED_POOLS_MAX = 5  # in a region
CONCURRENCY_SPARE = (
    5  # concurrent functions besides the workers of queues: the API, record, the readers of streams, the sweep
)

SET, POOL, IDENTITY = "AWS::SES::ConfigurationSet", "AWS::SES::DedicatedIpPool", "AWS::SES::EmailIdentity"
BUCKET = "AWS::S3::Bucket"


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


def _stacks(target: Target) -> Iterator[Defect]:
    stage = target.config.stage
    return stack_defects(target.client, (state_stack(stage), service_stack(stage)))


def stack_defects(client: Clients, names: Iterable[str]) -> Iterator[Defect]:
    """A stack that failed blocks the next deployment, unless the `cdk` command deletes it by itself."""
    for name in names:
        if stack := find_stack(name, client):
            yield from _failed(stack)


def _failed(stack: Mapping[str, Any], region: str = "") -> Iterator[Defect]:
    """`region`: of the stack, if it is not the stage's."""
    name, status, protected = stack["StackName"], stack["StackStatus"], stack.get("EnableTerminationProtection")
    where = f"--stack-name {name}{f' --region {region}' if region else ''}"
    if status.endswith("IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        verb = "update" if status.startswith("UPDATE") else "delete" if status.startswith("DELETE") else "create"
        yield Defect(f"{name} is being changed ({status})", f"aws cloudformation wait stack-{verb}-complete {where}")
    elif status == "UPDATE_ROLLBACK_FAILED":
        yield Defect(f"{name} could not roll back ({status})", f"aws cloudformation continue-update-rollback {where}")
    elif status in {"ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED"}:
        yield Defect(f"{name} has failed and is still there ({status})", f"aws cloudformation delete-stack {where}")
    elif status == "ROLLBACK_COMPLETE" and protected:
        yield Defect(
            f"{name} has failed, and its protection keeps it ({status})",
            f"aws cloudformation update-termination-protection --no-enable-termination-protection {where}",
        )


def _bootstrap(target: Target) -> Iterator[Defect]:
    lacking = list(bootstrap.lacking(target))
    for region in target.regions:
        stack = find_stack(target.toolkit, target.client, region_name=region)
        if stack and (failed := list(_failed(stack, "" if region == target.region else region))):
            yield from failed
        elif region in lacking:
            state = "is bootstrapped for an older CDK" if stack else "is not bootstrapped for the CDK"
            yield warning(
                f"{region} {state}: make deploy needs administrator rights for that once", "make deploy bootstraps it"
            )


def _domain(target: Target) -> Iterator[Defect]:
    read = target.config
    existing, domain = read.identity is DomainIdentity.EXISTING, read.domain
    in_ses = _has_identity(domain, target.client)
    if existing and not in_ses:
        yield Defect(
            f"SES has no identity {domain} in this region: leave out staffetta:identity=existing",
            f'make deploy ARGS="-c staffetta:domain={domain}"',
        )
    if in_ses and not existing and domain not in target.ours(IDENTITY):
        yield Defect(
            f"SES has the identity {domain} already, yours or another stage's: use it with -c staffetta:identity=existing, "
            f"or give this stage a subdomain of its own, such as -c staffetta:domain=mail.{domain}",
            f'make deploy ARGS="-c staffetta:domain={domain} -c staffetta:identity=existing"',
        )


def _tracking(target: Target) -> Iterator[Defect]:
    """SES takes a host of tracked links only below a verified domain, and a first deployment has none yet."""
    read = target.config
    if read.tracking_host and not _is_verified(read.domain, target.client):
        yield Defect(
            f"SES takes {read.tracking_host} only once it has verified {read.domain}: deploy without staffetta:trackingHost first, "
            f"and add it when staffetta domains check is complete",
            f'make deploy ARGS="-c staffetta:domain={read.domain}"',
        )


def _hosts(target: Target) -> Iterator[Defect]:
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
            yield from _failed(stack, HOSTS[kind].get("region_name", ""))
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


def _dns(target: Target) -> Iterator[Defect]:
    """The stack writes the records into a hosted zone. Its DMARC record may neither double nor weaken one that DNS has."""
    read = target.config
    zone = read.hosted_zone
    if zone is None:
        return
    name = _zone_name(zone, target.client)
    if name is None:
        yield Defect(f"Route 53 has no hosted zone {zone} in this account", "aws route53 list-hosted-zones")
    elif name != read.domain and not read.domain.endswith(f".{name}"):
        yield Defect(
            f"the hosted zone {zone} is {name}, and does not contain {read.domain}", "aws route53 list-hosted-zones"
        )
    else:
        yield from zone_defects(zone, target)
    if read.dmarc_reports and not any(name.startswith("_dmarc.") for name in target.ours(RECORD)):
        record = dmarc_record(read.domain, read.dmarc_reports)
        answers = target.dns.answers(record_checks.queries(record, read.domain))
        checked = record_checks.check(record, read.domain, answers)
        if checked.state is not RecordState.MISSING:
            yield Defect(
                f"a DMARC record is there, or cannot be ruled out: {', '.join(checked.actual) or checked.meaning}",
                "leave out staffetta:dmarcReports, and see staffetta domains check after the deployment",
            )


def _names(target: Target) -> Iterator[Defect]:
    """The names that the State stack gives itself: they must be free, or its own."""
    read, sesv2 = target.config, target.client("sesv2")
    transactional = read.name("transactional")
    fixed = [
        transactional,
        *(max_delivery_time.set_name(transactional, limit) for limit in max_delivery_time.SET_LIMITS),
        read.name("marketing"),
    ]
    taken = set(ses_lists.configuration_sets(sesv2)) & set(fixed) - set(target.ours(SET))
    for name in sorted(taken):
        yield Defect(
            f"SES has the configuration set {name}, and no deployment of this stage has made it: an earlier one left it, or another program",
            f"aws sesv2 delete-configuration-set --configuration-set-name {name}",
        )
    pool = read.name(read.ip_pool)
    if pool in ses_lists.ip_pools(sesv2) and pool not in target.ours(POOL):
        yield Defect(
            f"SES has the pool {pool}, and no deployment of this stage has made it",
            f"aws sesv2 delete-dedicated-ip-pool --pool-name {pool}",
        )


def _images(target: Target) -> Iterator[Defect]:
    """The images' bucket has a fixed name, and stays when its stack is deleted. S3 has one list of names for all accounts."""
    account = target.client("sts").get_caller_identity()["Account"]
    bucket = images_bucket(target.config.stage, account, target.region or "")
    if bucket in target.ours(BUCKET):
        return
    try:
        target.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            yield Defect(
                f"S3 has the bucket {bucket}, which this account may not read: another account has taken the name",
                f"give another name: -c staffetta:stage={target.config.stage[:11]}-two",
            )
    else:
        yield Defect(
            f"S3 has the bucket {bucket}: an earlier deployment left it, and mails that it sent show the images in it. "
            "Give this stage another name, or delete the bucket with the images",
            f"aws s3 rb s3://{bucket} --force",
        )


def _pools(target: Target) -> Iterator[Defect]:
    read = target.config
    if read.ip_pool is not IpPoolType.MANAGED or read.name(read.ip_pool) in target.ours(POOL):
        return
    sesv2 = target.client("sesv2")
    modes = (
        sesv2.get_dedicated_ip_pool(PoolName=name)["DedicatedIpPool"]["ScalingMode"]
        for name in ses_lists.ip_pools(sesv2)
        if name not in ses_lists.SES_POOLS
    )
    managed = list(modes).count("MANAGED")
    if managed >= MANAGED_POOLS_MAX:
        yield warning(
            f"this region has {managed} managed pools, and SES allows {MANAGED_POOLS_MAX}: the stage will send from shared addresses",
            f'make deploy ARGS="-c staffetta:domain={read.domain} -c staffetta:ipPool=shared"',
        )


def _concurrency(target: Target) -> Iterator[Defect]:
    return concurrency_defects(target.client, target.config.deliver_concurrency)


def concurrency_defects(client: Clients, deliver: int) -> Iterator[Defect]:
    """A new account may run ten functions at once, and all share them. Reserved ones are no way out: AWS refuses to reserve the last hundred."""
    limit = client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    workers = 2 * deliver + 2 * QUEUE_WORKERS
    if limit < workers + CONCURRENCY_SPARE:
        yield warning(
            f"Lambda runs {limit} functions at once in this account, and {workers} may work on the queues: in a burst of sends the API may answer 503",
            "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000",
        )


def _sandbox(target: Target) -> Iterator[Defect]:
    if not target.client("sesv2").get_account()["ProductionAccessEnabled"]:
        yield warning(
            "SES's sandbox: until SES grants production access, mail reaches verified addresses only",
            "staffetta production request --website https://acme.com, once the stage is deployed",
        )


CHECKS: tuple[Check[Target], ...] = (
    Check("settings", "the settings are valid", _settings, needed=True),
    Check("region", "the region has what a deployment needs", _region, needed=True),
    Check("credentials", "AWS accepts the credentials", _credentials, needed=True),
    Check("stacks", "no stack of this stage has failed", _stacks),
    Check("bootstrap", "each region of the deployment is bootstrapped for the CDK", _bootstrap),
    Check("domain", "the domain can be connected", _domain),
    Check("tracking host", "SES takes the tracking host, if there is one", _tracking),
    Check("hosts", "the stacks and certificates of your own hosts are in order, if there are any", _hosts),
    Check("DNS", "the DNS records can be written, or are yours to enter", _dns),
    Check("names", "the names of this stage's resources are free, or its own", _names),
    Check("images", "the name of the images' bucket is free, or its own", _images),
    Check("pools", "SES has room for the pool", _pools),
    Check("concurrency", "Lambda's limit is enough", _concurrency),
    Check("sandbox", "SES sends to all recipients", _sandbox),
)


def _has_identity(domain: str, client: Clients) -> bool:
    sesv2 = client("sesv2")
    try:
        sesv2.get_email_identity(EmailIdentity=domain)
    except sesv2.exceptions.NotFoundException:
        return False
    return True


def _is_verified(domain: str, client: Clients) -> bool:
    if not _has_identity(domain, client):
        return False
    return bool(client("sesv2").get_email_identity(EmailIdentity=domain)["VerifiedForSendingStatus"])


def _zone_name(zone: str, client: Clients) -> str | None:
    route53 = client("route53")
    try:
        return str(route53.get_hosted_zone(Id=zone)["HostedZone"]["Name"]).rstrip(".")
    except route53.exceptions.NoSuchHostedZone:
        return None
