"""A table of moto's DynamoDB with an item of every type, its updates and its stream."""

from __future__ import annotations

from typing import Any

from infra.local.cloud import Cloud


def table(cloud: Cloud, name: str, *, ranged: bool = True, view: str = "NEW_IMAGE") -> Any:
    keys = [("pk", "HASH"), ("sk", "RANGE")] if ranged else [("pk", "HASH")]
    client = cloud.client("dynamodb")
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key in ("pk", *(["sk"] if ranged else []), "by")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-by",
                "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def key(pk: str, sk: str | None = None, **more: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in {"pk": pk, **({"sk": sk} if sk else {}), **more}.items()}


VALUES = {
    ":one": {"N": "1"},
    ":text": {"S": "t"},
    ":list": {"L": [{"S": "t"}]},
    ":set": {"SS": ["t"]},
    ":gone": {"SS": ["q"]},
}

ITEM = {
    "n": {"N": "1"},
    "m": {"M": {"y": {"N": "1"}}},
    "l": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]},
    "s": {"SS": ["p", "q"]},
}


def update(client: Any, name: str, expression: str) -> Any:
    return client.update_item(
        TableName=name,
        Key=key("a"),
        UpdateExpression=expression,
        **({"ExpressionAttributeNames": {"#x": "x"}} if "#x" in expression else {}),
        ExpressionAttributeValues={name: value for name, value in VALUES.items() if name in expression},
        ReturnValues="ALL_NEW",
    )["Attributes"]


def shard_iterator(cloud: Cloud, name: str) -> str:
    streams = cloud.client("dynamodbstreams")
    arn = cloud.client("dynamodb").describe_table(TableName=name)["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator: str = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    return iterator


def records(cloud: Cloud, name: str) -> list[Any]:
    return list(cloud.client("dynamodbstreams").get_records(ShardIterator=shard_iterator(cloud, name))["Records"])
