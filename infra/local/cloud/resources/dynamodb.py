"""AWS::DynamoDB::GlobalTable, which CDK's TableV2 emits, with one replica: the table here.

SSESpecification, the replica's tags and contributor insights do not change how the table behaves, so they are ignored.
"""

from typing import Any, Final

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, pick

_INDEXES: Final = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")


def _create(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("TableName") or context.name(255)
    dynamodb = context.client("dynamodb")
    described = dynamodb.create_table(
        TableName=name,
        BillingMode=props.get("BillingMode", "PAY_PER_REQUEST"),
        **pick(props, "KeySchema", "AttributeDefinitions"),
        **{kind: [_index(index) for index in props[kind]] for kind in _INDEXES if kind in props},
        **({"StreamSpecification": _stream(props)} if "StreamSpecification" in props else {}),
        DeletionProtectionEnabled=_protected(context, props),
    )["TableDescription"]
    _set_ttl(dynamodb, name, {}, props)
    _set_recovery(context, name, props)
    return _created(described)


def _update(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    dynamodb = context.client("dynamodb")
    for change in _changes(context, new, old):
        dynamodb.update_table(TableName=resource.id, AttributeDefinitions=new["AttributeDefinitions"], **change)
    _set_ttl(dynamodb, resource.id, old, new)
    _set_recovery(context, resource.id, new)
    return _created(dynamodb.describe_table(TableName=resource.id)["Table"])


def _delete(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("dynamodb").delete_table(TableName=resource.id)


def _changes(context: ResourceContext, new: Props, old: Props) -> list[dict[str, Any]]:
    """Returns the changes one by one, since UpdateTable accepts one at a time. Raises ValueError, as CloudFormation refuses a second change
    of an index in one update.
    """
    changes: list[dict[str, Any]] = []
    if _protected(context, new) != _protected(context, old):  # what was set by the API stays
        changes.append({"DeletionProtectionEnabled": _protected(context, new)})
    if new.get("StreamSpecification") != old.get("StreamSpecification"):
        changes += [{"StreamSpecification": {"StreamEnabled": False}}] if "StreamSpecification" in old else []
        changes += [{"StreamSpecification": _stream(new)}] if "StreamSpecification" in new else []
    before, after = (_by_name(props) for props in (old, new))
    removed = [name for name in before if before[name] != after.get(name)]
    added = [name for name in after if after[name] != before.get(name)]
    if len(removed) + len(added) > 1:
        raise ValueError("Cannot perform more than one GSI creation or deletion in a single update")
    changes += [{"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]} for name in removed]
    changes += [{"GlobalSecondaryIndexUpdates": [{"Create": _index(after[name])}]} for name in added]
    return changes


def _by_name(props: Props) -> dict[str, Props]:
    return {index["IndexName"]: index for index in props.get("GlobalSecondaryIndexes", [])}


def _index(index: Props) -> dict[str, Any]:
    return pick(index, "IndexName", "KeySchema", "Projection")


def _stream(props: Props) -> dict[str, Any]:
    return {"StreamEnabled": True, **props["StreamSpecification"]}


def _replica(context: ResourceContext, props: Props) -> Props:
    replica: Props = next((replica for replica in props["Replicas"] if replica["Region"] == context.region), {})
    return replica


def _protected(context: ResourceContext, props: Props) -> bool:
    return bool(_replica(context, props).get("DeletionProtectionEnabled", False))


def _set_ttl(dynamodb: Any, name: str, old: Props, new: Props) -> None:
    former, current = (props.get("TimeToLiveSpecification", {"Enabled": False}) for props in (old, new))
    if former == current:
        return
    if former["Enabled"]:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification={**former, "Enabled": False})
    if current["Enabled"]:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=current)


def _set_recovery(context: ResourceContext, name: str, props: Props) -> None:
    recovery = _replica(context, props).get("PointInTimeRecoverySpecification", {})
    context.client("dynamodb").update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": recovery.get("PointInTimeRecoveryEnabled", False),
            **pick(recovery, "RecoveryPeriodInDays"),
        },
    )


def _created(table: dict[str, Any]) -> CreatedResource:
    attributes = {
        "Arn": table["TableArn"],
        "TableId": table.get("TableId", ""),
        "StreamArn": table.get("LatestStreamArn"),
    }
    return CreatedResource(table["TableName"], {name: value for name, value in attributes.items() if value is not None})


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
