"""An upgrade: the template of the last release, then today's over it, with data between. CloudFormation refuses, or replaces, what does not fit.

`python -m tests.infra.record_release 0.1.0` records a release's templates. Record them when a release is made.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra import ROOT
from infra.local import assembly
from infra.local.assembly import StackTemplate
from infra.local.cloud import Cloud
from infra.local.mailbox import Mailbox
from infra.local.ses import SesSimulator
from tests.infra.record_release import SETTINGS

if TYPE_CHECKING:
    from tests.support.aws.cdk_templates import Synthesize

RELEASES = Path(__file__).parent / "releases"
STATE, SERVICE = "Staffetta-prod-State", "Staffetta-prod-Service"
RETAINED = (
    *("AWS::DynamoDB::GlobalTable", "AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::Cognito::UserPool"),
    *("AWS::SES::ConfigurationSet", "AWS::SES::DedicatedIpPool", "AWS::SES::EmailIdentity", "AWS::IAM::ManagedPolicy"),
)


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
