"""Record: SES's events → the timeline of the message they are about. Any order, any number of times."""

from __future__ import annotations

from enum import StrEnum

from functions.core import instants, lifecycle
from functions.core.lifecycle import Act
from functions.core.ses_events import SesEvent
from functions.core.timeline import Kind
from functions.ports import Sends


class Recorded(StrEnum):
    """What became of an event; each is a metric."""

    RECORDED = "EventRecorded"
    FOREIGN = "EventForeign"  # of a mail that is not a send of ours
    UNKNOWN = "EventOfUnknownSend"  # of a send that is not kept any more, or never was


def record(event: SesEvent, *, sends: Sends) -> Recorded:
    """Raises nothing of its own: an event that the store refuses for now comes again with its queue message."""
    if event.message is None:
        return Recorded.FOREIGN
    message = sends.record(event.message, event.fact)
    if message is None:
        return Recorded.UNKNOWN
    # Every event but a rejection says that SES sent the mail, whatever the worker that sent it lived to write.
    if event.fact.kind is not Kind.REJECTED and message.state in lifecycle.sources(Act.CONFIRM):
        sends.settle(event.message, Act.CONFIRM, now=instants.parse(event.sent_at), ses_message_id=event.ses_message_id)
    return Recorded.RECORDED
