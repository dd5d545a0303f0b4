"""AWS::DynamoDB::GlobalTable, which is what CDK's TableV2 emits, with one replica: the table here.

SSESpecification, the replica's tags and contributor insights say how AWS keeps the table, not how it behaves: ignored.
"""

from typing import Any, Final

from infra.local.cloud.resources.model import Made, Model, Props, Site, picked

_INDEXES: Final = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")


def _create(site: Site, props: Props) -> Made:
    name = props.get("TableName") or site.name(255)
    dynamodb = site.client("dynamodb")
    described = dynamodb.create_table(
        TableName=name,
        BillingMode=props.get("BillingMode", "PAY_PER_REQUEST"),
        **picked(props, "KeySchema", "AttributeDefinitions"),
        **{kind: [_index(index) for index in props[kind]] for kind in _INDEXES if kind in props},
        **({"StreamSpecification": _stream(props)} if "StreamSpecification" in props else {}),
        DeletionProtectionEnabled=_protected(site, props),
    )["TableDescription"]
    _set_ttl(dynamodb, name, {}, props)
    _set_recovery(site, name, props)
    return _made(described)


def _update(site: Site, made: Made, new: Props, old: Props) -> Made:
    dynamodb = site.client("dynamodb")
    for change in _changes(site, new, old):
        dynamodb.update_table(TableName=made.id, AttributeDefinitions=new["AttributeDefinitions"], **change)
    _set_ttl(dynamodb, made.id, old, new)
    _set_recovery(site, made.id, new)
    return _made(dynamodb.describe_table(TableName=made.id)["Table"])


def _delete(site: Site, made: Made, _props: Props) -> None:
    site.client("dynamodb").delete_table(TableName=made.id)


def _changes(site: Site, new: Props, old: Props) -> list[dict[str, Any]]:
    """DynamoDB changes one thing of a table at a time."""
    changes: list[dict[str, Any]] = [{"DeletionProtectionEnabled": _protected(site, new)}]
    if new.get("StreamSpecification") != old.get("StreamSpecification"):
        changes += [{"StreamSpecification": {"StreamEnabled": False}}] if "StreamSpecification" in old else []
        changes += [{"StreamSpecification": _stream(new)}] if "StreamSpecification" in new else []
    before, after = (_by_name(props) for props in (old, new))
    gone = [name for name in before if before[name] != after.get(name)]
    come = [name for name in after if after[name] != before.get(name)]
    changes += [{"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]} for name in gone]
    changes += [{"GlobalSecondaryIndexUpdates": [{"Create": _index(after[name])}]} for name in come]
    return changes


def _by_name(props: Props) -> dict[str, Props]:
    return {index["IndexName"]: index for index in props.get("GlobalSecondaryIndexes", [])}


def _index(index: Props) -> dict[str, Any]:
    return picked(index, "IndexName", "KeySchema", "Projection")


def _stream(props: Props) -> dict[str, Any]:
    return {"StreamEnabled": True, **props["StreamSpecification"]}


def _replica(site: Site, props: Props) -> Props:
    replica: Props = next((replica for replica in props["Replicas"] if replica["Region"] == site.region), {})
    return replica


def _protected(site: Site, props: Props) -> bool:
    return bool(_replica(site, props).get("DeletionProtectionEnabled", False))


def _set_ttl(dynamodb: Any, name: str, old: Props, new: Props) -> None:
    former, wanted = (props.get("TimeToLiveSpecification", {"Enabled": False}) for props in (old, new))
    if former == wanted:
        return
    if former["Enabled"]:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification={**former, "Enabled": False})
    if wanted["Enabled"]:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)


def _set_recovery(site: Site, name: str, props: Props) -> None:
    recovery = _replica(site, props).get("PointInTimeRecoverySpecification", {})
    site.client("dynamodb").update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": recovery.get("PointInTimeRecoveryEnabled", False),
            **picked(recovery, "RecoveryPeriodInDays"),
        },
    )


def _made(table: dict[str, Any]) -> Made:
    attributes = {
        "Arn": table["TableArn"],
        "TableId": table.get("TableId", ""),
        "StreamArn": table.get("LatestStreamArn"),
    }
    return Made(table["TableName"], {name: value for name, value in attributes.items() if value is not None})


MODELS = (
    Model(
        "AWS::DynamoDB::GlobalTable",
        _create,
        _update,
        _delete,
        frozenset({"Arn", "StreamArn", "TableId"}),
        frozenset({"TableName", "KeySchema", "LocalSecondaryIndexes"}),
    ),
)
