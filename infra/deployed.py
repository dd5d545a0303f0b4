"""A deployed stage, from outside of it: the product's own adapters on the resources that its stack's outputs name."""

from __future__ import annotations

import json

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.clients import Clients
from functions.settings import Settings
from functions.wiring import Wiring


class NotDeployedError(Exception):
    """The stage cannot be found with the credentials and the region that are set. The message is for a reader."""


def wiring(stage: str) -> Wiring:
    """With the AWS credentials, the region and the endpoint of the environment."""
    return Wiring(Settings.from_env(json.loads(_outputs(stage)["Settings"])), Clients(boto3.client))


def _outputs(stage: str) -> dict[str, str]:
    name = f"Staffetta-{stage}-Service"
    try:
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        raise NotDeployedError(
            f"stack {name} cannot be read ({error}): check --stage, AWS_DEFAULT_REGION and the credentials"
        ) from error
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
