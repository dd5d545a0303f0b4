"""`make deploy`: preflight, `cdk bootstrap`, `cdk deploy --all`, and then the protection of what was made. The options are the `cdk` command's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.account.prices import IpPoolType
from infra import ROOT, cdk_options, ip_pool, regions
from infra.config import PREFIX
from infra.deployed_stage import Clients, has_image_cdn, is_deployed, set_protection, state_stack
from infra.health.finding import described
from infra.health.preflight import preflight
from infra.health.target import Target, target_of
from infra.next_steps import next_steps
from infra.node import NodeError, cdk_command

# Without an app, `cdk bootstrap` synthesizes nothing: it only needs the environments. An empty name replaces that of cdk.json.
NO_APP = ("--app", "")


class DeploymentError(Exception):
    """The deployment cannot begin, or has failed. The message is for a reader."""


def deploy(options: Sequence[str], *, terminal: bool) -> None:
    """Raises DeploymentError, BotoCoreError or ClientError."""
    read = cdk_options.read(options)
    if read.informs:
        _cdk("deploy", *options)
        return
    target = target_of(options)
    check(target)
    stage, client = target.config.stage, target.client
    pool, ready = ip_pool.kind(target.settings), ip_pool.is_ready(target.settings, stage, client)
    # Without a terminal, the command could not read the approval of changed rights.
    approval = [] if terminal or read.chooses_approval else ["--require-approval", "never"]
    cdn = has_image_cdn(stage, client)
    # The app may have no credentials to read this: with --profile, only the command has them.
    deployed = _context(imageCdn=cdn, protected=is_deployed(stage, client), poolReady=ready)
    if not read.executes:
        _cdk("deploy", "--all", *options, *deployed, *approval)
        sys.stdout.write(
            "Nothing was deployed: the change sets wait in CloudFormation, the one of State before the one of Service.\n"
        )
        return
    agreed = (
        pool is IpPoolType.MANAGED
        and not ready
        and _confirm_price(explicit="ipPool" in target.settings, terminal=terminal)
    )
    _cdk("bootstrap", *environments(target), *NO_APP, *options)
    _cdk("deploy", "--all", *options, *deployed, *approval)
    if not cdn and regions.has_cdn(target.region) and target.settings.get("imageCdn") != "false":
        cdn = _create_cdn([*options, *_context(imageCdn=True, protected=True, poolReady=ready), *approval])
    if agreed:
        _create_pool(stage, [*options, *_context(imageCdn=cdn, protected=True, poolReady=True), *approval])
    elif pool is IpPoolType.STANDARD and not ready:
        sys.stdout.write(f"{ip_pool.guide(target.settings, stage)}\n")
    # First: what is deployed is protected, also if SES refuses a later call, or the credentials end.
    for name in set_protection(stage, client, enabled=True):
        sys.stdout.write(f"protected against deletion: {name}\n")
    ip_pool.set_shared_delivery(target.settings, stage, client)
    if target.config.default_set:
        set_default_set(target.config.domain, f"staffetta-{stage}-transactional", client)
    for line in next_steps(stage, target.config.domain, client):
        sys.stdout.write(f"{line}\n")


def environments(target: Target) -> list[str]:
    """Returns the account in each of the stage's regions, in the `cdk` command's form."""
    return [f"aws://{account(target)}/{region}" for region in target.regions]


def account(target: Target) -> str:
    return str(target.client("sts").get_caller_identity()["Account"])


def check(target: Target) -> None:
    """Shows what would fail or surprise. Raises DeploymentError for what would fail: nothing is made then."""
    report = preflight(target)
    lines = "\n".join(described(report))
    if not report.ok:
        raise DeploymentError(f"nothing was deployed\n{lines}")
    sys.stdout.write(f"{lines}\n")


def _confirm_price(*, explicit: bool, terminal: bool) -> bool:
    """Returns whether the operator agrees to the price. Without a terminal, the setting on the command line is the agreement."""
    sys.stdout.write(f"{ip_pool.managed_price()}.\n")
    if terminal:
        return input("Create it? Without it, the stage sends from SES's shared addresses. [y/N] ").strip().lower() in {
            "y",
            "yes",
        }
    if not explicit:
        sys.stdout.write("It is not created without an agreement: add -c staffetta:ipPool=managed.\n")
    return explicit


def _create_pool(stage: str, options: Sequence[str]) -> None:
    """Creates the managed pool in a step of its own. The stage works without it, so its failure is no failure of the deployment."""
    try:
        _cdk("deploy", state_stack(stage), "--exclusively", *options)
    except DeploymentError as error:
        sys.stdout.write(
            f"The managed pool was not created ({error}). The stage sends from SES's shared addresses: run `make deploy` again later.\n"
        )


def _create_cdn(options: Sequence[str]) -> bool:
    """Creates the CDN of images in a step of its own, since CloudFront refuses an account that AWS has not verified. Returns whether it has."""
    try:
        _cdk("deploy", "--all", *options)
    except DeploymentError as error:
        sys.stdout.write(
            f"The CDN of images was not created ({error}). The stage works, but takes no uploads of images. If CloudFront's message above "
            "is that the account must be verified, send it to AWS Support: https://console.aws.amazon.com/support/home. "
            "Then run `make deploy` again.\n"
        )
        return False
    return True


def _context(**settings: bool) -> list[str]:
    return [word for name, value in settings.items() for word in ("-c", f"{PREFIX}{name}={json.dumps(value)}")]


def set_default_set(domain: str, configuration_set: str, client: Clients) -> None:
    client("sesv2").put_email_identity_configuration_set_attributes(
        EmailIdentity=domain, ConfigurationSetName=configuration_set
    )


def _cdk(*words: str) -> None:
    status = subprocess.run([*cdk_command(), *words], cwd=ROOT, check=False).returncode  # noqa: S603 -- our own command
    if status:
        raise DeploymentError(f"cdk {words[0]} ended with {status}: see its output above")


def main() -> None:
    try:
        deploy(sys.argv[1:], terminal=sys.stdin.isatty())
    except (DeploymentError, NodeError, BotoCoreError, ClientError) as error:
        sys.exit(f"make deploy: {error}")


if __name__ == "__main__":
    main()
