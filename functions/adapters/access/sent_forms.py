"""ports.SentForms on the access table: an item for each form that created something, which expires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import from_item, to_item
from functions.ports.access import SentForm

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoSentForms(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def claim(self, form_id: str, content: str, expires_at: int) -> SentForm | None:
        item = to_item({"content": content, "result": "", schema.EXPIRES: expires_at})
        try:
            self.client.put_item(
                TableName=self.table,
                Item={**_key(form_id), **item},
                ConditionExpression="attribute_not_exists(kind)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self.client.exceptions.ConditionalCheckFailedException as taken:
            response: Any = taken.response
            before = from_item(response["Item"])
            return SentForm(before["content"], before["result"])
        return None

    def finish(self, form_id: str, result: str) -> None:
        self.client.update_item(
            TableName=self.table,
            Key=_key(form_id),
            UpdateExpression="SET #result = :result",
            ExpressionAttributeNames={"#result": "result"},
            ExpressionAttributeValues=to_item({":result": result}),
        )

    def release(self, form_id: str) -> None:
        self.client.delete_item(TableName=self.table, Key=_key(form_id))


def _key(form_id: str) -> Any:
    return to_item({"kind": f"{schema.SENT_FORM}#{form_id}", "part": schema.SENT_FORM})
