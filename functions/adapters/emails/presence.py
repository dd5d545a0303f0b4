"""ports.Presence on the access table: an item for each open editor, which expires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core.emails.presence import GONE_SECONDS, OpenEditor

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoPresence(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def report(self, email_id: int, editing: OpenEditor) -> None:
        values = {
            **_key(email_id, editing.email, editing.tab),
            "at": editing.at,
            schema.EXPIRES: editing.at + GONE_SECONDS,
        }
        self.client.put_item(TableName=self.table, Item=to_item(values))

    def remove(self, email_id: int, email: str, tab: str) -> None:
        self.client.delete_item(TableName=self.table, Key=to_item(_key(email_id, email, tab)))

    def editing(self, email_id: int) -> list[OpenEditor]:
        answer: Any = self.client.query(
            TableName=self.table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues=to_item({":kind": _kind(email_id)}),
            ConsistentRead=True,
        )
        return [_editing(from_item(item)) for item in answer["Items"]]


def _kind(email_id: int) -> str:
    return f"{schema.EDITING}#{email_id}"


def _key(email_id: int, email: str, tab: str) -> dict[str, str]:
    return {"kind": _kind(email_id), "part": f"{email}#{tab}"}


def _editing(values: dict[str, Any]) -> OpenEditor:
    email, _, tab = values["part"].rpartition("#")
    return OpenEditor(email, tab, values["at"])
