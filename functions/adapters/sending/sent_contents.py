"""ports.SentContents on a table of its own: what was sent is written once, and no stream and no index reads it."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.batch_put import batch_put
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.sending.sent_content import STORED_BYTES_MAX, SentContent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_decoder = msgspec.json.Decoder(SentContent)


class DynamoSentContents(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def put_all(self, contents: Sequence[tuple[SentContent, float]]) -> None:
        """One request must not name a key twice: the last content with it is stored."""
        by_key = {(content.send.id, content.numbers[0]): (content, expires) for content, expires in contents}
        batch_put(self.client, self.table, list(filter(None, itertools.starmap(_item, by_key.values()))))

    def of_send(self, send_id: str, now: float) -> list[SentContent]:
        """DynamoDB may delete an expired item days later."""
        items = (from_item(item) for item in self._items(send_id, "content, expires_at"))
        return [_decoder.decode(zlib.decompress(item["content"])) for item in items if item[schema.EXPIRES] > now]

    def delete(self, send_id: str) -> None:
        for item in self._items(send_id, "send_id, part"):
            self.client.delete_item(TableName=self.table, Key=item)

    def _items(self, send_id: str, attributes: str) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="send_id = :send_id",
            ExpressionAttributeValues=to_item({":send_id": send_id}),
            ProjectionExpression=attributes,
            ConsistentRead=True,
        )
        return [dict(item) for page in pages for item in page["Items"]]


def _item(content: SentContent, expires_at: float) -> Item | None:
    """Compressed, the values of a usual mail take one write unit. Returns None for values that are too large."""
    compressed = zlib.compress(msgspec.json.encode(content))
    if len(compressed) > STORED_BYTES_MAX:
        return None
    return to_item(
        {
            schema.CONTENT.partition.name: content.send.id,
            "part": content.numbers[0],
            "content": compressed,
            schema.EXPIRES: int(expires_at),
        }
    )
