"""Lambda: SES's events → the timelines of the sends table, and the archive of events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from functions.core import instants, ses_events
from functions.core.errors import Retry
from functions.core.ses_events import SesEvent, UnparseableError
from functions.ports import RawEvent, Shelf
from functions.telemetry import count, count_by_stage, logger, metrics
from functions.wiring import wired

ARCHIVE_MS = 15_000  # left of the function's time for the archive, which gets what was recorded


@dataclass(frozen=True, slots=True)
class Taken:
    """A queue message that is done with, once the archive has it."""

    message_id: str
    raw: RawEvent
    event: SesEvent | None = None  # None: it could not be read


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """What fails after the events were recorded fails the whole batch: it comes again, and recording twice changes nothing."""
    taken = [one for message in _in_time(event["Records"], context) if (one := _taken(message))]
    read = [one.event for one in taken if one.event]
    wired().recording.seen(read)
    wired().raw_events.keep([one.raw for one in taken])
    _tell_governor(sum(one.sent_by_others for one in read))
    done = {one.message_id for one in taken}
    again = [message["messageId"] for message in event["Records"] if message["messageId"] not in done]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def _in_time(messages: Iterable[dict[str, Any]], context: Any) -> Iterator[dict[str, Any]]:
    """Those there is time for; the others come again. A mail over SMTP to many is many writes, and a batch may hold many such."""
    for message in messages:
        if context.get_remaining_time_in_millis() < ARCHIVE_MS:
            logger.warning("the batch is more than there is time for: the rest of it comes again")
            return
        yield message


def _taken(message: dict[str, Any]) -> Taken | None:
    """None where it must come again."""
    message_id, text = message["messageId"], message["body"]
    at = instants.iso(int(message["attributes"]["SentTimestamp"]) / 1000)
    try:
        event = ses_events.parse(msgspec.json.decode(text))
        count(wired().recording(event))
    except (UnparseableError, msgspec.DecodeError, RecursionError):
        logger.exception(
            "not an event of SES as we know them: it is kept aside", extra={"queue_message_id": message_id}
        )
        count_by_stage("EventUnreadable", wired().settings.stage)
        return Taken(message_id, RawEvent(text, at, Shelf.UNREADABLE))
    except Exception:  # noqa: BLE001 - the record's boundary: one event must not take the batch with it
        logger.exception("recording failed")
        return None
    return Taken(message_id, RawEvent(text, at, Shelf.FOREIGN if event.foreign else Shelf.EVENTS), event)


def _tell_governor(mails: int) -> None:
    """Mail sent over SMTP takes its share of SES's rate."""
    if mails:
        try:
            wired().governors.add_foreign(mails)
        except Retry:
            logger.warning("the governor did not hear of mails over SMTP", exc_info=True)
