"""Lambda: send queue → SES. Each message of the batch succeeds or comes back by itself."""

from __future__ import annotations

import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import msgspec

from functions import wiring
from functions.adapters.sending.send_queue import SqsSendQueue, backoff_seconds
from functions.core.errors import Retry
from functions.core.sending.send import Send
from functions.steps.sending.deliver import DeliverSend
from functions.telemetry import count, logger, published

WORKERS = 10  # SES answers in some 60 ms, in which a worker only waits
_large = threading.Lock()


@logger.inject_lambda_context(clear_state=True)
@published
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    deliver, queue = (
        wiring.get(wiring.sending.deliver_send),
        wiring.get(wiring.adapters.send_queue),
    )  # made before the threads start, which share them
    done = list(_workers().map(functools.partial(_delivered, deliver, queue), event["Records"]))
    failures = [record["messageId"] for record, fine in zip(event["Records"], done, strict=True) if not fine]
    count("SendHandled", len(done) - len(failures))
    count("SendRetried", len(failures))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


@functools.cache
def _workers() -> ThreadPoolExecutor:
    """Kept for the next batch: ten threads take as long to start as a mail to write."""
    return ThreadPoolExecutor(WORKERS)


def _delivered(deliver: DeliverSend, queue: SqsSendQueue, record: dict[str, Any]) -> bool:
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    try:
        send = queue.open(record["body"])
        with _room_for(send):
            deliver(send, receives)
    except Retry as retry:
        logger.info("send waits", extra={"reason": str(retry), "receives": receives})
        wait = max(retry.after_seconds, backoff_seconds(receives))
    except msgspec.DecodeError:
        logger.exception("this queue message is not a send: it goes to the dead letters once its receives are used up")
        wait = backoff_seconds(receives)
    except Exception:  # noqa: BLE001 - the record's boundary: one message must not take the batch with it
        logger.exception("delivery failed")
        wait = backoff_seconds(receives)
    else:
        return True
    _postpone(queue, record["receiptHandle"], wait)
    return False


def _room_for(send: Send) -> AbstractContextManager[object]:
    """One mail with uploads at a time: while it is made its files are in memory several times over, and ten such mails may be too many."""
    return _large if any(one.upload for one in send.attachments) else nullcontext()


def _postpone(queue: SqsSendQueue, receipt_handle: str, seconds: int) -> None:
    try:
        queue.postpone(receipt_handle, seconds)
    except Exception:  # noqa: BLE001 - the record's boundary too: it then comes back at the queue's own visibility timeout
        logger.exception("cannot postpone")
