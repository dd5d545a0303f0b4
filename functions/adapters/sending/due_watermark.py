"""ports.DueWatermark: an item of the metrics table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import Item, from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDueWatermark(Struct, frozen=True):
    client: DynamoDBClient
    table: str
    name: str = schema.DUE

    def get(self) -> str | None:
        values = from_item(
            self.client.get_item(TableName=self.table, Key=self._key(), ConsistentRead=True).get("Item", {})
        )
        return values.get("until")

    def set(self, until: str) -> None:
        self.client.put_item(TableName=self.table, Item={**self._key(), **to_item({"until": until})})

    def _key(self) -> Item:
        return to_item({"subject": self.name, "bucket": self.name})
