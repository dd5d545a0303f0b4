"""The webhook events of a message. Like the counters they are a pure function of it. A change of the message emits the difference of two
images, and every event can be emitted again at any time.

An event's id is derived from its contents, so a receiver recognises a duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from functions.core import ids
from functions.core.events import bots
from functions.core.events.delivery_status import Delivery, bounces, delivery, spam_report
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.send import Message, MessageKey, State

Fact = Mapping[str, Any]


class MessageEventType(StrEnum):
    SENT = "email.sent"
    DELIVERED = "email.delivered"
    DELAYED = "email.delayed"
    BOUNCED = "email.bounced"
    COMPLAINED = "email.complained"
    REJECTED = "email.rejected"
    REFUSED = "email.refused"
    FAILED = "email.failed"
    CANCELED = "email.canceled"
    OPENED = "email.opened"
    CLICKED = "email.clicked"
    UNSUBSCRIBED = "email.unsubscribed"
    RESUBSCRIBED = "email.resubscribed"
    AUTOMATION = "automation.step"
    TEST = "webhook.test"


DESCRIPTION = {
    MessageEventType.SENT: "SES accepted the mail",
    MessageEventType.DELIVERED: "the recipient's host accepted it",
    MessageEventType.DELAYED: "the recipient's host has not accepted it yet: SES continues",
    MessageEventType.BOUNCED: "it came back: `bounce` is hard, soft or suppressed",
    MessageEventType.COMPLAINED: "the recipient reported it as spam",
    MessageEventType.REJECTED: "SES found a virus in it and threw it away",
    MessageEventType.REFUSED: "a rule of Staffetta or SES refused it: `result` and `reason` show which",
    MessageEventType.FAILED: "every attempt failed: `result` and `reason` show why",
    MessageEventType.CANCELED: "it was scheduled, and canceled",
    MessageEventType.OPENED: "it was opened; `machine`: by a proxy or scanner, as far as the event shows by now",
    MessageEventType.CLICKED: "a link in it was followed; `machine` as above",
    MessageEventType.UNSUBSCRIBED: "the recipient unsubscribed by the link in it",
    MessageEventType.RESUBSCRIBED: "the recipient subscribed again by the link in it",
    MessageEventType.AUTOMATION: "an automation's step called this webhook, whatever its event types",
    MessageEventType.TEST: "you requested a test",
}

_OF_STATE = {
    State.SENT: MessageEventType.SENT,
    State.REFUSED: MessageEventType.REFUSED,
    State.FAILED: MessageEventType.FAILED,
    State.CANCELED: MessageEventType.CANCELED,
}
_OF_FACT = {
    TimelineEventType.DELIVERED: MessageEventType.DELIVERED,
    TimelineEventType.DELAYED: MessageEventType.DELAYED,
    TimelineEventType.BOUNCED: MessageEventType.BOUNCED,
    TimelineEventType.COMPLAINED: MessageEventType.COMPLAINED,
    TimelineEventType.REJECTED: MessageEventType.REJECTED,
    TimelineEventType.OPENED: MessageEventType.OPENED,
    TimelineEventType.CLICKED: MessageEventType.CLICKED,
    TimelineEventType.UNSUBSCRIBED: MessageEventType.UNSUBSCRIBED,
    TimelineEventType.SUBSCRIBED: MessageEventType.RESUBSCRIBED,
}
_BOUNCES = {Delivery.BOUNCED: "hard", Delivery.SUPPRESSED: "suppressed"}


class MessageEvent(Struct, frozen=True):
    """`data` is JSON; `message` is the event's message, if any."""

    id: str
    type: MessageEventType
    at: str
    data: Mapping[str, Any]
    message: MessageKey | None = None

    def body(self) -> dict[str, Any]:
        """Returns the body of the request, in the Standard Webhooks' format."""
        return {"id": self.id, "type": str(self.type), "timestamp": self.at, "data": dict(self.data)}


def of(message: Message | None) -> dict[str, MessageEvent]:
    """Returns every event of a message so far, by id, in no order."""
    if message is None or message.erased or message.is_test:  # an anonymised message and a test send have no events
        return {}
    return {event.id: event for event in (*_attempt(message), *_reported(message))}


def new_events(before: Message | None, after: Message | None) -> list[MessageEvent]:
    """Returns the events that a change of a message emits, the earliest first."""
    earlier = of(before)
    return sorted((event for event in of(after).values() if event.id not in earlier), key=lambda event: event.at)


def sample(endpoint_id: str, at: str) -> MessageEvent:
    data = {"webhookId": endpoint_id, "message": "If you can read this, the webhook works."}
    return MessageEvent(ids.for_event(endpoint_id, MessageEventType.TEST, at), MessageEventType.TEST, at, data)


def _attempt(message: Message) -> Iterator[MessageEvent]:
    """Yields the event of the outcome. SENT is emitted once. A redriven message that fails again emits a new event."""
    type_ = _OF_STATE.get(message.state)
    if type_ is None:
        return
    at = message.settled_at or message.accepted_at
    outcome = {"result": str(message.result)} if message.result else {}
    outcome |= {"reason": message.reason} if message.reason else {}
    yield _event(
        message,
        type_,
        at,
        "" if type_ is MessageEventType.SENT else at,
        {} if type_ is MessageEventType.SENT else outcome,
    )


def _reported(message: Message) -> Iterator[MessageEvent]:
    facts = list(message.timeline.values())
    by_machines, bounced = bots.of(facts), bounces(facts)
    for key, fact in message.timeline.items():
        kind = TimelineEventType(fact["kind"])
        if kind not in _OF_FACT or (kind is TimelineEventType.COMPLAINED and not spam_report(fact)):
            continue  # the state already has SENT, and not every feedback is a complaint
        if kind is TimelineEventType.BOUNCED and not any(fact is bounce for bounce in bounced):
            continue  # an automatic reply after a delivery
        details = {name: value for name, value in fact.items() if name not in {"kind", "at"}}
        if kind in bots.BY_HAND:
            details["machine"] = any(fact is one for one in by_machines)
        if kind is TimelineEventType.BOUNCED:
            details["bounce"] = _BOUNCES.get(delivery({key: fact}) or Delivery.SENT, "soft")
        yield _event(message, _OF_FACT[kind], fact["at"], key, details)


def _event(
    message: Message, type_: MessageEventType, at: str, identity: str, details: Mapping[str, Any]
) -> MessageEvent:
    key = message.key
    data = {
        "statusId": key.send_id,
        "recipient": key.recipient,
        "role": str(message.role),
        "address": message.address,
        "emailId": message.email_id,
        "acceptedAt": message.accepted_at,
        "tags": dict(message.tags),
        **({"sesMessageId": message.ses_message_id} if message.ses_message_id else {}),
        **({"details": dict(details)} if details else {}),
    }
    return MessageEvent(ids.for_event(key.send_id, str(key.recipient), type_, identity), type_, at, data, key)
