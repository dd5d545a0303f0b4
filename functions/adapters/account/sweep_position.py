"""ports.SweepPosition: an item of the metrics table for each kind of sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import Item, from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoSweepPosition(Struct, frozen=True):
    client: DynamoDBClient
    table: str
    name: str

    def get(self) -> str:
        answer = self.client.get_item(TableName=self.table, Key=self._key(), ConsistentRead=True)
        return str(from_item(answer.get("Item", {})).get("position", ""))

    def set(self, position: str) -> None:
        self.client.put_item(TableName=self.table, Item={**self._key(), **to_item({"position": position})})

    def _key(self) -> Item:
        return to_item({schema.METRICS.partition.name: schema.SWEEP, "bucket": self.name})
