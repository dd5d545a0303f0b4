"""ports.ApiKeys on the tokens table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.adapters import keys
from functions.adapters.items import from_item, to_item
from functions.ports import ApiKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoApiKeys:
    client: DynamoDBClient
    table: str

    def get(self, secret_id: str) -> ApiKey | None:
        answer = self.client.get_item(TableName=self.table, Key=to_item({"id": keys.api_key(secret_id)}))
        if "Item" not in answer:
            return None
        values = from_item(answer["Item"])
        return ApiKey(
            secret_id=secret_id,
            name=values["name"],
            prefix=values["prefix"],
            owner=values["owner"],
            scopes=tuple(values["scopes"]),
            created_at=values["created_at"],
        )

    def put(self, key: ApiKey) -> None:
        item = {
            "id": keys.api_key(key.secret_id),
            "name": key.name,
            "prefix": key.prefix,
            "owner": key.owner,
            "scopes": list(key.scopes),
            "created_at": key.created_at,
        }
        self.client.put_item(TableName=self.table, Item=to_item(item))
