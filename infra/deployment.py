"""One run of `make deploy`: its target, what the account has of the stage, and the `cdk` commands for both."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence

from msgspec import Struct

from infra import ROOT, cdk_options, ip_pool
from infra.config import PREFIX
from infra.deployed_stage import has_image_cdn, is_deployed
from infra.health.target import Target
from infra.node import cdk_command

# Without an app, `cdk bootstrap` synthesizes nothing: it only needs the environments. An empty name replaces that of cdk.json.
NO_APP = ("--app", "")


class DeploymentError(Exception):
    """The deployment cannot begin, or has failed. The message is for a reader."""


class Deployment(Struct, frozen=True):
    target: Target
    options: Sequence[str]  # of the `cdk` command, as its caller gave them
    approval: Sequence[str]
    deployed: bool  # a deployment of State has succeeded
    cdn: bool
    pool_ready: bool

    @property
    def stage(self) -> str:
        return self.target.config.stage

    def deploy(self, *stacks: str) -> None:
        """Raises DeploymentError. The settings come from here, since the app may have no credentials to read the stage: with --profile, only
        the command has them.
        """
        settings = {"imageCdn": self.cdn, "protected": self.deployed, "poolReady": self.pool_ready}
        context = [word for name, value in settings.items() for word in ("-c", f"{PREFIX}{name}={json.dumps(value)}")]
        cdk("deploy", *stacks, *self.options, *context, *self.approval)

    def bootstrap(self, regions: Sequence[str]) -> None:
        """Raises DeploymentError."""
        cdk("bootstrap", *environments(self.target, regions), *NO_APP, *self.options)


def of(target: Target, options: Sequence[str], *, terminal: bool) -> Deployment:
    """Reads what the stage has. Raises BotoCoreError or ClientError."""
    stage, client = target.config.stage, target.client
    # Without a terminal, the command could not read the approval of changed rights.
    chosen = terminal or cdk_options.read(options).chooses_approval
    return Deployment(
        target,
        options,
        approval=() if chosen else ("--require-approval", "never"),
        deployed=is_deployed(stage, client),
        cdn=has_image_cdn(stage, client),
        pool_ready=ip_pool.is_ready(target.settings, stage, client),
    )


def environments(target: Target, regions: Sequence[str]) -> list[str]:
    """Returns the account in each of the regions, in the `cdk` command's form."""
    return [f"aws://{account(target)}/{region}" for region in regions]


def account(target: Target) -> str:
    return str(target.client("sts").get_caller_identity()["Account"])


def cdk(*words: str) -> None:
    status = subprocess.run([*cdk_command(), *words], cwd=ROOT, check=False).returncode  # noqa: S603 - our own command
    if status:
        raise DeploymentError(f"cdk {words[0]} ended with {status}: see its output above")
