"""A send's messages → HubSpot's EmailSendStatusView, with each recipient's own outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from functions.core import ids, timestamps
from functions.core.events import timeline
from functions.core.events.delivery_status import delivery
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.lifecycle import FINAL, outcome
from functions.core.sending.send import Message, State
from functions.routes.sending.models import EmailSendStatusView, EventId, RecipientStatus, Status, TimelineEventView

OTHER_REQUEST = "Nothing is sent: the sendId belongs to another request."  # the message of IDEMPOTENT_FAIL

_STATUS = {State.SENDING: Status.PROCESSING, State.CANCELED: Status.CANCELED}


def status_view(message: Message, messages: Sequence[Message] | None = None) -> EmailSendStatusView:
    """`message` is the To's. With `messages`, the view lists every recipient and its timeline."""
    status_id = message.key.send_id
    return EmailSendStatusView(
        status=_status(message),
        status_id=status_id,
        requested_at=message.accepted_at,
        started_at=message.started_at,
        completed_at=_completed_at(message),
        send_result=outcome(message),
        message=message.reason or None,
        event_id=EventId(
            id=ids.event_id(timestamps.milliseconds(message.accepted_at), status_id, str(message.key.recipient)),
            created=message.accepted_at,
        ),
        send_at=message.due_at,
        requested_by=message.accepted_by or None,
        tags=dict(message.tags),
        test=message.is_test,
        recipients=None if messages is None else [_recipient(recipient) for recipient in messages],
    )


def _recipient(message: Message) -> RecipientStatus:
    return RecipientStatus(
        role=message.role,
        also=list(message.also),
        address=message.address,
        status=_status(message),
        send_result=outcome(message),
        message=message.reason or None,
        started_at=message.started_at,
        completed_at=_completed_at(message),
        delivery=delivery(message.timeline),
        timeline=[_event(event) for event in timeline.in_order(message.timeline)],
    )


def _event(event: Mapping[str, Any]) -> TimelineEventView:
    details = {name: value for name, value in event.items() if name not in {"kind", "at"}}
    return TimelineEventView(type=TimelineEventType(event["kind"]), at=event["at"], details=details)


def _status(message: Message) -> Status:
    return _STATUS.get(message.state, Status.COMPLETE if message.state in FINAL else Status.PENDING)


def _completed_at(message: Message) -> str | None:
    return message.settled_at if message.state in FINAL else None
