"""ports.WebhookEndpoints and ports.WebhookDeliveries on the webhooks table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, convert, to_builtins
from msgspec.structs import fields, replace

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core import timestamps
from functions.core.webhooks.webhook import DeliveryAttempt, DeliveryState, WebhookDelivery, WebhookEndpoint
from functions.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RETENTION_SECONDS = 30 * 86_400


class DynamoWebhookEndpoints(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, endpoint_id: str) -> WebhookEndpoint | None:
        key = _key(schema.ENDPOINTS, endpoint_id)
        answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return _endpoint(from_item(answer["Item"])) if "Item" in answer else None

    def all(self) -> list[WebhookEndpoint]:
        """Reads one page: there are a few, and small."""
        answer = self.client.query(
            TableName=self.table,
            KeyConditionExpression="endpoint = :all",
            ExpressionAttributeValues=to_item({":all": schema.ENDPOINTS}),
        )
        endpoints = [_endpoint(from_item(item)) for item in answer["Items"]]
        return sorted(endpoints, key=lambda endpoint: (endpoint.created_at, endpoint.id))

    def save(self, endpoint: WebhookEndpoint) -> WebhookEndpoint | None:
        saved = replace(endpoint, version=endpoint.version + 1)
        values = {**to_builtins(saved), "event_types": list(saved.event_types)}
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(part)"}
        if endpoint.version:
            condition = {
                "ConditionExpression": "version = :read",
                "ExpressionAttributeValues": to_item({":read": endpoint.version}),
            }
        item = _key(schema.ENDPOINTS, endpoint.id) | to_item(values)
        return saved if _put(self.client, self.table, item, condition) else None

    def delete(self, endpoint_id: str) -> bool:
        key = _key(schema.ENDPOINTS, endpoint_id)
        answer = self.client.delete_item(TableName=self.table, Key=key, ReturnValues="ALL_OLD")
        return bool(answer.get("Attributes"))


class DynamoWebhookDeliveries(Struct, frozen=True):
    client: DynamoDBClient
    table: str
    clock: Clock

    def get(self, endpoint_id: str, delivery_id: str) -> WebhookDelivery | None:
        key = _key(endpoint_id, delivery_id)
        answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return _delivery(from_item(answer["Item"])) if "Item" in answer else None

    def save(self, delivery: WebhookDelivery) -> bool:
        values: dict[str, Any] = {
            **to_builtins(delivery),
            "state": str(delivery.state),
            "attempts": [to_builtins(attempt) for attempt in delivery.attempts],
            schema.EXPIRES: int(max(self.clock(), timestamps.parse(delivery.at))) + RETENTION_SECONDS,
        }
        condition = {
            "ConditionExpression": "attribute_not_exists(part) OR made < :made",
            "ExpressionAttributeValues": to_item({":made": delivery.made}),
        }
        item = _key(delivery.endpoint_id, delivery.id) | to_item(values)
        return _put(self.client, self.table, item, condition)

    def latest(self, endpoint_id: str, most: int, before: str = "") -> list[WebhookDelivery]:
        """Reads one page of DynamoDB, which has room for the largest `most`."""
        answer = self.client.query(
            TableName=self.table,
            KeyConditionExpression=f"endpoint = :endpoint{' AND part < :before' if before else ''}",
            ExpressionAttributeValues=to_item({":endpoint": endpoint_id, ":before": before or None}),
            ScanIndexForward=False,
            Limit=most,
        )
        return [_delivery(from_item(item)) for item in answer["Items"]]


def _put(client: DynamoDBClient, table: str, item: Item, condition: Mapping[str, Any]) -> bool:
    """Returns False if the condition fails."""
    return conditional_write(client.put_item, TableName=table, Item=item, **condition) is not None


def _key(endpoint: str, part: str) -> Item:
    return to_item({schema.WEBHOOKS.partition.name: endpoint, "part": part})


def _endpoint(values: Mapping[str, Any]) -> WebhookEndpoint:
    return convert(values, WebhookEndpoint)


def _delivery(values: Mapping[str, Any]) -> WebhookDelivery:
    arguments = {setting.name: values[setting.name] for setting in fields(WebhookDelivery)}
    attempts = tuple(DeliveryAttempt(**attempt) for attempt in values["attempts"])
    return WebhookDelivery(**{**arguments, "state": DeliveryState(values["state"]), "attempts": attempts})
