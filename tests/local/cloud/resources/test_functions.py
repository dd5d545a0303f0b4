"""Functions, their event sources and their permissions, made by a stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import TRUST, attribute, ref, resource, table

POLL = {"Effect": "Allow", "Action": ["sqs:*", "dynamodb:*"], "Resource": "*"}


def function(**properties: Any) -> dict[str, dict[str, Any]]:
    properties = {
        "Handler": "m.h",
        "Runtime": "python3.13",
        "Code": {"S3Bucket": "assets", "S3Key": "one.zip"},
        **properties,
    }
    return {
        "Role": resource(
            "IAM::Role",
            AssumeRolePolicyDocument=TRUST,
            Policies=[{"PolicyName": "poll", "PolicyDocument": {"Version": "2012-10-17", "Statement": [POLL]}}],
        ),
        "Function": resource("Lambda::Function", Role=attribute("Role", "Arn"), **properties),
    }


def test_a_function_needs_neither_docker_nor_its_asset(cloud: Cloud, stacks: Any) -> None:
    """The configuration has everything that a runtime needs."""
    properties = function(
        Environment={"Variables": {"A": "1"}},
        Timeout=7,
        MemorySize=512,
        Architectures=["arm64"],
        ReservedConcurrentExecutions=2,
        Description="d",
    )
    stacks.put("fn", properties, {"Arn": {"Value": attribute("Function", "Arn")}})
    lambda_, name = cloud.client("lambda"), stacks.id_of("fn", "Function")
    described = lambda_.get_function_configuration(FunctionName=name)
    assert described["FunctionArn"] == stacks.outputs("fn")["Arn"]
    assert (described["Handler"], described["Timeout"], described["MemorySize"]) == ("m.h", 7, 512)
    assert described["Architectures"] == ["arm64"]
    assert described["Environment"]["Variables"] == {"A": "1"}
    assert lambda_.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 2


def test_an_update_shows(cloud: Cloud, stacks: Any) -> None:
    """New code has a new hash. New settings are set, and dropped ones return to their defaults."""
    stacks.put("fnu", function(Environment={"Variables": {"A": "1"}}, Timeout=7, ReservedConcurrentExecutions=2))
    lambda_, name = cloud.client("lambda"), stacks.id_of("fnu", "Function")
    before = lambda_.get_function_configuration(FunctionName=name)
    stacks.put("fnu", function(Handler="m.other", Environment={"Variables": {"B": "2"}}))
    settled = lambda_.get_function_configuration(FunctionName=name)
    assert (settled["Handler"], settled["Timeout"]) == ("m.other", 3)
    assert settled["Environment"]["Variables"] == {"B": "2"}
    assert settled["CodeSha256"] == before["CodeSha256"]
    assert "ReservedConcurrentExecutions" not in lambda_.get_function_concurrency(FunctionName=name)
    stacks.put("fnu", function(Code={"S3Bucket": "assets", "S3Key": "two.zip"}))
    recoded = lambda_.get_function_configuration(FunctionName=name)
    assert recoded["CodeSha256"] != before["CodeSha256"]
    assert "Environment" not in recoded


def test_an_uploaded_asset_is_the_code(cloud: Cloud, stacks: Any) -> None:
    """The real CDK CLI uploads the asset to S3, and the hash is the object's own."""
    cloud.client("s3").create_bucket(Bucket="uploads")
    cloud.client("s3").put_object(Bucket="uploads", Key="a.zip", Body=b"zip bytes")
    stacks.put("fna", function(Code={"S3Bucket": "uploads", "S3Key": "a.zip"}))
    described = cloud.client("lambda").get_function(FunctionName=stacks.id_of("fna", "Function"))
    assert described["Configuration"]["CodeSize"] == len(b"zip bytes")


@pytest.mark.parametrize("denied", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])
def test_a_mapping_needs_a_role_that_may_poll(cloud: Cloud, stacks: Any, denied: str) -> None:
    """Lambda polls the queue with the function's role, and refuses a mapping that cannot work."""
    resources = {**function(), "Queue": resource("SQS::Queue")}
    statements = [POLL, {"Effect": "Deny", "Action": denied, "Resource": "*"}]
    resources["Role"]["Properties"]["Policies"][0]["PolicyDocument"] = {
        "Version": "2012-10-17",
        "Statement": statements,
    }
    resources["Mapping"] = resource(
        "Lambda::EventSourceMapping", FunctionName=ref("Function"), EventSourceArn=attribute("Queue", "Arn")
    )
    name = denied.replace(":", "-")
    with pytest.raises(AssertionError, match="ROLLBACK_COMPLETE"):
        stacks.put(name, resources)
    events = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    assert any(f"does not allow {denied} on" in event.get("ResourceStatusReason", "") for event in events)


def test_a_mapping_keeps_every_setting(cloud: Cloud, stacks: Any) -> None:
    """The mapping has the template's settings, after an update too."""
    sqs = {
        "BatchSize": 5,
        "MaximumBatchingWindowInSeconds": 1,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 4},
        "FilterCriteria": {"Filters": [{"Pattern": '{"body":{"a":[1]}}'}]},
    }
    stream = {
        "StartingPosition": "TRIM_HORIZON",
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": 3,
        "MaximumRecordAgeInSeconds": 60,
        "ParallelizationFactor": 2,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }

    def resources(**changes: Any) -> dict[str, Any]:
        return {
            **function(),
            "Queue": resource("SQS::Queue"),
            "Table": table(StreamSpecification={"StreamViewType": "NEW_IMAGE"}),
            "FromQueue": resource(
                "Lambda::EventSourceMapping",
                FunctionName=ref("Function"),
                EventSourceArn=attribute("Queue", "Arn"),
                **{**sqs, **changes},
            ),
            "FromTable": resource(
                "Lambda::EventSourceMapping",
                FunctionName=attribute("Function", "Arn"),
                EventSourceArn=attribute("Table", "StreamArn"),
                **stream,
            ),
        }

    stacks.put("esm", resources())
    get = cloud.client("lambda").get_event_source_mapping
    described = get(UUID=stacks.id_of("esm", "FromQueue"))
    assert {name: described[name] for name in sqs} == sqs
    streaming = get(UUID=stacks.id_of("esm", "FromTable"))
    assert {name: streaming[name] for name in stream} == stream
    stacks.put("esm", resources(BatchSize=9, Enabled=False))
    changed = get(UUID=described["UUID"])
    assert (changed["BatchSize"], changed["State"]) == (9, "Disabled")
    without_filter = resources()
    del without_filter["FromQueue"]["Properties"]["FilterCriteria"]
    stacks.put("esm", without_filter)
    assert "FilterCriteria" not in get(UUID=stacks.id_of("esm", "FromQueue"))
    stacks.delete("esm")
    assert not cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]


def test_permissions_and_failure_handling(cloud: Cloud, stacks: Any) -> None:
    """A permission is a statement of the function's policy, and is removed with its resource."""
    extra = {
        "Allow": resource(
            "Lambda::Permission",
            FunctionName=attribute("Function", "Arn"),
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
        ),
        "Failures": resource(
            "Lambda::EventInvokeConfig", FunctionName=ref("Function"), Qualifier="$LATEST", MaximumRetryAttempts=1
        ),
    }
    stacks.put("perm", {**function(), **extra})
    lambda_, name = cloud.client("lambda"), stacks.id_of("perm", "Function")
    (statement,) = json.loads(lambda_.get_policy(FunctionName=name)["Policy"])["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert lambda_.get_function_event_invoke_config(FunctionName=name)["MaximumRetryAttempts"] == 1
    extra["Failures"]["Properties"]["MaximumRetryAttempts"] = 0
    stacks.put("perm", {**function(), **extra})
    assert lambda_.get_function_event_invoke_config(FunctionName=name)["MaximumRetryAttempts"] == 0
    stacks.put("perm", function())
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        lambda_.get_function_event_invoke_config(FunctionName=name)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        lambda_.get_policy(FunctionName=name)
