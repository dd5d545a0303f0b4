"""Functions that moto stores and does not run."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaBackend

from infra.local.cloud import Cloud


def test_a_message_for_a_function_waits_in_its_queue(cloud: Cloud, stacks: Any) -> None:
    """Stock moto would run the function in Docker, and the message would be in flight without a receiver."""
    statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    policy = {"PolicyName": "poll", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, "Policies": [policy]}}
    settings_ = {
        "Handler": "m.h",
        "Runtime": "python3.13",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": "x"},
    }
    mapping = {"FunctionName": {"Ref": "Function"}, "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
    resources = {
        "Role": role,
        "Function": {"Type": "AWS::Lambda::Function", "Properties": settings_},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
    }
    stacks.put("waits", resources)
    queue = stacks.id_of("waits", "Queue")
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="for the pump")
    assert cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "for the pump"
    with pytest.raises(ClientError, match="stores functions and runs none"):
        cloud.client("lambda").invoke(FunctionName=stacks.id_of("waits", "Function"))


def test_stock_moto_delivers_by_itself() -> None:
    """If it no longer has these methods, drop the fix."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(LambdaBackend)))  # type: ignore[arg-type]  # it has a module
    names = {getattr(node, "name", "") for node in ast.walk(tree)}
    assert {"send_sqs_batch", "send_dynamodb_items", "send_sns_message"} <= names
