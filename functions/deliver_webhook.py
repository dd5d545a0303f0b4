"""Lambda: the queue of webhooks → their receivers. Each message of the batch succeeds, or is retried, by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from functions import wiring
from functions.adapters.webhooks.webhook_queue import open_job
from functions.core.webhooks.webhook import DeliveryJob
from functions.steps.webhooks.deliver_webhook import DeliveryResult
from functions.telemetry import count, entrypoint, logger

WORKERS = 10  # a receiver may take 10 seconds to answer


@entrypoint
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    _ = (
        wiring.get(wiring.webhooks.deliver_webhook),
        wiring.get(wiring.webhooks.replay_range),
    )  # made before the threads start, which share them
    records = event["Records"]
    with ThreadPoolExecutor(WORKERS) as workers:
        results = list(workers.map(_deliver, records))
    for result in results:
        _report(result or DeliveryResult())
    failures = [record["messageId"] for record, result in zip(records, results, strict=True) if result is None]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _deliver(record: dict[str, Any]) -> DeliveryResult | None:
    """Returns None if the queue message must be retried."""
    try:
        job = open_job(record["body"])
        if isinstance(job, DeliveryJob):
            return wiring.get(wiring.webhooks.deliver_webhook)(job)
        wiring.get(wiring.webhooks.replay_range)(job)
    except Exception:  # noqa: BLE001 - the record's boundary: one message must not take the batch with it
        logger.exception("a webhook failed by an error of ours: it is retried")
        return None
    return DeliveryResult()


def _report(result: DeliveryResult) -> None:
    if result.state:
        count(f"Webhook{result.state.capitalize()}")
    if result.paused:
        logger.warning("webhook paused", extra={"webhook": result.paused.id, "reason": result.paused.pause_reason})
        count("WebhookPaused")
