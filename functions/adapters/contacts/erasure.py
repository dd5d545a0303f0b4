"""ports.ErasureOrders on one item of the contacts table, and ports.PersonalMessages on the sends table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.marshalling import Item, from_item, message_from, message_item, to_item
from functions.core import ids
from functions.core.sending.send import Message
from functions.ports.contacts import ErasureRequest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY: Any = to_item({schema.CONTACTS.partition.name: schema.ERASURES})


class DynamoErasureRequests(Struct, frozen=True):
    """An attribute for each, named by the mark of its address. Few are under way at once, and a look at all is one read."""

    client: DynamoDBClient
    table: str

    def add(self, order: ErasureRequest) -> ErasureRequest:
        if self._write(order, "SET #order = :order", "attribute_not_exists(#order)"):
            return order
        return next((known for known in self.all() if known.address == order.address), order)

    def all(self) -> list[ErasureRequest]:
        item = from_item(self.client.get_item(TableName=self.table, Key=_KEY, ConsistentRead=True).get("Item", {}))
        orders = [ErasureRequest(**values) for values in item.values() if isinstance(values, dict)]
        return sorted(orders, key=lambda order: (order.asked_at, order.address))

    def save(self, order: ErasureRequest) -> None:
        """Not one that somebody else has done meanwhile."""
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


class DynamoMessagesByRecipient(Struct, frozen=True):
    client: DynamoDBClient
    table: str
    retention_days: int

    def to(self, address: str, until: str, most: int) -> list[Message]:
        """The index may still name messages that are nobody's by now."""
        found = (self._read(item) for item in self._listed(address, until))
        return list(islice((message for message in found if message and message.address == address), most))

    def replace(self, before: Message, after: Message) -> bool:
        """The item as a whole, so that nothing of it stays that is not in `after`."""
        seen = {":address": before.address, ":state": str(before.state), ":timeline": dict(before.timeline)}
        written = conditional_write(
            self.client.put_item,
            TableName=self.table,
            Item=message_item(after, self.retention_days),
            ConditionExpression="address = :address AND #state = :state AND timeline = :timeline",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=to_item(seen),
        )
        return written is not None

    def _listed(self, address: str, until: str) -> Iterator[Item]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=schema.BY_ADDRESS.name,
            KeyConditionExpression="address = :address AND accepted_at <= :until",
            ExpressionAttributeValues=to_item({":address": address, ":until": until}),
        )
        return (item for page in pages for item in page["Items"])

    def _read(self, listed: Item) -> Message | None:
        key: Any = {name: listed[name] for name in ("send_id", "recipient")}
        answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return message_from(answer["Item"]) if "Item" in answer else None
