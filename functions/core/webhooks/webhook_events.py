"""What a webhook tells: the events of a message. Like the counters they are a pure function of it, so what a change of the message has to
tell is the difference of two images, and everything can be told again at any time.

An event's id follows from what it tells of. Whoever hears of it twice knows it by that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from functions.core import ids
from functions.core.events import bots
from functions.core.events.delivery import Delivery, delivery, spam_report
from functions.core.events.timeline import Kind
from functions.core.sending.send import Message, MessageKey, State

Fact = Mapping[str, Any]


class EventType(StrEnum):
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
    TEST = "webhook.test"


MEANING = {
    EventType.SENT: "SES took the mail",
    EventType.DELIVERED: "the recipient's host took it",
    EventType.DELAYED: "the recipient's host took it not yet: SES goes on trying",
    EventType.BOUNCED: "it came back: `bounce` is hard, soft or suppressed",
    EventType.COMPLAINED: "the recipient reported it as spam",
    EventType.REJECTED: "SES found a virus in it and threw it away",
    EventType.REFUSED: "it was not sent, by a rule of Staffetta's or SES's: `result` and `reason` say which",
    EventType.FAILED: "it was given up: `result` and `reason` say why",
    EventType.CANCELED: "it was scheduled, and canceled",
    EventType.OPENED: "it was opened; `machine`: by a proxy or scanner, as far as is known when this is told",
    EventType.CLICKED: "a link in it was followed; `machine` as above",
    EventType.UNSUBSCRIBED: "the recipient unsubscribed by the link in it",
    EventType.RESUBSCRIBED: "the recipient subscribed anew by the link in it",
    EventType.TEST: "you asked for a test",
}

_OF_STATE = {
    State.SENT: EventType.SENT,
    State.REFUSED: EventType.REFUSED,
    State.FAILED: EventType.FAILED,
    State.CANCELED: EventType.CANCELED,
}
_OF_FACT = {
    Kind.DELIVERED: EventType.DELIVERED,
    Kind.DELAYED: EventType.DELAYED,
    Kind.BOUNCED: EventType.BOUNCED,
    Kind.COMPLAINED: EventType.COMPLAINED,
    Kind.REJECTED: EventType.REJECTED,
    Kind.OPENED: EventType.OPENED,
    Kind.CLICKED: EventType.CLICKED,
    Kind.UNSUBSCRIBED: EventType.UNSUBSCRIBED,
    Kind.SUBSCRIBED: EventType.RESUBSCRIBED,
}
_BOUNCES = {Delivery.BOUNCED: "hard", Delivery.SUPPRESSED: "suppressed"}


class Event(Struct, frozen=True):
    """`data` is JSON; `message` is the one that it tells of, if any."""

    id: str
    type: EventType
    at: str
    data: Mapping[str, Any]
    message: MessageKey | None = None

    def body(self) -> dict[str, Any]:
        """As receivers get it, in the Standard Webhooks' shape."""
        return {"id": self.id, "type": str(self.type), "timestamp": self.at, "data": dict(self.data)}


def of(message: Message | None) -> dict[str, Event]:
    """Every event of a message so far, by id, in no order."""
    if (
        message is None or message.erased or message.trial
    ):  # of the erased nothing is told any more, of a test mail never
        return {}
    return {event.id: event for event in (*_attempt(message), *_reported(message))}


def news(before: Message | None, after: Message | None) -> list[Event]:
    """What a change of a message has to tell, the earliest first."""
    told = of(before)
    return sorted((event for event in of(after).values() if event.id not in told), key=lambda event: event.at)


def sample(endpoint_id: str, at: str) -> Event:
    data = {"webhookId": endpoint_id, "message": "If you can read this, the webhook works."}
    return Event(ids.for_event(endpoint_id, EventType.TEST, at), EventType.TEST, at, data)


def _attempt(message: Message) -> Iterator[Event]:
    """How the attempt ended. That a mail was sent is told once, whoever told us; a second failure of one that was put back is news."""
    type_ = _OF_STATE.get(message.state)
    if type_ is None:
        return
    at = message.settled_at or message.accepted_at
    told = {"result": str(message.result)} if message.result else {}
    told |= {"reason": message.reason} if message.reason else {}
    yield _event(message, type_, at, "" if type_ is EventType.SENT else at, {} if type_ is EventType.SENT else told)


def _reported(message: Message) -> Iterator[Event]:
    by_machines = bots.of(list(message.timeline.values()))
    for key, fact in message.timeline.items():
        kind = Kind(fact["kind"])
        if kind not in _OF_FACT or (kind is Kind.COMPLAINED and not spam_report(fact)):
            continue  # that SES took it is the state's to tell, and not every feedback is a complaint
        details = {name: value for name, value in fact.items() if name not in {"kind", "at"}}
        if kind in bots.BY_HAND:
            details["machine"] = any(fact is one for one in by_machines)
        if kind is Kind.BOUNCED:
            details["bounce"] = _BOUNCES.get(delivery({key: fact}) or Delivery.SENT, "soft")
        yield _event(message, _OF_FACT[kind], fact["at"], key, details)


def _event(message: Message, type_: EventType, at: str, identity: str, details: Mapping[str, Any]) -> Event:
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
    return Event(ids.for_event(key.send_id, str(key.recipient), type_, identity), type_, at, data, key)
