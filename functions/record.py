"""Lambda: SES's events → the timelines of the sends table, and the archive of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions import wiring
from functions.core import timestamps
from functions.core.contacts import event_erasure, event_redaction
from functions.core.contacts.subscriptions import unsubscribe_link
from functions.core.errors import Retry
from functions.core.events import sensitive_events, ses_events
from functions.core.events.ses_events import SesEvent, UnparseableError
from functions.core.sending.send import MessageKey
from functions.ports.events import ArchiveFolder, RawEvent
from functions.steps.events.record import RecordResult
from functions.telemetry import count, entrypoint, logger

ARCHIVE_MS = 15_000  # of the function's time, reserved for archiving what was recorded


class Received(Struct, frozen=True):
    """A queue message and its event. It is acknowledged once the event is recorded and archived."""

    message_id: str
    raw: RawEvent | None  # None: nothing of it may be archived
    event: SesEvent | None = None  # None: it cannot be parsed, or is not recorded

    @property
    def mail(self) -> MessageKey | str:
        return self.event.mail if self.event else self.message_id


@entrypoint
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An error after the events were recorded fails the whole batch: it is retried, and recording twice changes nothing."""
    sent = [int(message["attributes"]["SentTimestamp"]) / 1000 for message in event["Records"]]
    wiring.get(wiring.events.note_progress)(min(sent))
    received = [_read(message) for message in event["Records"]]
    outcomes: Counter[RecordResult] = Counter()
    recorded = [one for mail in _in_time(_by_mail(received), context) for one in _record(mail, outcomes)]
    for outcome, number in outcomes.items():
        count(outcome, number)
    acknowledged = {one.message_id for one in recorded}
    events = [one.event for one in recorded if one.event]
    wiring.get(wiring.events.record_events).touch_tokens(events)
    wiring.get(wiring.adapters.events.event_archive).append([one.raw for one in recorded if one.raw])
    _count_external(sum(one.external_sends for one in events))
    failures = [one.message_id for one in received if one.message_id not in acknowledged]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _read(message: dict[str, Any]) -> Received:
    message_id, text = message["messageId"], message["body"]
    at = timestamps.iso(int(message["attributes"]["SentTimestamp"]) / 1000)
    storable = ""
    try:
        decoded = msgspec.json.decode(text)
        redacted = sensitive_events.without_content(_without_secrets(text, decoded))
        storable = text if redacted is decoded or redacted == decoded else msgspec.json.encode(redacted).decode()
        event = ses_events.parse(redacted)
    except (UnparseableError, msgspec.DecodeError, RecursionError):
        logger.exception(
            "this is no SES event that we can parse: it is archived apart", extra={"queue_message_id": message_id}
        )
        count("EventUnreadable")
        storable = storable or sensitive_events.unreadable(unsubscribe_link.redacted(text))
        return Received(message_id, RawEvent(storable, at, ArchiveFolder.UNREADABLE))
    if event_redaction.is_click_on_own_link(redacted):
        return Received(message_id, None)
    folder = ArchiveFolder.FOREIGN if event.is_external else ArchiveFolder.EVENTS
    return Received(message_id, RawEvent(storable, at, folder), event)


def _without_secrets(text: str, decoded: Any) -> Any:
    """Most events have no secret, and a search of the text is faster than one of each value."""
    return event_redaction.without_link_secrets(decoded) if event_redaction.may_have_secrets(text) else decoded


def _by_mail(received: Iterable[Received]) -> Iterable[list[Received]]:
    """Groups events by mail: a mail's sending and its delivery are seconds apart, so they share a batch and then a write."""
    mails: dict[MessageKey | str, list[Received]] = {}
    for one in received:
        mails.setdefault(one.mail, []).append(one)
    return mails.values()


def _in_time(mails: Iterable[list[Received]], context: Any) -> Iterator[list[Received]]:
    """Yields mails while there is time. A mail over SMTP to many recipients is many writes, and a batch may hold many of them."""
    for mail in mails:
        if context.get_remaining_time_in_millis() < ARCHIVE_MS:
            logger.warning("there is not enough time for the whole batch: the rest of it is retried")
            return
        yield mail


def _record(mail: list[Received], outcomes: Counter[RecordResult]) -> list[Received]:
    """Returns what to archive and acknowledge: nothing if the mail's events must be retried. Adds to `outcomes`."""
    events = [one.event for one in mail if one.event]
    try:
        outcome = wiring.get(wiring.events.record_events)(*events) if events else None
        if outcome:
            outcomes[outcome] += len(events)
        if outcome is RecordResult.ERASED:
            return [_without_erased(one) for one in mail]
        if outcome is RecordResult.UNKNOWN:
            return [_without_erased_since(one) for one in mail]
    except Exception:  # noqa: BLE001 - the record's boundary: one mail must not take the batch with it
        key = mail[0].mail
        logger.exception("recording failed", extra={"send_id": key.send_id} if isinstance(key, MessageKey) else {})
        return []
    return mail


def _without_erased(received: Received) -> Received:
    """Removes the erased recipients from what is archived."""
    mail = received.event.smtp if received.event else None
    if received.raw is None or mail is None:
        return replace(received, raw=None)
    erased = wiring.get(wiring.events.record_events).erased_recipients(mail)
    return _without(received, received.raw, msgspec.json.decode(received.raw.text), erased)


def _without_erased_since(received: Received) -> Received:
    """No message shows any more who was erased: it expired. The rest of a contact does."""
    if received.raw is None or received.event is None:
        return received
    decoded = msgspec.json.decode(received.raw.text)
    recipients = event_erasure.recipients_of(decoded)
    erased = wiring.get(wiring.events.record_events).erased_since(recipients, received.event.sent_at)
    return _without(received, received.raw, decoded, erased) if erased else received


def _without(received: Received, raw: RawEvent, decoded: Any, erased: Iterable[str]) -> Received:
    left = decoded
    for address in erased:
        left = event_erasure.without(left, address)
    return replace(received, raw=replace(raw, text=msgspec.json.encode(left).decode()) if left is not None else None)


def _count_external(mails: int) -> None:
    """Mail sent over SMTP uses its part of SES's rate."""
    if mails:
        try:
            wiring.get(wiring.adapters.account.quota_store).add_external(mails)
        except Retry:
            logger.warning("the send quota does not count this batch's mail over SMTP", exc_info=True)
