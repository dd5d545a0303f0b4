"""DynamoDB and its streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from infra.local.cloud.iam.permission_rules import (
    AccountContext,
    Params,
    PermissionRule,
    any_resource,
    each,
)
from infra.local.cloud.iam.policy_evaluation import Grant


def _table_arn(name: str, account: AccountContext) -> str:
    return name if name.startswith("arn:") else account.arn("dynamodb", f"table/{name}")


def _table(params: Params, account: AccountContext) -> str:
    return _table_arn(params["TableName"], account)


def _table_or_index(params: Params, account: AccountContext) -> str:
    index = params.get("IndexName")
    return _table(params, account) + (f"/index/{index}" if index else "")


def _per_table(action: str) -> PermissionRule:
    return lambda params, account: [(action, _table_arn(table, account)) for table in params["RequestItems"]]


def _transact_write(params: Params, account: AccountContext) -> Iterable[Grant]:
    actions = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
    return dict.fromkeys(
        (f"dynamodb:{actions[kind]}", _table(item, account))
        for entry in params["TransactItems"]
        for kind, item in entry.items()
    )


def _transact_get(params: Params, account: AccountContext) -> Iterable[Grant]:
    return dict.fromkeys(("dynamodb:GetItem", _table(entry["Get"], account)) for entry in params["TransactItems"])


def _stream(params: Params, _account: AccountContext) -> str:
    """Returns the stream's ARN: a shard iterator starts with it."""
    return str(params.get("StreamArn") or params["ShardIterator"].split("|")[0])


DYNAMODB: Final[Mapping[str, PermissionRule]] = {
    **each("dynamodb", "GetItem PutItem UpdateItem DeleteItem DescribeTable DescribeTimeToLive", _table),
    **each("dynamodb", "DescribeContinuousBackups UpdateTable", _table),
    **each("dynamodb", "Query Scan", _table_or_index),
    **each("dynamodb", "ListTables DescribeLimits", any_resource),
    "BatchGetItem": _per_table("dynamodb:BatchGetItem"),
    "BatchWriteItem": _per_table("dynamodb:BatchWriteItem"),
    "TransactWriteItems": _transact_write,
    "TransactGetItems": _transact_get,
}
DYNAMODB_STREAMS: Final[Mapping[str, PermissionRule]] = {
    **each("dynamodb", "DescribeStream GetShardIterator GetRecords", _stream),
    **each("dynamodb", "ListStreams", any_resource),
}
