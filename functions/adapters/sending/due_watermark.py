"""ports.DueWatermark: one item of the metrics table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY = to_item({"subject": schema.DUE, "bucket": schema.DUE})


class DynamoDueWatermark(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self) -> str | None:
        values = from_item(self.client.get_item(TableName=self.table, Key=_KEY, ConsistentRead=True).get("Item", {}))
        return values.get("until")

    def set(self, until: str) -> None:
        self.client.put_item(TableName=self.table, Item={**_KEY, **to_item({"until": until})})
