"""Lambda: the queue of webhooks → their receivers. Each message of the batch succeeds or comes back by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from functions import wiring
from functions.adapters.webhooks.webhook_queue import open_job
from functions.core.webhooks.webhook import DeliveryJob
from functions.steps.webhooks.deliver_webhook import DeliveryResult
from functions.telemetry import count, logger, published

WORKERS = 10  # a receiver may take 10 seconds to answer


@logger.inject_lambda_context(clear_state=True)
@published
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    _ = (
        wiring.get(wiring.webhooks.deliver_webhook),
        wiring.get(wiring.webhooks.replay_range),
    )  # made before the threads start, which share them
    with ThreadPoolExecutor(WORKERS) as workers:
        done = list(workers.map(_done, event["Records"]))
    for told in done:
        _tell(told or DeliveryResult())
    failures = [record["messageId"] for record, told in zip(event["Records"], done, strict=True) if told is None]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _done(record: dict[str, Any]) -> DeliveryResult | None:
    """None where it must come again."""
    try:
        job = open_job(record["body"])
        if isinstance(job, DeliveryJob):
            return wiring.get(wiring.webhooks.deliver_webhook)(job)
        wiring.get(wiring.webhooks.replay_range)(job)
    except Exception:  # noqa: BLE001 - the record's boundary: one message must not take the batch with it
        logger.exception("a webhook failed by a fault of ours: it comes again")
        return None
    return DeliveryResult()


def _tell(told: DeliveryResult) -> None:
    if told.state:
        count(f"Webhook{told.state.capitalize()}")
    if told.paused:
        logger.warning("webhook paused", extra={"webhook": told.paused.id, "reason": told.paused.pause_reason})
        count("WebhookPaused")
