"""ports.ErasureRequests on one item of the contacts table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core import ids
from functions.ports.contacts import ErasureRequest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY: Any = to_item({schema.CONTACTS.partition.name: schema.ERASURES})


class DynamoErasureRequests(Struct, frozen=True):
    """Stores each in an attribute, named by the hash of its address. Few are under way at once, so all are one read."""

    client: DynamoDBClient
    table: str

    def add(self, order: ErasureRequest) -> ErasureRequest:
        if self._write(order, "SET #order = :order", "attribute_not_exists(#order)"):
            return order
        return next((stored for stored in self.all() if stored.address == order.address), order)

    def all(self) -> list[ErasureRequest]:
        item = from_item(self.client.get_item(TableName=self.table, Key=_KEY, ConsistentRead=True).get("Item", {}))
        orders = [ErasureRequest(**values) for values in item.values() if isinstance(values, dict)]
        return sorted(orders, key=lambda order: (order.asked_at, order.address))

    def save(self, order: ErasureRequest) -> None:
        """Saves nothing if another worker has finished the request."""
        self._write(order, "SET #order = :order", "attribute_exists(#order)")

    def remove(self, order: ErasureRequest) -> None:
        self.client.update_item(
            TableName=self.table,
            Key=_KEY,
            UpdateExpression="REMOVE #order",
            ExpressionAttributeNames={"#order": ids.address_hash(order.address)},
        )

    def _write(self, order: ErasureRequest, expression: str, condition: str) -> bool:
        written = conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key=_KEY,
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeNames={"#order": ids.address_hash(order.address)},
            ExpressionAttributeValues=to_item({":order": to_builtins(order)}),
        )
        return written is not None
