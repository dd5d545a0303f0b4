"""What AWS calls the functions with, as far as they read it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from functions.core.access.scopes import SCOPES
from tests.fakes.access import claimed_key

CONTEXT: Any = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-1:1:function:f",
    aws_request_id="r",
    get_remaining_time_in_millis=lambda: 86_400_000,
)
SENT_TIMESTAMP = "1795435200000"  # 2026-11-23T12:00:00Z
SEND = "/marketing/v3/transactional/single-email/send"
STATUS = "/marketing/v3/email/send-statuses/"
STATISTICS = "/marketing/v3/emails/statistics/list"


def http(
    method: str, path: str, body: Any = None, *, scopes: str | None = " ".join(SCOPES), **more: Any
) -> dict[str, Any]:
    """API Gateway's payload 2.0, with a key that has these `scopes`, or without a key if they are None."""
    headers = {"authorization": claimed_key(scopes)} if scopes is not None else {}
    event = {
        "version": "2.0",
        "rawPath": path,
        "requestContext": {"http": {"method": method, "path": path}},
        "isBase64Encoded": False,
    }
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return {**event, **more, "headers": {**headers, **more.get("headers", {"content-type": "application/json"})}}


def sqs(*bodies: str, receives: int = 1) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m-{number}",
                "receiptHandle": f"r-{number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": str(receives), "SentTimestamp": SENT_TIMESTAMP},
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
    }
