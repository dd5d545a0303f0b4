"""Lambda: send queue → SES. Each message of the batch succeeds, or is retried, by itself."""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

import msgspec

from functions import wiring
from functions.adapters.aws import lanes, waiting
from functions.adapters.sending.send_queue import SqsSendQueue, backoff_seconds
from functions.core.errors import Retry
from functions.core.sending.send import Send
from functions.steps.sending.deliver import DeliverSend, SendBatch
from functions.telemetry import count, entrypoint, log_context, logger, observe_seconds

LANES = 10  # SES answers in some 60 ms, in which a mail only waits
_large = waiting.Lock()


@entrypoint
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    deliver, queue = (
        wiring.get(wiring.sending.deliver_send),
        wiring.get(wiring.adapters.sending.send_queue),
    )
    records = event["Records"]
    sends = [_open(queue, record) for record in records]
    batch = _begin(deliver, [send for send in sends if send])
    work = functools.partial(_deliver, deliver, queue, batch)
    delivered = lanes.run(work, records, sends, at_once=LANES)
    if batch:
        _end(deliver, batch)
    failures = [record["messageId"] for record, done in zip(records, delivered, strict=True) if not done]
    count("SendHandled", len(records) - len(failures))
    count("SendRetried", len(failures))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _open(queue: SqsSendQueue, record: dict[str, Any]) -> Send | None:
    """Returns None for a message that cannot be opened: _deliver opens it again, and reports why."""
    try:
        return queue.open(record["body"])
    except Exception:  # noqa: BLE001 - the record's boundary
        return None


def _begin(deliver: DeliverSend, sends: list[Send]) -> SendBatch | None:
    """Without a batch each send makes its own calls."""
    try:
        return deliver.begin(sends)
    except Exception:  # noqa: BLE001 - the records' boundary
        logger.exception("cannot read the contacts of the batch at once")
        return None


def _end(deliver: DeliverSend, batch: SendBatch) -> None:
    """A retry cannot help, since the mails are sent."""
    try:
        deliver.end(batch)
    except Exception:  # noqa: BLE001 - the records' boundary
        logger.exception("what was sent is not stored", extra={"mails": len(batch.contents)})
        count("ContentNotStored", len(batch.contents))


def _deliver(
    deliver: DeliverSend, queue: SqsSendQueue, batch: SendBatch | None, record: dict[str, Any], opened: Send | None
) -> bool:
    """Returns False if the queue message must be retried."""
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    with ExitStack() as context:
        try:
            send = opened or queue.open(record["body"])
            context.enter_context(log_context(send_id=send.id))
            with _room_for(send):
                waited = deliver(send, receives, batch)
        except Retry as retry:
            logger.info("send waits", extra={"reason": str(retry), "receives": receives})
            wait = max(retry.after_seconds, backoff_seconds(receives))
        except msgspec.DecodeError:
            logger.exception(
                "this queue message is not a send: SQS moves it to the dead letters after its last receive"
            )
            wait = backoff_seconds(receives)
        except Exception:  # noqa: BLE001 - the record's boundary: one message must not take the batch with it
            logger.exception("delivery failed")
            wait = backoff_seconds(receives)
        else:
            if waited:
                observe_seconds("SendWaiting", waited)
            return True
        _postpone(queue, record["receiptHandle"], wait)
        return False


def _room_for(send: Send) -> AbstractContextManager[object]:
    """Lets one mail with uploads be built at a time: its files are then in memory several times, and ten of them may be too large."""
    return _large if any(attachment.upload for attachment in send.attachments) else nullcontext()


def _postpone(queue: SqsSendQueue, receipt_handle: str, seconds: int) -> None:
    try:
        queue.postpone(receipt_handle, seconds)
    except Exception:  # noqa: BLE001 - the record's boundary too: the queue's own visibility timeout then applies
        logger.exception("cannot postpone")
