"""ports.EveryMessage on the sends table: a scan, which misses nothing and needs no index. It reads the whole table: an operator's to ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from functions.adapters.marshalling import message_from, to_item
from functions.core.sending.send import Message

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_END = "~"  # sorts after every time of a day


class DynamoMessageScan(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def accepted(self, first: str, last: str) -> Iterator[Message]:
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table,
            FilterExpression="accepted_at BETWEEN :first AND :last",
            ExpressionAttributeValues=to_item({":first": first, ":last": last + _END}),
            ConsistentRead=True,
        )
        return (message_from(item) for page in pages for item in page["Items"])
