"""Lambda: the stream of the sends table → the queue of webhooks, and the account's event bus."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.adapters.sending.message_items import message_from
from functions.core.sending.send import Message
from functions.telemetry import count, entrypoint


@entrypoint
def handler(event: dict[str, Any], context: Any) -> None:
    """Raises any error: Lambda then retries the shard's batch."""
    changes = (_change(record["dynamodb"]) for record in event["Records"])
    count("WebhooksQueued", wiring.get(wiring.webhooks.publish_events)(changes))


def _change(record: dict[str, Any]) -> tuple[Message | None, Message | None]:
    before, after = record.get("OldImage"), record.get("NewImage")
    return message_from(before) if before else None, message_from(after) if after else None
