"""Lambda: SES's events → the timelines of the sends table."""

from __future__ import annotations

from typing import Any

import msgspec

from functions.core import ses_events
from functions.core.ses_events import UnparseableError
from functions.steps.record import record
from functions.telemetry import count, logger, metrics
from functions.wiring import wired


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    failures = [message["messageId"] for message in event["Records"] if not _recorded(message)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _recorded(message: dict[str, Any]) -> bool:
    try:
        outcome = record(ses_events.parse(msgspec.json.decode(message["body"])), sends=wired().sends)
    except (UnparseableError, msgspec.DecodeError):
        logger.exception("not an event of SES: it goes to the dead letters, kept for a reader")
        count("EventUnparseable")
        return False
    except Exception:  # noqa: BLE001 - the record's boundary: one event must not take the batch with it
        logger.exception("recording failed")
        return False
    count(outcome)
    return True
