"""ports.ApiKeys on the tokens table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.ports.access import ApiKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoApiKeys(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, secret_id: str) -> ApiKey | None:
        key = to_item({"id": schema.api_key(secret_id)})
        answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return _key(from_item(answer["Item"])) if "Item" in answer else None

    def put(self, key: ApiKey) -> None:
        item = {
            "id": schema.api_key(key.secret_id),
            "name": key.name,
            "prefix": key.prefix,
            "owner": key.owner,
            "scopes": list(key.scopes),
            "created_at": key.created_at,
            "last_used_at": key.last_used_at,
            "revoked_at": key.revoked_at,
        }
        self.client.put_item(TableName=self.table, Item=to_item(item))

    def all(self) -> list[ApiKey]:
        """Scans the table, which is small because people create keys and tokens by hand: an index would cost more than it saves."""
        request: Any = {
            "TableName": self.table,
            "FilterExpression": "begins_with(id, :key)",
            "ExpressionAttributeValues": to_item({":key": schema.api_key("")}),
        }
        keys: list[ApiKey] = []
        while True:
            answer = self.client.scan(**request)
            keys += [_key(from_item(item)) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return sorted(keys, key=lambda key: (key.created_at, key.secret_id))
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def rename(self, secret_id: str, name: str) -> ApiKey | None:
        return self._update(secret_id, "SET #name = :name", {":name": name}, names={"#name": "name"})

    def revoke(self, secret_id: str, at: str) -> ApiKey | None:
        return self._update(secret_id, "SET revoked_at = if_not_exists(revoked_at, :at)", {":at": at})

    def used(self, secret_id: str, at: str) -> None:
        earlier = "(attribute_not_exists(last_used_at) OR last_used_at < :at)"
        self._update(secret_id, "SET last_used_at = :at", {":at": at}, condition=f" AND {earlier}")

    def _update(
        self,
        secret_id: str,
        expression: str,
        values: Mapping[str, Any],
        *,
        names: Mapping[str, str] | None = None,
        condition: str = "",
    ) -> ApiKey | None:
        """Returns None if there is no key with this id, or if the condition fails."""
        request: dict[str, Any] = {
            "TableName": self.table,
            "Key": to_item({"id": schema.api_key(secret_id)}),
            "UpdateExpression": expression,
            "ConditionExpression": f"attribute_exists(id){condition}",
            "ExpressionAttributeValues": to_item(values),
            "ReturnValues": "ALL_NEW",
            **({"ExpressionAttributeNames": dict(names)} if names else {}),
        }
        answer = conditional_write(self.client.update_item, **request)
        return _key(from_item(answer["Attributes"])) if answer else None


def _key(values: Mapping[str, Any]) -> ApiKey:
    return ApiKey(
        secret_id=values["id"].removeprefix(schema.api_key("")),
        name=values["name"],
        prefix=values["prefix"],
        owner=values["owner"],
        scopes=tuple(values["scopes"]),
        created_at=values["created_at"],
        last_used_at=values.get("last_used_at"),
        revoked_at=values.get("revoked_at"),
    )
