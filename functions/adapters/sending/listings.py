"""The index of messages by email, on the metrics table: ports.MessageListings, and what MessageIndex reads of it.

An item is a listing (core.events.listings). Its key has the time of its newest message.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.batch_put import batch_put
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.adapters.sending.message_items import expiry
from functions.core import ids, timestamps
from functions.core.events import listings
from functions.core.events.listings import MessageListing
from functions.core.events.pagination import Position
from functions.core.statistics import periods

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 50  # listings in one query: a caller may stop reading
_AFTER = "~"  # sorts after every digest
_ID_OCTETS = 16


class DynamoListings(Struct, frozen=True):
    client: DynamoDBClient
    table: str
    retention_days: int

    def add(self, new: Sequence[MessageListing]) -> None:
        batch_put(self.client, self.table, [self._item(listing) for listing in new])

    def newest_first(self, email_id: int, since: str, until: str) -> Iterator[Position]:
        return listings.newest_first(self._listed(email_id, since, until, newest_first=True), since, until)

    def oldest_first(self, email_id: int, since: str, until: str) -> Iterator[Position]:
        return listings.oldest_first(self._listed(email_id, since, until, newest_first=False), since, until)

    def _item(self, listing: MessageListing) -> Item:
        return to_item(
            {
                "subject": schema.message_listings(listing.email_id),
                "bucket": schema.listing_bucket(listing.newest, listing.digest),
                "positions": _packed(listing.positions),
                schema.EXPIRES: expiry(listing.retained_from, self.retention_days),
            }
        )

    def _listed(self, email_id: int, since: str, until: str, *, newest_first: bool) -> Iterator[Sequence[Position]]:
        if since > until:  # DynamoDB calls that an error
            return
        bounds = {":since": since, ":last": schema.listing_bucket(_last_newest(until), _AFTER)}
        paging: Mapping[str, Any] = {"ScanIndexForward": not newest_first, "Limit": PAGE}
        pages = self.client.get_paginator("query").paginate(
            **paging,
            TableName=self.table,
            KeyConditionExpression="subject = :subject AND #bucket BETWEEN :since AND :last",
            ExpressionAttributeNames={"#bucket": "bucket"},
            ExpressionAttributeValues=to_item({":subject": schema.message_listings(email_id), **bounds}),
        )
        for page in pages:
            for item in page["Items"]:
                yield _unpacked(from_item(item)["positions"])


def _last_newest(until: str) -> str:
    """Returns the latest `newest` of a listing that may have a message accepted until then."""
    return until if until == periods.LAST else timestamps.shifted(until, listings.SPAN_SECONDS)


def _packed(positions: Sequence[Position]) -> bytes:
    """A position takes some 17 octets: those of its id, and what compression leaves of the milliseconds since the one before."""
    times = [timestamps.milliseconds(one.accepted_at) for one in positions]
    distances = [times[0], *(after - before for before, after in pairwise(times))]
    send_ids = _packed_ids([one.send_id for one in positions])
    return zlib.compress(msgspec.msgpack.encode((distances, send_ids, [one.recipient for one in positions])))


def _packed_ids(send_ids: Sequence[str]) -> bytes | Sequence[str]:
    """The ids of sends are UUIDs (core.ids). Others stay texts."""
    try:
        octets = [bytes.fromhex(one.replace("-", "")) for one in send_ids]
    except ValueError:
        return send_ids
    return b"".join(octets) if [ids.uuid_text(one) for one in octets] == send_ids else send_ids


def _unpacked(octets: bytes) -> Sequence[Position]:
    distances, packed, recipients = msgspec.msgpack.decode(
        zlib.decompress(octets), type=tuple[list[int], Any, list[int]]
    )
    send_ids = packed
    if isinstance(packed, bytes):
        send_ids = [ids.uuid_text(packed[at : at + _ID_OCTETS]) for at in range(0, len(packed), _ID_OCTETS)]
    times = (timestamps.iso(at / 1000) for at in accumulate(distances))
    return [Position(*one) for one in zip(times, send_ids, recipients, strict=True)]
