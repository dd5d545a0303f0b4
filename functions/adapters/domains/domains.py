"""ports.Domains: an item for each domain in the metrics table, which every function that sends reads already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, to_builtins

from functions.adapters import schema
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.domains.domain import Domain

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDomains(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def all(self) -> Sequence[Domain]:
        """All fit into one page: a domain has less than 4 KB, and a stage has 100 at most."""
        answer = self.client.query(
            TableName=self.table,
            KeyConditionExpression="subject = :domains",
            ExpressionAttributeValues=to_item({":domains": schema.DOMAINS}),
        )
        return [_domain(from_item(item)) for item in answer["Items"]]

    def get(self, name: str) -> Domain | None:
        values = from_item(
            self.client.get_item(TableName=self.table, Key=_key(name), ConsistentRead=True).get("Item", {})
        )
        return _domain(values) if values else None

    def put(self, domain: Domain) -> None:
        self.client.put_item(TableName=self.table, Item={**_key(domain.name), **to_item(to_builtins(domain))})

    def remove(self, name: str) -> None:
        self.client.delete_item(TableName=self.table, Key=_key(name))


def _key(name: str) -> Item:
    return to_item({"subject": schema.DOMAINS, "bucket": name})


def _domain(values: Mapping[str, Any]) -> Domain:
    return msgspec.convert(values, Domain)
