"""An upgrade: the template of the last release, then today's over it, with data between. CloudFormation refuses, or replaces, what does not fit.

`python -m tests.infra.record_release 0.1.0` records a release's templates. Record them when a release is made.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from functions.settings import PREFIX
from infra import ROOT
from infra.local import assembly
from infra.local.assembly import StackTemplate
from infra.local.cloud import Cloud
from infra.local.mailbox import Mailbox
from infra.local.ses import SesSimulator
from tests.infra.record_release import SETTINGS

if TYPE_CHECKING:
    from tests.support.aws.cdk_templates import Synthesize

Upgrade = list[tuple[Mapping[str, Any], Mapping[str, Any]]]  # the templates of a release, each with today's
RELEASES = Path(__file__).parent / "releases"
STATE, SERVICE = "Staffetta-prod-State", "Staffetta-prod-Service"
RETAINED = (
    *("AWS::DynamoDB::GlobalTable", "AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::Cognito::UserPool"),
    *("AWS::SES::ConfigurationSet", "AWS::SES::DedicatedIpPool", "AWS::SES::EmailIdentity", "AWS::IAM::ManagedPolicy"),
)


# What makes two resources the same to AWS. A second one is refused, or is deleted with the first.
IDENTITIES: dict[str, tuple[str, ...]] = {
    "AWS::ApiGatewayV2::Route": ("RouteKey",),
    "AWS::CloudWatch::Dashboard": ("DashboardName",),
    "AWS::Lambda::EventInvokeConfig": ("FunctionName",),
    "AWS::Lambda::EventSourceMapping": ("FunctionName", "EventSourceArn"),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SES::ConfigurationSet": ("Name",),
    "AWS::SES::DedicatedIpPool": ("PoolName",),
    "AWS::SES::EmailIdentity": ("EmailIdentity",),
    "AWS::SNS::Subscription": ("TopicArn", "Endpoint"),
}

# Variables that functions of 0.1.0 need and today's do not have. After the next release, none is left.
ENDED = {
    *("AUTOMATION_QUEUE_URL", "BROADCAST_DEAD_LETTER_QUEUE_URL", "BROADCAST_QUEUE_URL", "DEAD_LETTER_QUEUE_URL"),
    *(
        "EVENTS_DEAD_LETTER_QUEUE_URL",
        "EVENTS_QUEUE_URL",
        "SEND_QUEUE_URL",
        "UNNOTIFIED_QUEUE_URL",
        "WEBHOOK_QUEUE_URL",
    ),
    *("IDENTITY_ARN", "MARKETING_CONFIGURATION_SET", "TRANSACTIONAL_CONFIGURATION_SET", "SMTP_TOKENS_FUNCTION"),
}


def last_release() -> dict[str, str]:
    """The templates of the last release by stack name, as text."""
    latest = max(RELEASES.glob("*.json.gz"), key=lambda file: [int(part) for part in file.name.split(".")[:3]])
    templates: dict[str, str] = json.loads(gzip.decompress(latest.read_bytes()))
    return templates


def test_todays_template_deploys_over_the_last_release(synthesized: Synthesize) -> None:
    """Tables, queues, buckets and sets stay the same ones, with their content."""
    ses = SesSimulator(
        region="eu-west-1", account_id=Cloud.account_id, mailbox=Mailbox(), publish=lambda _topic, _event: None
    )
    cloud = Cloud(region="eu-west-1", ses=ses.wsgi)
    assembly.bootstrap(cloud)
    for name, body in last_release().items():
        assembly.deploy(cloud, StackTemplate(name, body))
    before = physical(cloud)
    templates = synthesized(**SETTINGS)
    tables = fill(cloud, before)

    for name, template in ((STATE, templates.state), (SERVICE, templates.service)):
        cloud.client("cloudformation").update_stack(
            StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        (stack,) = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        assert stack["StackStatus"] == "UPDATE_COMPLETE", stack.get("StackStatusReason")
    after = physical(cloud)
    assert {key: after.get(key) for key in before} == before, "a named or retained resource was replaced"
    for table, item in tables.items():
        assert cloud.client("dynamodb").scan(TableName=table)["Items"] == [item]


@pytest.fixture(scope="module")
def upgrade(synthesized: Synthesize) -> Upgrade:
    """Each template of the last release, with today's."""
    before, today = last_release(), synthesized(**SETTINGS)
    return [(json.loads(before[STATE]), today.state), (json.loads(before[SERVICE]), today.service)]


def test_no_resource_is_replaced(upgrade: Upgrade) -> None:
    """CloudFormation replaces a resource whose create-only property changes, a table with its keys too. The local cloud may take the change."""
    changed = [
        (name, path)
        for before, today in upgrade
        for name, resource in before["Resources"].items()
        for path in create_only(resource["Type"])
        if name in today["Resources"] and at(path, resource) != at(path, today["Resources"][name])
    ]
    assert changed == []


def test_what_aws_does_not_create_twice_has_its_logical_id(upgrade: Upgrade) -> None:
    """CloudFormation would create it again under another logical id, before it deletes the first."""
    for before, today in upgrade:
        logical = identities(today)
        moved = {name: logical[key] for key, name in identities(before).items() if logical.get(key, name) != name}
        assert moved == {}


def test_no_export_is_taken_from_a_deployed_service(upgrade: Upgrade) -> None:
    """State is updated first, while the Service of the last release uses its exports."""
    before, today = (
        {output["Export"]["Name"] for output in template["Outputs"].values() if "Export" in output}
        for template in upgrade[0]
    )
    assert before
    assert before - today == set()


def test_a_function_has_the_variables_of_its_former_code(upgrade: Upgrade) -> None:
    """CloudFormation changes a function's variables first, and then its code. In between, the former code starts with today's variables: the API
    would answer 500, and a queue's messages would wait for their visibility timeout.
    """
    _, service = upgrade
    before, today = (variables(template) for template in service)
    gone = {name for function in before.keys() & today.keys() for name in before[function] - today[function]}
    assert gone == {f"{PREFIX}{name}" for name in ENDED}


def variables(template: Mapping[str, Any]) -> dict[str, set[str]]:
    """The names of the variables of each function, by its logical id."""
    functions = {name: one for name, one in template["Resources"].items() if one["Type"] == "AWS::Lambda::Function"}
    return {name: set(at(["Environment", "Variables"], one)) for name, one in functions.items()}


def create_only(kind: str) -> list[list[str]]:
    """The paths of the properties that can only be set at a resource's creation, by CloudFormation's own schema."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region="eu-west-1", resource_type=kind).schema
    pointers = [*schema.get("createOnlyProperties", []), *schema.get("conditionalCreateOnlyProperties", [])]
    return [pointer.split("/")[2:] for pointer in pointers]


def at(path: Sequence[str], resource: Mapping[str, Any]) -> Any:
    value: Any = resource.get("Properties", {})
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def identities(template: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """The logical ids of the resources that AWS would not create twice, by type and identity."""
    logical = {}
    for name, resource in template["Resources"].items():
        values = [at([key], resource) for key in IDENTITIES.get(resource["Type"], ())]
        if any(values):
            logical[resource["Type"], json.dumps(values)] = name
    return logical


def test_each_recorded_release_is_in_the_changelog() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = [file.name.removesuffix(".json.gz") for file in RELEASES.glob("*.json.gz")]
    assert versions
    assert [version for version in versions if f"\n## {version} (" not in changes] == []


def physical(cloud: Cloud) -> dict[str, str]:
    """The names of State's retained resources by their logical ids."""
    pages = cloud.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STATE)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] in RETAINED
    }


def fill(cloud: Cloud, resources: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Puts an item into every table. Returns the items by table."""
    dynamodb, items = cloud.client("dynamodb"), {}
    for name in dynamodb.list_tables()["TableNames"]:
        assert name in resources.values()
        table = dynamodb.describe_table(TableName=name)["Table"]
        kinds = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
        items[name] = {key["AttributeName"]: {kinds[key["AttributeName"]]: "1"} for key in table["KeySchema"]}
        dynamodb.put_item(TableName=name, Item=items[name])
    return items
