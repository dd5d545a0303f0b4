"""A deployed stage, from outside of it: the product's own adapters on the resources that its stack's outputs name."""

from __future__ import annotations

import json

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.aws.errors import AwsError, ConnectError, ReadTimeout
from functions.settings import SettingError, Settings
from functions.wiring import Container

AWS_FAULTS = (
    AwsError,
    ConnectError,
    ReadTimeout,
    ClientError,
    BotoCoreError,
)  # whatever a command's call to AWS may raise


class NotDeployedError(Exception):
    """The stage cannot be found with the credentials and the region that are set. The message is for a reader."""


def container(stage: str) -> Container:
    """With the AWS credentials, the region and the endpoint of the environment. Raises NotDeployedError."""
    try:
        settings = Settings.from_env(json.loads(_outputs(stage).get("Settings", "{}")))
    except SettingError as fault:
        raise NotDeployedError(
            f"stage {stage} runs another version than this command: deploy it anew ({fault})"
        ) from fault
    return Container(settings, boto3.client)


def caller_arn() -> str:
    """Who runs the command, for the audit log: the ARN of the AWS identity whose credentials are set."""
    return str(boto3.client("sts").get_caller_identity()["Arn"])


def describe_error(fault: BaseException) -> str:
    """One of AWS_FAULTS, for a reader: the first one, where undoing things failed as well."""
    match _first(fault):
        case AwsError() | ClientError() as refusal:
            return f"AWS refused. {refusal}"
        case ReadTimeout() as silence:
            return f"AWS did not answer, and may have done it or not: {silence}"
        case other:
            return f"AWS cannot be reached: {other}"


def _first(fault: BaseException) -> BaseException:
    """An error's context is what was being handled as it came up; the SDK's own error is that of ours."""
    chain = [fault]
    while isinstance(chain[-1].__context__, AWS_FAULTS):
        chain.append(chain[-1].__context__)
    ours = [one for one in chain if not isinstance(one, (ClientError, BotoCoreError))]
    return (ours or chain)[-1]


def _outputs(stage: str) -> dict[str, str]:
    name = f"Staffetta-{stage}-Service"
    try:
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        raise NotDeployedError(
            f"stack {name} cannot be read ({error}): check --stage, AWS_DEFAULT_REGION and the credentials"
        ) from error
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
