"""ports.TokenBuckets on the tokens table. Our numbers in DynamoDB are whole, so it stores thousandths: tokens rounded down, seconds rounded
up. A bucket may lose a trifle and never gains one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core.access.token_bucket import TokenBucket

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PARTS = 1000


class DynamoTokenBuckets(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, name: str) -> TokenBucket | None:
        answer = self.client.get_item(TableName=self.table, Key=_key(name), ConsistentRead=True)
        if "Item" not in answer:
            return None
        values = from_item(answer["Item"])
        return TokenBucket(values["tokens_m"] / _PARTS, values["at_ms"] / _PARTS)

    def compare_and_set(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        condition, read = "attribute_not_exists(id)", {}
        if before:
            condition = "tokens_m = :tokens_before AND at_ms = :at_before"
            read = {":tokens_before": round(before.tokens * _PARTS), ":at_before": round(before.at * _PARTS)}
        now = {":tokens": math.floor(after.tokens * _PARTS), ":at": math.ceil(after.at * _PARTS)}
        written = conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key=_key(name),
            UpdateExpression="SET tokens_m = :tokens, at_ms = :at",
            ConditionExpression=condition,
            ExpressionAttributeValues=to_item({**read, **now}),
        )
        return written is not None


def _key(name: str) -> Any:
    return to_item({"id": schema.bucket(name)})
