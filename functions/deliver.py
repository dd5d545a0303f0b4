"""Lambda: send queue → SES. Each message of the batch succeeds or comes back by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from functions.adapters.sqs_queue import backoff_seconds
from functions.core.errors import Retry
from functions.telemetry import count, logger, metrics
from functions.wiring import wired

WORKERS = 10  # SES answers in some 60 ms, in which a worker only waits


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    with ThreadPoolExecutor(WORKERS) as workers:
        done = list(workers.map(_delivered, event["Records"]))
    failures = [record["messageId"] for record, fine in zip(event["Records"], done, strict=True) if not fine]
    count("Delivered", len(done) - len(failures))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _delivered(record: dict[str, Any]) -> bool:
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    try:
        wired().delivery(wired().send_queue.opened(record["body"]), receives)
    except Retry as retry:
        logger.info("send waits", extra={"reason": str(retry), "receives": receives})
        wait = max(retry.after_seconds, backoff_seconds(receives))
    except msgspec.ValidationError:
        logger.exception("this queue message is not a send: it goes to the dead letters once its receives are used up")
        wait = backoff_seconds(receives)
    except Exception:  # noqa: BLE001 - the record's boundary: one message must not take the batch with it
        logger.exception("delivery failed")
        wait = backoff_seconds(receives)
    else:
        return True
    wired().send_queue.postpone(record["receiptHandle"], wait)
    return False
