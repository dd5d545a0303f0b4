"""Events: SES's events recorded, and what is reported of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.adapters.access import api_keys
from functions.wiring.adapters.broadcasts import broadcast_files, broadcast_pages, broadcast_store
from functions.wiring.adapters.contacts import contacts
from functions.wiring.adapters.emails import emails
from functions.wiring.adapters.events import events_queue, recording_progress
from functions.wiring.adapters.sending import message_index, sends
from functions.wiring.adapters.statistics import counters
from functions.wiring.adapters.tokens import smtp_tokens

if TYPE_CHECKING:
    from functions.steps.broadcasts.list_messages import ListBroadcastMessages
    from functions.steps.events.get_message import GetMessage
    from functions.steps.events.list_email_events import ListEmailEvents
    from functions.steps.events.record import RecordEvents
    from functions.steps.events.recording_progress import CheckRecorded, NoteProgress
    from functions.steps.events.search_messages import SearchMessages
    from functions.wiring.container import Container


def record_events(c: Container) -> RecordEvents:
    from functions.steps.events.record import RecordEvents

    return RecordEvents(
        sends=c.get(sends),
        contacts=c.get(contacts),
        tokens=c.get(smtp_tokens),
        clock=c.clock,
        retention_days=c.settings.retention_days,
    )


def note_progress(c: Container) -> NoteProgress:
    from functions.steps.events.recording_progress import NoteProgress

    return NoteProgress(store=c.get(recording_progress), clock=c.clock, grace_seconds=c.settings.grace_seconds)


def check_recorded(c: Container) -> CheckRecorded:
    from functions.steps.events.recording_progress import CheckRecorded

    return CheckRecorded(
        store=c.get(recording_progress),
        queue=c.get(events_queue),
        clock=c.clock,
        grace_seconds=c.settings.grace_seconds,
    )


def list_broadcast_messages(c: Container) -> ListBroadcastMessages:
    from functions.steps.broadcasts.list_messages import ListBroadcastMessages

    return ListBroadcastMessages(
        broadcasts=c.get(broadcast_store),
        pages=c.get(broadcast_pages),
        files=c.get(broadcast_files),
        messages=c.get(message_index),
    )


def search_messages(c: Container) -> SearchMessages:
    from functions.steps.events.search_messages import SearchMessages

    return SearchMessages(
        messages=c.get(message_index),
        of_broadcasts=c.get(list_broadcast_messages),
        metrics=c.get(counters),
        clock=c.clock,
        retention_days=c.settings.retention_days,
    )


def list_email_events(c: Container) -> ListEmailEvents:
    from functions.steps.events.list_email_events import ListEmailEvents

    return ListEmailEvents(
        search=c.get(search_messages),
        messages=c.get(message_index),
        of_broadcasts=c.get(list_broadcast_messages),
        metrics=c.get(counters),
    )


def get_message(c: Container) -> GetMessage:
    from functions.steps.events.get_message import GetMessage

    return GetMessage(sends=c.get(sends), api_keys=c.get(api_keys), tokens=c.get(smtp_tokens), emails=c.get(emails))
