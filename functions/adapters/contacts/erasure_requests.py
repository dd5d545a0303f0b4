"""ports.ErasureRequests on the metrics table, whose sort key lists them: an item for each request, and one for the scan of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core import ids
from functions.ports.contacts import ArchiveScan, ErasureRequest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SUBJECT, _BUCKET = schema.METRICS.partition.name, "bucket"


class DynamoErasureRequests(Struct, frozen=True):
    """No number of requests fills an item. Lists are strongly consistent."""

    client: DynamoDBClient
    table: str

    def add(self, order: ErasureRequest) -> ErasureRequest:
        if self._put(order, "attribute_not_exists(subject)"):
            return order
        return self.get(order.address) or order

    def get(self, address: str) -> ErasureRequest | None:
        values = self._get(_key(schema.ERASURES, ids.address_hash(address)))
        return _request(values) if values else None

    def all(self) -> list[ErasureRequest]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="subject = :erasures",
            ExpressionAttributeValues=to_item({":erasures": schema.ERASURES}),
            ConsistentRead=True,
        )
        requests = [_request(from_item(item)) for page in pages for item in page["Items"]]
        return sorted(requests, key=lambda request: (request.asked_at, request.address))

    def save(self, order: ErasureRequest) -> None:
        """Saves nothing if another worker has finished the request."""
        self._put(order, "attribute_exists(subject)")

    def remove(self, order: ErasureRequest) -> None:
        self.client.delete_item(TableName=self.table, Key=_key(schema.ERASURES, ids.address_hash(order.address)))

    def scan(self) -> ArchiveScan:
        values = self._get(_key(schema.ERASURE_SCAN, schema.ERASURE_SCAN))
        return ArchiveScan(int(values["number"]), values["position"]) if values else ArchiveScan()

    def save_scan(self, scan: ArchiveScan, previous: int) -> bool:
        written = conditional_write(
            self.client.put_item,
            TableName=self.table,
            Item={**_key(schema.ERASURE_SCAN, schema.ERASURE_SCAN), **to_item(to_builtins(scan))},
            ConditionExpression="attribute_not_exists(subject) OR #number = :previous",
            ExpressionAttributeNames={"#number": "number"},
            ExpressionAttributeValues=to_item({":previous": previous}),
        )
        return written is not None

    def _get(self, key: Any) -> dict[str, Any]:
        return from_item(self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item", {}))

    def _put(self, request: ErasureRequest, condition: str) -> bool:
        key = _key(schema.ERASURES, ids.address_hash(request.address))
        written = conditional_write(
            self.client.put_item,
            TableName=self.table,
            Item={**key, **to_item({"request": to_builtins(request)})},
            ConditionExpression=condition,
        )
        return written is not None


def _key(subject: str, bucket: str) -> Any:
    return to_item({_SUBJECT: subject, _BUCKET: bucket})


def _request(values: dict[str, Any]) -> ErasureRequest:
    return ErasureRequest(**values["request"])
