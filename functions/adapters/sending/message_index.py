"""ports.Listings on the sends table: its indexes have the messages' keys in the order of time, and nothing more of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.marshalling import from_item, message_from, message_key, to_item
from functions.adapters.schema import Index
from functions.core.events import pagination
from functions.core.events.pagination import Position
from functions.core.sending.send import Message, MessageKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 100  # keys in one query, and in one BatchGetItem


class DynamoMessageIndex(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def of_address(self, address: str, since: str, until: str) -> Iterator[Position]:
        return self._listed(schema.BY_ADDRESS, address, since, until)

    def of_email(self, email_id: int, since: str, until: str) -> Iterator[Position]:
        return self._listed(schema.BY_EMAIL, email_id, since, until)

    def read(self, listed: Sequence[Position]) -> list[Message]:
        wanted: list[Any] = [message_key(MessageKey(one.send_id, one.recipient)) for one in listed]
        found: dict[Position, Message] = {}
        while wanted:
            asked, wanted = wanted[:PAGE], wanted[PAGE:]
            answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": asked}})
            found |= {pagination.position_of(one): one for one in map(message_from, answer["Responses"][self.table])}
            left: dict[str, Any] = dict(answer.get("UnprocessedKeys") or {})
            wanted += left[self.table]["Keys"] if left else []
        return [found[one] for one in listed if one in found]

    def _listed(self, index: Index, value: str | int, since: str, until: str) -> Iterator[Position]:
        """An index keeps those of one instant in an order of its own, which is none to go on from."""
        for _, of_instant in groupby(self._queried(index, value, since, until), lambda place: place.accepted_at):
            yield from sorted(of_instant, reverse=True)

    def _queried(self, index: Index, value: str | int, since: str, until: str) -> Iterator[Position]:
        if since > until:  # DynamoDB calls that an error
            return
        request: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": index.name,
            "KeyConditionExpression": f"{index.partition.name} = :value AND {index.sort.name} BETWEEN :since AND :until",
            "ExpressionAttributeValues": to_item({":value": value, ":since": since, ":until": until}),
            "ScanIndexForward": False,
            "Limit": PAGE,  # what is read is paid for, and most callers want a few
        }
        while request:
            page = self.client.query(**request)
            for values in map(from_item, page["Items"]):
                yield Position(values["accepted_at"], values["send_id"], values["recipient"])
            last = page.get("LastEvaluatedKey")
            request = {**request, "ExclusiveStartKey": last} if last else {}
