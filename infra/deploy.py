"""`make deploy`: `cdk bootstrap`, `cdk deploy --all`, and then the protection of what was made. The options are the `cdk` command's."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import ROOT, ip_pool
from infra.config import PLACEHOLDER_DOMAIN, PREFIX, IpPool
from infra.deployed_stage import Clients, identities, is_deployed, set_protection, state_stack
from infra.next_steps import next_steps
from infra.node import NodeError, cdk_command

DEFAULT_STAGE = "prod"


class DeploymentError(Exception):
    """The deployment cannot begin, or has failed. The message is for a reader."""


def deploy(options: Sequence[str], *, terminal: bool) -> None:
    """Raises DeploymentError, BotoCoreError or ClientError."""
    settings, profile = _read(options)
    if settings.get("domain", PLACEHOLDER_DOMAIN) == PLACEHOLDER_DOMAIN:
        raise DeploymentError(
            f"{PLACEHOLDER_DOMAIN} is a placeholder that cannot send: give your own domain, "
            'as in make deploy ARGS="-c staffetta:domain=mail.acme.com"'
        )
    stage = settings.get("stage", DEFAULT_STAGE)
    region = os.environ.get("AWS_REGION")  # as the cdk command reads it, and boto3 does not
    client: Any = boto3.Session(profile_name=profile, region_name=region).client
    check_identity(settings, client)
    pool, ready = ip_pool.kind(settings), ip_pool.is_ready(settings, stage, client)
    agreed = pool is IpPool.MANAGED and not ready and _confirm_price(explicit="ipPool" in settings, terminal=terminal)
    _cdk("bootstrap", *options)
    # Without a terminal, the command could not read the approval of changed rights.
    approval = [] if terminal or "--require-approval" in options else ["--require-approval", "never"]
    protected = json.dumps(is_deployed(stage, client))
    _cdk("deploy", "--all", *options, *_context(protected=protected, poolReady=json.dumps(ready)), *approval)
    if agreed:
        _create_pool(stage, [*options, *_context(protected="true", poolReady="true"), *approval])
    elif pool is IpPool.STANDARD and not ready:
        sys.stdout.write(f"{ip_pool.guide(settings, stage)}\n")
    ip_pool.set_shared_delivery(settings, stage, client)
    if settings.get("defaultSet") == "true":
        set_default_set(settings["domain"], f"staffetta-{stage}-transactional", client)
    for name in set_protection(stage, client, enabled=True):
        sys.stdout.write(f"protected against deletion: {name}\n")
    for line in next_steps(stage, settings["domain"], client):
        sys.stdout.write(f"{line}\n")


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


def _context(**settings: str) -> list[str]:
    return [word for name, value in settings.items() for word in ("-c", f"{PREFIX}{name}={value}")]


def check_identity(settings: Mapping[str, str], client: Clients) -> None:
    """Raises DeploymentError if SES has the domain already and this stage would create it, or the other way round."""
    domain, existing = settings["domain"], settings.get("identity") == "existing"
    in_ses = _has_identity(domain, client)
    if existing and not in_ses:
        raise DeploymentError(f"SES has no identity {domain} in this region: leave out staffetta:identity=existing")
    if in_ses and not existing and domain not in identities(settings.get("stage", DEFAULT_STAGE), client):
        raise DeploymentError(
            f"SES has the identity {domain} already, yours or another stage's: use it with -c staffetta:identity=existing, "
            f"or give this stage a subdomain of its own, such as -c staffetta:domain=mail.{domain}"
        )


def set_default_set(domain: str, configuration_set: str, client: Clients) -> None:
    client("sesv2").put_email_identity_configuration_set_attributes(
        EmailIdentity=domain, ConfigurationSetName=configuration_set
    )


def _has_identity(domain: str, client: Clients) -> bool:
    sesv2 = client("sesv2")
    try:
        sesv2.get_email_identity(EmailIdentity=domain)
    except sesv2.exceptions.NotFoundException:
        return False
    return True


def _read(options: Sequence[str]) -> tuple[dict[str, str], str | None]:
    """Returns the settings of the command line over those of cdk.json, and the AWS profile."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-c", "--context", action="append", default=[])
    parser.add_argument("--profile")
    parsed, _ = parser.parse_known_args(list(options))
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | dict(
        item.split("=", 1) for item in parsed.context if "=" in item
    )
    settings = {name.removeprefix(PREFIX): str(value) for name, value in context.items() if name.startswith(PREFIX)}
    return settings, parsed.profile


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
