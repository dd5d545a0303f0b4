"""Lambda: the stream of the sends table → the queues of webhooks, of automations and of broadcasts, and the account's event bus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from functions import wiring
from functions.adapters.aws.errors import is_transient
from functions.adapters.sending.message_items import key_from, message_from
from functions.core.errors import ContentRefused, Retry
from functions.core.sending.send import Message
from functions.telemetry import count, entrypoint, log_context, logger

Record = dict[str, Any]


@entrypoint
def handler(event: dict[str, Any], context: Any) -> None:
    """Raises an error if a service does not answer: Lambda then retries the shard's batch. One change cannot stop the shard: see
    `_publish_singly`.
    """
    records = event["Records"]
    try:
        queued = _publish(records)
    except Exception as error:
        if _may_pass(error):
            raise
        logger.exception("the batch is refused: each change is published by itself")
        queued = _publish_singly(records)
    count("WebhooksQueued", queued)


def _publish(records: Iterable[Record]) -> int:
    changes = [_change(record) for record in records]
    count("AutomationJobsQueued", wiring.get(wiring.automations.observe).messages(changes))
    wiring.get(wiring.broadcasts.note_outcomes)(changes)
    return wiring.get(wiring.webhooks.publish_events)(changes)


def _publish_singly(records: Sequence[Record]) -> int:
    """Publishes each change by itself, and sets failed changes apart. If none passes, an error that is not about content may have a cause
    outside the changes: it is raised.
    """
    queued, failed = 0, list[tuple[Record, Exception]]()
    for record in records:
        try:
            queued += _publish([record])
        except Exception as error:
            if _may_pass(error):
                raise
            failed.append((record, error))
    unclear = [error for _, error in failed if not isinstance(error, ContentRefused)]
    if unclear and len(failed) == len(records):
        raise unclear[0]
    for record, refusal in failed:
        _set_apart(record, refusal)
    return queued


def _may_pass(error: Exception) -> bool:
    """Returns whether a service does not answer just now."""
    return isinstance(error, Retry) or is_transient(error)


def _set_apart(record: Record, error: Exception) -> None:
    change = record["dynamodb"]
    key = key_from(change["Keys"])
    with log_context(send_id=key.send_id):
        logger.error("the events of this change cannot be published: it becomes a dead letter", exc_info=error)
    wiring.get(wiring.adapters.webhooks.unpublished_changes).put(
        change["SequenceNumber"], key, f"{type(error).__name__}: {error}"
    )
    count("ChangeUnpublished")


def _change(record: Record) -> tuple[Message | None, Message | None]:
    before, after = record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage")
    return message_from(before) if before else None, message_from(after) if after else None
