"""Lambda: SES's events → the timelines of the sends table, and the archive of events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions import wiring
from functions.core import timestamps
from functions.core.contacts import event_erasure
from functions.core.errors import Retry
from functions.core.events import ses_events
from functions.core.events.ses_events import SesEvent, UnparseableError
from functions.core.sending.send import MessageKey
from functions.ports.events import ArchiveFolder, RawEvent
from functions.steps.events.record import RecordResult
from functions.telemetry import count, logger, published

ARCHIVE_MS = 15_000  # left of the function's time for the archive, which gets what was recorded


class Taken(Struct, frozen=True):
    """A queue message, and what it holds. It is done with once that is recorded and the archive has it."""

    message_id: str
    raw: RawEvent | None  # None: nothing of it may be kept
    event: SesEvent | None = None  # None: it could not be read


@logger.inject_lambda_context(clear_state=True)
@published
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """What fails after the events were recorded fails the whole batch: it comes again, and recording twice changes nothing."""
    read = [_read(message) for message in event["Records"]]
    taken = [one for mail in _in_time(_by_mail(read), context) for one in _recorded(mail)]
    done = {one.message_id for one in taken}
    events = [one.event for one in taken if one.event]
    wiring.get(wiring.events.record_events).touch_tokens(events)
    wiring.get(wiring.adapters.event_archive).append([one.raw for one in taken if one.raw])
    _tell_governor(sum(one.external_sends for one in events))
    again = [one.message_id for one in read if one.message_id not in done]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def _read(message: dict[str, Any]) -> Taken:
    message_id, text = message["messageId"], message["body"]
    at = timestamps.iso(int(message["attributes"]["SentTimestamp"]) / 1000)
    try:
        event = ses_events.parse(msgspec.json.decode(text))
    except (UnparseableError, msgspec.DecodeError, RecursionError):
        logger.exception(
            "not an event of SES as we know them: it is kept aside", extra={"queue_message_id": message_id}
        )
        count("EventUnreadable")
        return Taken(message_id, RawEvent(text, at, ArchiveFolder.UNREADABLE))
    return Taken(
        message_id, RawEvent(text, at, ArchiveFolder.FOREIGN if event.is_external else ArchiveFolder.EVENTS), event
    )


def _by_mail(read: Iterable[Taken]) -> Iterable[list[Taken]]:
    """A mail's sending and its delivery are seconds apart, and share a batch and so a write."""
    mails: dict[MessageKey | str, list[Taken]] = {}
    for one in read:
        mails.setdefault(one.event.mail if one.event else one.message_id, []).append(one)
    return mails.values()


def _in_time(mails: Iterable[list[Taken]], context: Any) -> Iterator[list[Taken]]:
    """Those there is time for; the others come again. A mail over SMTP to many is many writes, and a batch may hold many such."""
    for mail in mails:
        if context.get_remaining_time_in_millis() < ARCHIVE_MS:
            logger.warning("the batch is more than there is time for: the rest of it comes again")
            return
        yield mail


def _recorded(mail: list[Taken]) -> list[Taken]:
    """None of them where they must come again."""
    events = [one.event for one in mail if one.event]
    try:
        outcome = wiring.get(wiring.events.record_events)(*events) if events else None
        if outcome:
            count(outcome, len(events))
        if outcome is RecordResult.ERASED:
            return [_erased(one) for one in mail]
    except Exception:  # noqa: BLE001 - the record's boundary: one mail must not take the batch with it
        logger.exception("recording failed")
        return []
    return mail


def _erased(taken: Taken) -> Taken:
    """The archive gets what is left without those of its recipients who asked to be forgotten."""
    mail = taken.event.smtp if taken.event else None
    if taken.raw is None or mail is None:
        return replace(taken, raw=None)
    left: Any = msgspec.json.decode(taken.raw.text)
    for address in wiring.get(wiring.events.record_events).erased_recipients(mail):
        left = event_erasure.without(left, address)
    return replace(taken, raw=replace(taken.raw, text=msgspec.json.encode(left).decode()) if left is not None else None)


def _tell_governor(mails: int) -> None:
    """Mail sent over SMTP takes its share of SES's rate."""
    if mails:
        try:
            wiring.get(wiring.adapters.quota_store).add_external(mails)
        except Retry:
            logger.warning("the governor did not hear of mails over SMTP", exc_info=True)
