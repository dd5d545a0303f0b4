"""Lambda: SES's events → the timelines of the sends table."""

from __future__ import annotations

from typing import Any

import msgspec

from functions.core import ses_events
from functions.core.errors import Retry
from functions.core.ses_events import SesEvent, UnparseableError
from functions.steps.record import record
from functions.telemetry import count, logger, metrics
from functions.wiring import wired


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    recorded = [(message["messageId"], _recorded(message)) for message in event["Records"]]
    _tell_governor(sum(done is not None and done.of_foreign_mail for _, done in recorded))
    failures = [message_id for message_id, done in recorded if done is None]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _recorded(message: dict[str, Any]) -> SesEvent | None:
    """The event, or None where it must come again."""
    try:
        event = ses_events.parse(msgspec.json.decode(message["body"]))
        outcome = record(event, sends=wired().sends)
    except (UnparseableError, msgspec.DecodeError):
        logger.exception("not an event of SES: it goes to the dead letters, kept for a reader")
        count("EventUnparseable")
        return None
    except Exception:  # noqa: BLE001 - the record's boundary: one event must not take the batch with it
        logger.exception("recording failed")
        return None
    count(outcome)
    return event


def _tell_governor(foreign_mails: int) -> None:
    """Mail sent over SMTP takes its share of SES's rate."""
    if foreign_mails:
        try:
            wired().governors.add_foreign(foreign_mails)
        except Retry:
            logger.warning("the governor did not hear of mails over SMTP", exc_info=True)
