"""`make deploy`: preflight, the CDK's bootstrap where it lacks, `cdk deploy --all`, and then the protection of what was made. The options are the
`cdk` command's. With --no-execute it only prepares change sets.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError
from msgspec.structs import replace

from functions.core.account.prices import IpPoolType
from infra import cdk_options, change_sets, deployment, ip_pool, regions
from infra.deployed_stage import Clients, has_image_cdn, set_protection, state_stack
from infra.deployment import Deployment, DeploymentError
from infra.health import bootstrap
from infra.health.finding import described
from infra.health.preflight import preflight
from infra.health.target import Target, target_of
from infra.next_steps import next_steps
from infra.node import NodeError


def deploy(options: Sequence[str], *, terminal: bool) -> None:
    """Raises DeploymentError, BotoCoreError or ClientError."""
    read = cdk_options.read(options)
    if read.informs:
        deployment.cdk("deploy", *options)
        return
    target = target_of(options)
    check(target)
    current = deployment.of(target, options, terminal=terminal)
    if read.executes:
        _execute(current, pool_agreed=_agrees_to_pool(current, terminal=terminal))
    else:
        change_sets.prepare(current)


def check(target: Target) -> None:
    """Shows what would fail or surprise. Raises DeploymentError for what would fail: nothing is made then."""
    report = preflight(target)
    lines = "\n".join(described(report))
    if not report.ok:
        raise DeploymentError(f"nothing was deployed\n{lines}")
    sys.stdout.write(f"{lines}\n")


def _agrees_to_pool(current: Deployment, *, terminal: bool) -> bool:
    """Returns whether the operator agrees to the price of a managed pool that the stage lacks."""
    settings = current.target.settings
    if current.pool_ready or ip_pool.kind(settings) is not IpPoolType.MANAGED:
        return False
    return _confirm_price(explicit="ipPool" in settings, terminal=terminal)


def _confirm_price(*, explicit: bool, terminal: bool) -> bool:
    """Without a terminal, the setting on the command line is the agreement."""
    sys.stdout.write(f"{ip_pool.managed_price()}.\n")
    if terminal:
        return input("Create it? Without it, the stage sends from SES's shared addresses. [y/N] ").strip().lower() in {
            "y",
            "yes",
        }
    if not explicit:
        sys.stdout.write("It is not created without an agreement: add -c staffetta:ipPool=managed.\n")
    return explicit


def _execute(current: Deployment, *, pool_agreed: bool) -> None:
    """Deploys what must succeed first, and then each part that AWS may refuse to an account, in a step of its own."""
    target = current.target
    if lacking := list(bootstrap.lacking(target)):
        current.bootstrap(lacking)
    for name in ip_pool.leave(target.settings, current.stage, target.client):
        sys.stdout.write(f"{name} sends from SES's shared addresses now: this deployment removes its IP pool\n")
    current.deploy("--all")
    done = _with_pool(_with_cdn(replace(current, deployed=True)), agreed=pool_agreed)
    _finish(done.target)


def _with_cdn(done: Deployment) -> Deployment:
    """Creates the CDN of images, unless the stage has it. CloudFront refuses an account that AWS has not verified."""
    target = done.target
    if done.cdn or not regions.has_cdn(target.region) or target.settings.get("imageCdn") == "false":
        return done
    created = replace(done, cdn=True)
    try:
        created.deploy("--all")
    except DeploymentError as error:
        sys.stdout.write(
            f"The CDN of images was not created ({error}). The stage works, but takes no uploads of images. If CloudFront's message above "
            "is that the account must be verified, send it to AWS Support: https://console.aws.amazon.com/support/home. "
            "Then run `make deploy` again.\n"
        )
        # State may have it, if only the update of Service has failed.
        return replace(done, cdn=has_image_cdn(done.stage, target.client))
    return created


def _with_pool(done: Deployment, *, agreed: bool) -> Deployment:
    """Creates the managed pool, if its price is agreed to. The stage works without it, so its failure is no failure of the deployment."""
    settings = done.target.settings
    if agreed:
        created = replace(done, pool_ready=True)
        try:
            created.deploy(state_stack(done.stage), "--exclusively")
        except DeploymentError as error:
            sys.stdout.write(
                f"The managed pool was not created ({error}). The stage sends from SES's shared addresses: run `make deploy` again later.\n"
            )
            return done
        return created
    if ip_pool.kind(settings) is IpPoolType.STANDARD and not done.pool_ready:
        sys.stdout.write(f"{ip_pool.guide(settings, done.stage)}\n")
    return done


def _finish(target: Target) -> None:
    """Protects the stage, and does what CloudFormation cannot. The protection comes first: SES may refuse a call, or the credentials end."""
    stage, domain, client = target.config.stage, target.config.domain, target.client
    for name in set_protection(stage, client, enabled=True):
        sys.stdout.write(f"protected against deletion: {name}\n")
    ip_pool.set_shared_delivery(target.settings, stage, client)
    if target.config.default_set:
        set_default_set(domain, f"staffetta-{stage}-transactional", client)
    for line in next_steps(stage, domain, client):
        sys.stdout.write(f"{line}\n")


def set_default_set(domain: str, configuration_set: str, client: Clients) -> None:
    client("sesv2").put_email_identity_configuration_set_attributes(
        EmailIdentity=domain, ConfigurationSetName=configuration_set
    )


def main() -> None:
    try:
        deploy(sys.argv[1:], terminal=sys.stdin.isatty())
    except (DeploymentError, NodeError, BotoCoreError, ClientError) as error:
        sys.exit(f"make deploy: {error}")


if __name__ == "__main__":
    main()
