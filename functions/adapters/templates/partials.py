"""ports.Partials on the emails table, in their own partition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import Item, from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoPartials(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, name: str) -> str | None:
        answer = self.client.get_item(TableName=self.table, Key=_key(name), ConsistentRead=True)
        return str(from_item(answer["Item"])["text"]) if "Item" in answer else None

    def put(self, name: str, text: str) -> None:
        self.client.put_item(TableName=self.table, Item={**_key(name), **to_item({"text": text})})

    def delete(self, name: str) -> bool:
        answer = self.client.delete_item(TableName=self.table, Key=_key(name), ReturnValues="ALL_OLD")
        return bool(answer.get("Attributes"))

    def names(self) -> list[str]:
        request: Any = {
            "TableName": self.table,
            "KeyConditionExpression": "email_id = :none AND begins_with(part, :partial)",
            "ExpressionAttributeValues": to_item({":none": schema.NO_EMAIL, ":partial": schema.partial_part("")}),
            "ProjectionExpression": "part",
            "ConsistentRead": True,
        }
        names: list[str] = []
        while True:
            answer = self.client.query(**request)
            names += [str(from_item(item)["part"]).removeprefix(schema.partial_part("")) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return names
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _key(name: str) -> Item:
    return to_item({"email_id": schema.NO_EMAIL, "part": schema.partial_part(name)})
