"""ports.AccountPause: one item of the metrics table, apart from the send quota's, which workers write all the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core.emails.pause import Pause

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY = to_item({"subject": schema.PAUSE, "bucket": schema.PAUSE})


class DynamoAccountPause(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self) -> Pause | None:
        values = from_item(self.client.get_item(TableName=self.table, Key=_KEY).get("Item", {}))
        return Pause(**{name: values[name] for name in Pause.__struct_fields__}) if values else None

    def compare_and_set(self, before: Pause | None, after: Pause) -> bool:
        put: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(subject)"}
        if before:
            put["ConditionExpression"] = "#at = :at AND resumed_at = :resumed_at"
            put["ExpressionAttributeNames"] = {"#at": "at"}
            put["ExpressionAttributeValues"] = to_item({":at": before.at, ":resumed_at": before.resumed_at})
        item = {**_KEY, **to_item(to_builtins(after))}
        return conditional_write(self.client.put_item, TableName=self.table, Item=item, **put) is not None
