"""ports.AcceptedSends on the sends table: an email's messages by the time of their acceptance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.marshalling import Item, message_from, to_item
from functions.core.sending.send import Message

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 100  # keys in one BatchGetItem


class DynamoMessagesByEmail(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def between(self, email_id: int, since: str, until: str, most: int) -> list[Message]:
        found = list(islice(self._listed(email_id, since, until), most))
        messages = [message for start in range(0, len(found), BATCH) for message in self._read(found[start:][:BATCH])]
        return sorted(messages, key=lambda message: (message.accepted_at, message.key.send_id, message.key.recipient))

    def _listed(self, email_id: int, since: str, until: str) -> Iterator[Item]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=schema.BY_EMAIL.name,
            KeyConditionExpression="email_id = :email AND accepted_at BETWEEN :since AND :until",
            ExpressionAttributeValues=to_item({":email": email_id, ":since": since, ":until": until}),
        )
        items = (item for page in pages for item in page["Items"])
        return (item for item in items if item["accepted_at"]["S"] < until)

    def _read(self, listed: Sequence[Item]) -> Iterator[Message]:
        """The index has keys alone."""
        wanted: list[Any] = [{name: item[name] for name in ("send_id", "recipient")} for item in listed]
        while wanted:
            answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": wanted}})
            yield from map(message_from, answer["Responses"][self.table])
            left: dict[str, Any] = dict(answer.get("UnprocessedKeys") or {})
            wanted = left[self.table]["Keys"] if left else []
