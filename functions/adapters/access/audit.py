"""ports.AuditEntries on the audit table. No function's role may change or delete an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core.access.audit import AuditAction, LogEntry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


_END = "~"  # sorts after every instant


class DynamoAuditEntries(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def add(self, entry: LogEntry) -> None:
        self.client.put_item(TableName=self.table, Item=to_item(_values(entry)))

    def latest(self, most: int, before: str = "") -> list[LogEntry]:
        answer = self.client.query(
            TableName=self.table,
            KeyConditionExpression="#log = :log AND #entry < :before",
            ExpressionAttributeNames={"#log": "log", "#entry": "entry"},
            ExpressionAttributeValues=to_item({":log": schema.ACCOUNT_LOG, ":before": before or _END}),
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=most,
        )
        return [_entry(from_item(item)) for item in answer["Items"]]


def _values(entry: LogEntry) -> dict[str, Any]:
    return {
        "log": schema.ACCOUNT_LOG,
        "entry": entry.id,
        "at": entry.at,
        "action": str(entry.action),
        "actor": entry.by,
        "key_id": entry.key_id or None,
        "subject": entry.subject or None,
        "detail": dict(entry.detail) or None,
    }


def _entry(values: dict[str, Any]) -> LogEntry:
    return LogEntry(
        id=values["entry"],
        at=values["at"],
        action=AuditAction(values["action"]),
        by=values["actor"],
        key_id=values.get("key_id", ""),
        subject=values.get("subject", ""),
        detail=values.get("detail", {}),
    )
