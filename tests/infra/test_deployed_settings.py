"""What a deployment keeps of the stage that is there: its protection, its pool and its CDN."""

from __future__ import annotations

import json

import pytest

from infra import deployed_settings
from infra.config import ConfigError
from infra.deployed_stage import is_deployed, set_protection
from infra.local.cloud import Cloud
from tests.support.aws.no_credentials import no_credentials

LOCAL_STAGE = '{"staffetta:stage": "local"}'


def test_the_images_cdn_of_a_stage_is_kept() -> None:
    client = Cloud(region="eu-west-1").client
    body = json.dumps({"Resources": {"Cdn": {"Type": "AWS::CloudFront::Distribution", "Properties": {}}}})
    client("cloudformation").create_stack(StackName="Staffetta-prod-State", TemplateBody=body)
    assert deployed_settings.of_stage({"stage": "prod", "ipPool": "shared"}, Cloud.account_id, client)[
        "staffetta:imageCdn"
    ]


TABLE = """{"Resources": {"Sends": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": {"BillingMode": "PAY_PER_REQUEST",
  "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "Replicas": [{"Region": "eu-west-1"}],
  "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}}}}"""


def test_protection_is_switched_on_once_and_off() -> None:
    client = Cloud(region="eu-west-1").client
    assert not is_deployed("prod", client)
    client("cloudformation").create_stack(StackName="Staffetta-prod-State", TemplateBody=TABLE)
    assert is_deployed("prod", client)
    (table,) = client("dynamodb").list_tables()["TableNames"]
    assert set_protection("prod", client, enabled=True) == ["Staffetta-prod-State", table]
    assert set_protection("prod", client, enabled=True) == []
    assert client("dynamodb").describe_table(TableName=table)["Table"]["DeletionProtectionEnabled"]
    assert set_protection("prod", client, enabled=False) == ["Staffetta-prod-State", table]


def test_a_bare_deployment_keeps_protection_and_pool() -> None:
    client, prod = Cloud(region="eu-west-1").client, {"stage": "prod"}
    assert deployed_settings.of_stage(prod, Cloud.account_id, client) == {}
    client("cloudformation").create_stack(StackName="Staffetta-prod-State", TemplateBody=TABLE)
    without = {"staffetta:protected": False, "staffetta:poolReady": False, "staffetta:imageCdn": False}
    assert deployed_settings.of_stage(prod, Cloud.account_id, client) == without
    set_protection("prod", client, enabled=True)
    assert deployed_settings.of_stage(prod, Cloud.account_id, client) == {**without, "staffetta:protected": True}
    assert deployed_settings.of_stage({**prod, "poolReady": "true"}, Cloud.account_id, client) == {
        "staffetta:protected": True,
        "staffetta:imageCdn": False,
    }


@pytest.mark.parametrize("stated", [{"poolReady": "true"}, {"poolReady": "false"}, {"ipPool": "shared"}])
def test_a_pool_is_not_guessed(stated: dict[str, str]) -> None:
    """A deployment without the pool that the stage has would delete it."""
    client, prod = Cloud(region="eu-west-1").client, {"stage": "prod"}
    with pytest.raises(ConfigError, match="are of the account 123456789012, the deployment's of 999999999999"):
        deployed_settings.of_stage(prod, "999999999999", client)

    with pytest.raises(ConfigError, match=r"Unable to locate credentials.*poolReady=false for a first deployment"):
        deployed_settings.of_stage(prod, "123456789012", no_credentials)
    assert deployed_settings.of_stage({**prod, **stated}, "123456789012", no_credentials) == {}


@pytest.mark.parametrize(
    "environment",
    [{}, {"CDK_DEFAULT_ACCOUNT": "1", "CDK_DEFAULT_REGION": "eu-west-1", "CDK_CONTEXT_JSON": LOCAL_STAGE}],
)
def test_nothing_is_kept_without_an_account_or_locally(environment: dict[str, str]) -> None:
    assert deployed_settings.context({"staffetta:stage": "prod"}, environment) == {}
