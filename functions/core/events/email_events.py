"""HubSpot's email events, from what is stored of a message. The send itself is an event, SENT or DROPPED, as of its acceptance; what SES
and the recipient did follows from the timeline. Nothing is stored for it: an event's id is a hash of what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from functions.core import ids, timestamps
from functions.core.events import agents, bots
from functions.core.events.delivery import SUPPRESSED_SUBTYPES, spam_report
from functions.core.events.timeline import TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, State

Told = Mapping[str, Any]  # a fact as stored: core.events.timeline.Fact.to_item


class EmailEventType(StrEnum):
    """HubSpot's."""

    SENT = "SENT"  # a send that SES took
    DROPPED = "DROPPED"  # one that was not sent, or that SES threw away
    PROCESSED = "PROCESSED"  # SES took it
    DEFERRED = "DEFERRED"
    DELIVERED = "DELIVERED"
    BOUNCE = "BOUNCE"
    OPEN = "OPEN"
    CLICK = "CLICK"
    STATUSCHANGE = "STATUSCHANGE"  # unsubscribed, or subscribed
    SPAMREPORT = "SPAMREPORT"
    SUPPRESSED = "SUPPRESSED"  # SES did not try


class EmailEvent(Struct, frozen=True, kw_only=True):
    id: str
    created: int  # milliseconds since the epoch
    type: EmailEventType
    message: Message
    details: Mapping[str, Any] = field(default_factory=dict)  # HubSpot's fields of the type

    @property
    def filtered(self) -> bool:
        """HubSpot's word for what a machine did."""
        return bool(self.details.get("filteredEvent"))


def of(message: Message) -> list[EmailEvent]:
    """The newest first."""
    found = [*_own(message), *_of_timeline(message)]
    return sorted(found, key=lambda event: (event.created, _ORDER.index(event.type), event.id), reverse=True)


def own_id(message: Message) -> str:
    """Of the event that the send itself is."""
    return _id(message)


def _id(message: Message, *parts: str) -> str:
    accepted = timestamps.milliseconds(message.accepted_at)
    return ids.event_id(accepted, message.key.send_id, str(message.key.recipient), *parts)


def _own(message: Message) -> Iterator[EmailEvent]:
    """None while the send waits."""
    type_ = _OWN.get(message.state)
    if type_:
        created = timestamps.milliseconds(message.accepted_at)
        dropped = type_ is EmailEventType.DROPPED
        result = message.result or (SendResult.CAMPAIGN_CANCELLED if dropped else SendResult.SENT)
        details = {"dropReason": str(result), "dropMessage": message.reason} if dropped else _smtp_id(message)
        yield EmailEvent(id=own_id(message), created=created, type=type_, message=message, details=details)


def _of_timeline(message: Message) -> Iterator[EmailEvent]:
    by_machines = bots.of(list(message.timeline.values()))
    for key, fact in message.timeline.items():
        filtered = any(fact is one for one in by_machines)
        for type_, details in _TYPES[TimelineEventType(fact["kind"])](fact):
            yield EmailEvent(
                id=_id(message, type_, key),
                created=timestamps.milliseconds(fact["at"]),
                type=type_,
                message=message,
                details={**_smtp_id(message), **details, **({"filteredEvent": filtered} if type_ in _BY_HAND else {})},
            )


def _smtp_id(message: Message) -> dict[str, str]:
    return {"smtpId": message.ses_message_id} if message.ses_message_id else {}


_ORDER = list(EmailEventType)  # of one instant
_BY_HAND = frozenset({EmailEventType.OPEN, EmailEventType.CLICK})
_OWN = {
    State.SENT: EmailEventType.SENT,
    State.REFUSED: EmailEventType.DROPPED,
    State.FAILED: EmailEventType.DROPPED,
    State.CANCELED: EmailEventType.DROPPED,
}

Parts = list[tuple[EmailEventType, dict[str, Any]]]


def _bounced(fact: Told) -> Parts:
    response = _given(fact, response="response", status="status")
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return [(EmailEventType.SUPPRESSED, {**response, "reason": fact["subtype"]})]
    return [(EmailEventType.BOUNCE, {**response, "category": _category(fact)})]


def _category(fact: Told) -> str:
    """HubSpot's word for why."""
    if (fact.get("status") or "").endswith(".1.1"):
        return "UNKNOWN_USER"
    return _CATEGORIES.get(fact.get("subtype", ""), "GENERAL")


_CATEGORIES = {
    "NoEmail": "UNKNOWN_USER",
    "MailboxFull": "MAILBOX_FULL",
    "MessageTooLarge": "CONTENT",
    "ContentRejected": "CONTENT",
    "AttachmentRejected": "CONTENT",
    "CustomTimeoutExceeded": "TIMEOUT",
}


def _complained(fact: Told) -> Parts:
    """A spam report shows as an unsubscription too. Who takes a mail out of the spam folder makes no event of HubSpot's."""
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return [(EmailEventType.SUPPRESSED, {"reason": fact["subtype"]})]
    if not spam_report(fact):
        return []
    change = {"source": "SOURCE_SPAM_REPORT", "portalSubscriptionStatus": "UNSUBSCRIBED"}
    return [(EmailEventType.SPAMREPORT, _given(fact, userAgent="agent")), (EmailEventType.STATUSCHANGE, change)]


def _rejected(fact: Told) -> Parts:
    return [(EmailEventType.DROPPED, {"dropReason": "REJECTED_BY_SES", "dropMessage": fact.get("reason", "")})]


def _opened(fact: Told) -> Parts:
    return [(EmailEventType.OPEN, _reader(fact))]


def _clicked(fact: Told) -> Parts:
    return [(EmailEventType.CLICK, {"url": fact.get("link", ""), **_reader(fact)})]


def _reader(fact: Told) -> dict[str, Any]:
    device, client = agents.read(fact.get("agent", ""))
    return {
        **_given(fact, userAgent="agent", ipAddress="ip"),
        "deviceType": device.upper(),
        "browser": {"name": client},
    }


def _changed(status: str) -> Callable[[Told], Parts]:
    def change(fact: Told) -> Parts:
        """Of everything, or of one subscription type."""
        left = fact.get("subscription") or fact.get("list") or "*"
        source = {"source": "SOURCE_RECIPIENT", "requestedBy": "RECIPIENT"}
        if left == "*":
            return [(EmailEventType.STATUSCHANGE, {**source, "portalSubscriptionStatus": status})]
        return [(EmailEventType.STATUSCHANGE, {**source, "subscriptions": [{"id": left, "status": status}]})]

    return change


def _one(type_: EmailEventType, **names: str) -> Callable[[Told], Parts]:
    return lambda fact: [(type_, _given(fact, **names))]


def _given(fact: Told, **names: str) -> dict[str, Any]:
    return {theirs: fact[ours] for theirs, ours in names.items() if fact.get(ours)}


_TYPES: dict[TimelineEventType, Callable[[Told], Parts]] = {
    TimelineEventType.SENT: _one(EmailEventType.PROCESSED),
    TimelineEventType.DELIVERED: _one(EmailEventType.DELIVERED, response="response"),
    TimelineEventType.BOUNCED: _bounced,
    TimelineEventType.COMPLAINED: _complained,
    TimelineEventType.REJECTED: _rejected,
    TimelineEventType.DELAYED: _one(EmailEventType.DEFERRED, response="type"),
    TimelineEventType.OPENED: _opened,
    TimelineEventType.CLICKED: _clicked,
    TimelineEventType.UNSUBSCRIBED: _changed("UNSUBSCRIBED"),
    TimelineEventType.SUBSCRIBED: _changed("SUBSCRIBED"),
}
