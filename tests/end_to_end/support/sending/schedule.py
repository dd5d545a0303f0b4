"""Sends for later."""

from __future__ import annotations

import time
from typing import Any

from functions.core import timestamps
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import SEND, request

STATUSES = "/marketing/v3/email/send-statuses"


def send_later(service: Service, to: str, seconds: float, path: str = SEND) -> dict[str, Any]:
    requested = request(service, to)
    requested["message"]["sendAt"] = timestamps.iso(time.time() + seconds)
    answer: dict[str, Any] = service.http.post(path, json=requested).json()
    return answer


def bring_forward(service: Service, send_id: str) -> None:
    """Makes the send due now, if it still waits."""
    now = timestamps.iso(time.time())
    table = service.stack.container.settings.sends_table
    client = service.stack.cloud.client("dynamodb")
    key = {"send_id": {"S": send_id}, "recipient": {"N": "0"}}
    if "due_hour" in client.get_item(TableName=table, Key=key)["Item"]:
        client.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET due_at = :now, due_hour = :hour",
            ExpressionAttributeValues={":now": {"S": now}, ":hour": {"S": timestamps.hour(now)}},
        )
