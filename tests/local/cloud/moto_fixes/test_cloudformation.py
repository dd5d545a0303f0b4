"""Templates that stock moto cannot read or update."""

from __future__ import annotations

import json

import pytest

from infra.local.cloud import Cloud
from infra.local.cloud.moto_fixes import (
    cloudformation,
)


def test_stock_moto_trips_over_previous_values() -> None:
    """It looks a previous value up among the set parameters. If it no longer does, drop the fix."""
    instance = type("Stack", (), {"parameters": {}})()
    with pytest.raises(KeyError):
        cloudformation._resolve_update_parameters(None, instance, [{"ParameterKey": "P", "UsePreviousValue": True}])


def test_templates_may_be_yaml_too(cloud: Cloud) -> None:
    """Hand-written templates are YAML."""
    body = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub from-${AWS::StackName}\n"
    cloud.client("cloudformation").create_stack(StackName="yaml", TemplateBody=body)
    assert cloud.client("sqs").get_queue_url(QueueName="from-yaml")["QueueUrl"]


def test_a_bucket_without_a_name_is_updated_with_its_tags(cloud: Cloud) -> None:
    """Stock moto reads the name of a bucket with tags from the template."""
    for days in (1, 2):
        rule = {"Status": "Enabled", "ExpirationInDays": days}
        properties = {"Tags": [{"Key": "a", "Value": "b"}], "LifecycleConfiguration": {"Rules": [rule]}}
        template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}}
        call = cloud.client("cloudformation").create_stack if days == 1 else cloud.client("cloudformation").update_stack
        call(StackName="tagged", TemplateBody=json.dumps(template))
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="tagged")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
