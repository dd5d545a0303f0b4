"""Tables, made by a stack."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import attribute, index, table


def test_a_table_matches_the_template(cloud: Cloud, stacks: Any) -> None:
    """Keys, index, stream, TTL, point-in-time recovery and protection are set."""
    recovery = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}}
    resources = {
        "Table": table(
            GlobalSecondaryIndexes=[index("by-pk")],
            StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"},
            TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
            Replica=recovery,
        )
    }
    stacks.put(
        "table",
        resources,
        {"Arn": {"Value": attribute("Table", "Arn")}, "Stream": {"Value": attribute("Table", "StreamArn")}},
    )
    name, dynamodb = stacks.id_of("table", "Table"), cloud.client("dynamodb")
    described = dynamodb.describe_table(TableName=name)["Table"]
    assert stacks.outputs("table") == {"Arn": described["TableArn"], "Stream": described["LatestStreamArn"]}
    assert [item["IndexName"] for item in described["GlobalSecondaryIndexes"]] == ["by-pk"]
    assert dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["AttributeName"] == "expires"
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert name.startswith("table-Table-")


def test_an_update_keeps_the_items(cloud: Cloud, stacks: Any) -> None:
    """Index, stream, TTL, recovery and protection change in place. The table and its items stay."""
    dynamodb = cloud.client("dynamodb")
    stacks.put("grown", {"Table": table()})
    name = stacks.id_of("grown", "Table")
    dynamodb.put_item(TableName=name, Item={"pk": {"S": "kept"}})
    changed = table(
        GlobalSecondaryIndexes=[index("new")],
        StreamSpecification={"StreamViewType": "NEW_IMAGE"},
        TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
        Replica={
            "DeletionProtectionEnabled": True,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        },
    )
    stacks.put("grown", {"Table": changed})
    described = dynamodb.describe_table(TableName=name)["Table"]
    assert stacks.id_of("grown", "Table") == name
    assert [item["IndexName"] for item in described["GlobalSecondaryIndexes"]] == ["new"]
    assert described["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert described["DeletionProtectionEnabled"] is True
    assert dynamodb.get_item(TableName=name, Key={"pk": {"S": "kept"}})["Item"]
    stacks.put("grown", {"Table": table()})
    bare = dynamodb.describe_table(TableName=name)["Table"]
    assert not bare.get("GlobalSecondaryIndexes")
    assert not bare.get("StreamSpecification", {}).get("StreamEnabled")
    assert dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"


def test_a_second_index_change_in_an_update_is_refused(stacks: Any) -> None:
    """As by CloudFormation. A changed index is one that goes and one that comes."""
    stacks.put("indexed", {"Table": table(GlobalSecondaryIndexes=[index("old")])})
    for names in (["old", "one", "two"], ["new"]):
        with pytest.raises(AssertionError, match="more than one GSI creation or deletion"):
            stacks.put("indexed", {"Table": table(GlobalSecondaryIndexes=[index(name) for name in names])})


def test_deleting_the_stack_deletes_the_table(cloud: Cloud, stacks: Any) -> None:
    """A stack with an explicit name can be destroyed and deployed again."""
    for _ in range(2):
        stacks.put("again", {"Table": table(TableName="again")})
        stacks.delete("again")
        assert "again" not in cloud.client("dynamodb").list_tables()["TableNames"]


def test_a_protected_table_outlives_its_stack(stacks: Any) -> None:
    """Deletion protection makes the deletion fail, and the stack reports why."""
    stacks.put("guarded", {"Table": table(Replica={"DeletionProtectionEnabled": True})})
    stacks.delete("guarded")
    assert stacks.status("guarded") == "DELETE_FAILED"
    assert any("DeletionProtectionEnabled" in reason for reason in stacks.reasons("guarded"))
