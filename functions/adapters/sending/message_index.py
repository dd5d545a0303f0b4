"""ports.MessageIndex on the sends table. Its indexes and the listings hold the messages' keys only, so each match is then read from the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.adapters.schema import Index
from functions.adapters.sending.listings import DynamoListings
from functions.adapters.sending.message_items import message_from, message_key
from functions.core.events import pagination
from functions.core.events.pagination import Position
from functions.core.sending.send import Message, MessageKey, State

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 100  # keys in one query that a caller may stop reading, and in one BatchGetItem
_END = "~"  # sorts after every time of a day
_accepted_at = attrgetter("accepted_at")


class DynamoMessageIndex(Struct, frozen=True):
    client: DynamoDBClient
    table: str
    listings: DynamoListings

    def of_address(self, address: str, since: str, until: str) -> Iterator[Position]:
        """Items with equal timestamps have no stable order in an index, so we sort them. Reads small pages, since a page is paid for and
        most callers need a few messages.
        """
        if since > until:  # DynamoDB calls that an error
            return
        condition = "address = :address AND accepted_at BETWEEN :since AND :until"
        values = {":address": address, ":since": since, ":until": until}
        pages = self._query(schema.BY_ADDRESS, condition, values, ScanIndexForward=False, Limit=PAGE)
        for _, of_instant in groupby(_positions(pages), _accepted_at):
            yield from sorted(of_instant, reverse=True)

    def of_email(self, email_id: int, since: str, until: str) -> Iterator[Position]:
        return self.listings.newest_first(email_id, since, until)

    def read(self, listed: Sequence[Position]) -> list[Message]:
        keys = dict.fromkeys(MessageKey(position.send_id, position.recipient) for position in listed)
        return pagination.still_there(listed, self.read_all(list(keys)))

    def read_all(self, keys: Sequence[MessageKey]) -> Mapping[MessageKey, Message]:
        return {message.key: message for message in self._read(keys)}

    def by_recipient(self, address: str, until: str, most: int) -> list[Message]:
        """The index may still list messages that were anonymised a moment ago."""
        condition, values = "address = :address AND accepted_at <= :until", {":address": address, ":until": until}
        pages = self._query(schema.BY_ADDRESS, condition, values)
        messages = (message for page in pages for message in self._current(page))
        return list(islice((message for message in messages if message.address == address), most))

    def by_email(self, email_id: int, since: str, until: str, most: int) -> list[Message]:
        listed = (one for one in self.listings.oldest_first(email_id, since, until) if one.accepted_at < until)
        messages: list[Message] = []
        while len(messages) < most and (batch := list(islice(listed, most - len(messages)))):
            messages += self.read(batch)
        return messages

    def accepted(self, first: str, last: str) -> Iterator[Message]:
        """Scans the table, which costs a read of every message: only an operator's command does it."""
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table,
            FilterExpression="accepted_at BETWEEN :first AND :last",
            ExpressionAttributeValues=to_item({":first": first, ":last": last + _END}),
            ConsistentRead=True,
        )
        return (message_from(item) for page in pages for item in page["Items"])

    def due(self, hour: str, until: str) -> Iterator[Message]:
        pages = self._query(schema.BY_DUE, "due_hour = :hour AND due_at <= :until", {":hour": hour, ":until": until})
        return self._scheduled(pages)

    def overdue(self, until: str) -> Iterator[Message]:
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table,
            IndexName=schema.BY_DUE.name,
            FilterExpression="due_at <= :until",
            ExpressionAttributeValues=to_item({":until": until}),
        )
        return self._scheduled(page["Items"] for page in pages)

    def _query(
        self, index: Index, condition: str, values: Mapping[str, Any], **options: Any
    ) -> Iterator[Sequence[Item]]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=index.name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
            **options,
        )
        return (page["Items"] for page in pages)

    def _scheduled(self, pages: Iterable[Sequence[Item]]) -> Iterator[Message]:
        messages = (message for page in pages for message in self._current(page))
        return (message for message in messages if message.state is State.SCHEDULED)

    def _current(self, listed: Sequence[Item]) -> Iterator[Message]:
        """Reads the messages that items of an index name, as they are now."""
        keys = [MessageKey(values["send_id"], values["recipient"]) for values in map(from_item, listed)]
        return self._read(keys, consistent=True)

    def _read(self, keys: Sequence[MessageKey], *, consistent: bool = False) -> Iterator[Message]:
        """Yields the messages in the order of their keys, a batch at a time, without deleted ones."""
        for start in range(0, len(keys), PAGE):
            batch = keys[start : start + PAGE]
            messages = {message.key: message for message in self._batch(batch, consistent)}
            yield from (messages[key] for key in batch if key in messages)

    def _batch(self, keys: Sequence[MessageKey], consistent: bool) -> Iterator[Message]:
        keys_left: list[Any] = [message_key(key) for key in keys]
        while keys_left:
            answer = self.client.batch_get_item(
                RequestItems={self.table: {"Keys": keys_left, "ConsistentRead": consistent}}
            )
            yield from map(message_from, answer["Responses"][self.table])
            left: dict[str, Any] = dict(answer.get("UnprocessedKeys") or {})
            keys_left = left[self.table]["Keys"] if left else []


def _positions(pages: Iterable[Sequence[Item]]) -> Iterator[Position]:
    for values in map(from_item, chain.from_iterable(pages)):
        yield Position(values["accepted_at"], values["send_id"], values["recipient"])
