"""ports.RecordingProgressStore: one item of the metrics table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core.events.recording_progress import RecordingProgress

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY = to_item({"subject": schema.RECORDING, "bucket": schema.RECORDING})


class DynamoRecordingProgress(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self) -> RecordingProgress | None:
        values = from_item(self.client.get_item(TableName=self.table, Key=_KEY, ConsistentRead=True).get("Item", {}))
        return RecordingProgress(values["read_at"], values["in_time_since"]) if "read_at" in values else None

    def in_time(self, now: float, *, resumed_before: float) -> None:
        unbroken = {
            "ConditionExpression": "read_at > :resumed_before AND attribute_exists(in_time_since)",
            "ExpressionAttributeValues": to_item({":now": int(now), ":resumed_before": int(resumed_before)}),
        }
        if not self._update("SET read_at = :now", unbroken):
            self._set("SET read_at = :now, in_time_since = :now", now)

    def late(self, now: float) -> None:
        self._set("SET in_time_since = :now", now)

    def _set(self, expression: str, now: float) -> None:
        self._update(expression, {"ExpressionAttributeValues": to_item({":now": int(now)})})

    def _update(self, expression: str, request: dict[str, Any]) -> bool:
        """Returns False if the condition fails."""
        written = conditional_write(
            self.client.update_item, TableName=self.table, Key=_KEY, UpdateExpression=expression, **request
        )
        return written is not None
