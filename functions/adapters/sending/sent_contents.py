"""ports.SentContents on a table of its own: what was sent is written once, and no stream and no index reads it.

The contents of a batch share an item, whose partition is the batch's id. A content has an item of its own, in its send's partition, if it
has no batch, is large, or expires much earlier than the others.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.batch_put import batch_put
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.sending.sent_content import STORED_BYTES_MAX, SentContent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARED_BYTES_MAX = 16 * 1024  # of one send's values in a shared item, before they are compressed
SHARED_MAX = 20  # contents in an item: DynamoDB takes 400 KB
SHARED_SECONDS = 3600  # by which a content may expire too early, since its item has one expiry

_ALL = "send_id, part, content, contents, expires_at"


class DynamoSentContents(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def put_all(self, contents: Sequence[tuple[SentContent, float]], batch: str = "") -> None:
        """One request must not name a key twice: the last content with it is stored."""
        by_key = {(content.send.id, content.numbers[0]): _Encoded.of(content, expires) for content, expires in contents}
        encoded = list(by_key.values())
        latest = max((one.expires_at for one in encoded), default=0)
        shared = [one for one in encoded if batch and one.is_sharable(latest)]
        items = [one.item() for one in encoded if one not in shared]
        items += [
            _shared_item(batch, part, shared[first : first + SHARED_MAX])
            for part, first in enumerate(range(0, len(shared), SHARED_MAX))
        ]
        batch_put(self.client, self.table, [item for item in items if item])

    def of_send(self, send_id: str, now: float, batch: str = "") -> list[SentContent]:
        """DynamoDB may delete an expired item days later."""
        items = [from_item(item) for part in (send_id, batch) if part for item in self._items(part)]
        contents = [one for item in items if item[schema.EXPIRES] > now for one in _contents(item)]
        return [one for one in contents if one.send.id == send_id]

    def delete(self, send_id: str, batches: Iterable[str] = ()) -> None:
        for item in self._items(send_id, "send_id, part"):
            self.client.delete_item(TableName=self.table, Key=item)
        for batch in batches:
            self._remove(send_id, batch)

    def _remove(self, send_id: str, batch: str) -> None:
        """Removes a send from a batch. If another erasure changes the item first, it is read again."""
        while with_send := [item for item in self._items(batch) if _has(item, send_id)]:
            for item in with_send:
                self._rewrite(item, [one for one in _contents(from_item(item)) if one.send.id != send_id])

    def _rewrite(self, item: Item, left: Sequence[SentContent]) -> None:
        """Does nothing if the item is no longer as it was read."""
        conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key={name: item[name] for name in (schema.CONTENT.partition.name, "part")},
            UpdateExpression="SET contents = :left",
            ConditionExpression="contents = :before",
            ExpressionAttributeValues=to_item({":left": zlib.compress(msgspec.json.encode(left))})
            | {":before": item["contents"]},
        )

    def _items(self, partition: str, attributes: str = _ALL) -> list[Item]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="send_id = :partition",
            ExpressionAttributeValues=to_item({":partition": partition}),
            ProjectionExpression=attributes,
            ConsistentRead=True,
        )
        return [dict(item) for page in pages for item in page["Items"]]


class _Encoded(Struct, frozen=True):
    send_id: str
    part: int
    content: bytes
    expires_at: float

    @staticmethod
    def of(content: SentContent, expires_at: float) -> _Encoded:
        return _Encoded(content.send.id, content.numbers[0], msgspec.json.encode(content), expires_at)

    def is_sharable(self, latest: float) -> bool:
        return len(self.content) <= SHARED_BYTES_MAX and latest - self.expires_at <= SHARED_SECONDS

    def item(self) -> Item | None:
        """Compressed, the values of a usual mail take one write unit. Returns None for values that are too large."""
        compressed = zlib.compress(self.content)
        if len(compressed) > STORED_BYTES_MAX:
            return None
        return _item(self.send_id, self.part, self.expires_at, content=compressed)


def _shared_item(batch: str, part: int, contents: Sequence[_Encoded]) -> Item:
    """Compressed together, the values of similar mails take a third of the bytes."""
    compressed = zlib.compress(b"[" + b",".join(one.content for one in contents) + b"]")
    return _item(batch, part, min(one.expires_at for one in contents), contents=compressed)


def _item(partition: str, part: int, expires_at: float, **values: bytes) -> Item:
    return to_item({schema.CONTENT.partition.name: partition, "part": part, schema.EXPIRES: int(expires_at), **values})


def _contents(item: dict[str, Any]) -> list[SentContent]:
    if "contents" in item:
        return _decoder().decode(zlib.decompress(item["contents"]))
    return _decoder().decode(b"[%s]" % zlib.decompress(item["content"]))


@functools.cache
def _decoder() -> msgspec.json.Decoder[list[SentContent]]:
    """Cached: to make it takes a part of a cold start, and to store needs none."""
    return msgspec.json.Decoder(list[SentContent])


def _has(item: Item, send_id: str) -> bool:
    return any(one.send.id == send_id for one in _contents(from_item(item)))
