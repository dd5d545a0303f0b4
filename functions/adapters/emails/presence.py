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
            **_key(email_id),
            "part": f"{editing.email}#{editing.tab}",
            "at": editing.at,
            schema.EXPIRES: editing.at + GONE_SECONDS,
        }
        self.client.put_item(TableName=self.table, Item=to_item(values))

    def editing(self, email_id: int) -> list[OpenEditor]:
        answer: Any = self.client.query(
            TableName=self.table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues=to_item({":kind": _key(email_id)["kind"]}),
            ConsistentRead=True,
        )
        return [_editing(from_item(item)) for item in answer["Items"]]


def _key(email_id: int) -> dict[str, str]:
    return {"kind": f"{schema.EDITING}#{email_id}"}


def _editing(values: dict[str, Any]) -> OpenEditor:
    email, _, tab = values["part"].rpartition("#")
    return OpenEditor(email, tab, values["at"])
