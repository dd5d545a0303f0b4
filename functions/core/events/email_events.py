"""HubSpot's email events, derived from the stored message. The send itself is an event, SENT or DROPPED, at the time of its acceptance.
The events of SES and of the recipient follow from the timeline. They are not stored: an event's id is a hash of its contents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.events import agents, bots, browsers
from functions.core.events.delivery_status import SUPPRESSED_SUBTYPES, bounces, spam_report
from functions.core.events.timeline import SEPARATOR, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, RecipientRole, State

Fact = Mapping[str, Any]  # a stored event: core.events.timeline.TimelineEvent.to_item


class EmailEventType(StrEnum):
    """HubSpot's types."""

    SENT = "SENT"  # a send that SES accepted
    DROPPED = "DROPPED"  # a send that was not sent, or that SES discarded
    PROCESSED = "PROCESSED"  # SES accepted it
    DEFERRED = "DEFERRED"
    DELIVERED = "DELIVERED"
    BOUNCE = "BOUNCE"
    OPEN = "OPEN"
    CLICK = "CLICK"
    STATUSCHANGE = "STATUSCHANGE"  # unsubscribed, or subscribed
    SPAMREPORT = "SPAMREPORT"
    SUPPRESSED = "SUPPRESSED"  # SES made no attempt


# Further names in HubSpot's documentation, and of its campaigns' counters. A type without a value has no events here.
LEGACY_TYPES: Mapping[str, EmailEventType | None] = {
    "SUPPRESSION": EmailEventType.SUPPRESSED,  # HubSpot documents this name, and returns the other
    "CONTACTSLOST": None,
    "FORWARD": None,
    "HARDBOUNCED": None,
    "MTA_DROPPED": None,
    "NOTSENT": None,
    "PENDING": None,
    "PRINT": None,
    "REPLY": None,
    "SELECTED": None,
    "SOFTBOUNCED": None,
    "UNBOUNCE": None,
    "UNSUBSCRIBED": None,
}


def types_of(names: Iterable[str]) -> frozenset[EmailEventType]:
    """Returns the types that a filter by HubSpot's names finds. Raises ValueError for an unknown name."""
    types = (LEGACY_TYPES[name] if name in LEGACY_TYPES else EmailEventType(name) for name in names)
    return frozenset(type_ for type_ in types if type_)


class EmailEvent(Struct, frozen=True, kw_only=True):
    id: str
    created: int  # milliseconds since the epoch
    type: EmailEventType
    message: Message
    details: Mapping[str, Any] = field(default_factory=dict)  # HubSpot's fields of the type
    fact: Fact = field(default_factory=dict)  # the stored event; empty for the send's own event

    @property
    def filtered(self) -> bool:
        """Whether a machine did it, in HubSpot's word."""
        return bool(self.details.get("filteredEvent"))


def of(message: Message) -> list[EmailEvent]:
    """Returns the events of a message, the newest first."""
    all_events = [*_own(message), *_of_timeline(message)]
    return sorted(all_events, key=lambda event: (event.created, _ORDER.index(event.type), event.id), reverse=True)


def own_id(message: Message) -> str:
    """Returns the id of the send's own event."""
    return _id(message)


def _id(message: Message, *parts: str) -> str:
    accepted = timestamps.milliseconds(message.accepted_at)
    return ids.event_id(accepted, message.key.send_id, str(message.key.recipient), *parts)


def _own(message: Message) -> Iterator[EmailEvent]:
    """Yields the send's own event, and nothing while it waits."""
    type_ = _OWN.get(message.state)
    if type_:
        created = timestamps.milliseconds(message.accepted_at)
        dropped = type_ is EmailEventType.DROPPED
        result = message.result or (SendResult.CAMPAIGN_CANCELLED if dropped else SendResult.SENT)
        details = {"dropReason": str(result), "dropMessage": message.reason} if dropped else _sent_mail(message)
        yield EmailEvent(id=own_id(message), created=created, type=type_, message=message, details=details)


def _of_timeline(message: Message) -> Iterator[EmailEvent]:
    facts = list(message.timeline.values())
    by_machines, bounced = bots.of(facts), bounces(facts)
    for key, fact in message.timeline.items():
        if fact["kind"] == TimelineEventType.BOUNCED and not any(fact is bounce for bounce in bounced):
            continue  # an automatic reply after a delivery
        filtered = any(fact is one for one in by_machines)
        for type_, details in _TYPES[TimelineEventType(fact["kind"])](fact):
            yield EmailEvent(
                id=_id(message, type_, key),
                created=timestamps.milliseconds(fact["at"]),
                type=type_,
                message=message,
                details={**_smtp_id(message), **details, **({"filteredEvent": filtered} if type_ in _BY_HAND else {})},
                fact=fact,
            )


def _sent_mail(message: Message) -> dict[str, Any]:
    """Returns what SES reported of the mail's headers. It reports no subject of a sensitive email."""
    sent = next((fact for fact in message.timeline.values() if fact["kind"] == TimelineEventType.SENT), {})
    reply_to = sent.get("replyTo", "")
    return {
        **_smtp_id(message),
        **_present(sent, **{"subject": "subject", "from": "from"}),
        "replyTo": reply_to.split(SEPARATOR) if reply_to else [],
        "cc": [],
        "bcc": [],
    }


def with_copies(event: EmailEvent, messages: Iterable[Message]) -> EmailEvent:
    """Adds the cc and bcc to the event of a send to several recipients. `messages`: those of the whole send."""
    copies: dict[str, list[str]] = {"cc": [], "bcc": []}
    for message in messages:
        if message.role is not RecipientRole.TO:
            copies[message.role].append(message.address)
    return replace(event, details={**event.details, **copies})


def _smtp_id(message: Message) -> dict[str, str]:
    return {"smtpId": message.ses_message_id} if message.ses_message_id else {}


_ORDER = list(EmailEventType)  # within one instant
_BY_HAND = frozenset({EmailEventType.OPEN, EmailEventType.CLICK})
_OWN = {
    State.SENT: EmailEventType.SENT,
    State.REFUSED: EmailEventType.DROPPED,
    State.FAILED: EmailEventType.DROPPED,
    State.CANCELED: EmailEventType.DROPPED,
}

Parts = list[tuple[EmailEventType, dict[str, Any]]]


def _bounced(fact: Fact) -> Parts:
    response = _present(fact, response="response", status="status")
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return [(EmailEventType.SUPPRESSED, {**response, "reason": fact["subtype"]})]
    return [(EmailEventType.BOUNCE, {**response, "category": _category(fact)})]


def _category(fact: Fact) -> str:
    """Returns HubSpot's category of a bounce."""
    by_status = "UNKNOWN_USER" if (fact.get("status") or "").endswith(".1.1") else "GENERAL"
    return _CATEGORIES.get(fact.get("subtype", ""), by_status)


_CATEGORIES = {
    "NoEmail": "UNKNOWN_USER",
    "MailboxFull": "MAILBOX_FULL",
    "MessageTooLarge": "CONTENT",
    "ContentRejected": "CONTENT",
    "AttachmentRejected": "CONTENT",
    "CustomTimeoutExceeded": "TIMEOUT",
}


def _complained(fact: Fact) -> Parts:
    """Returns two events for a spam report: it is an unsubscription too. HubSpot has no event for a not-spam report."""
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return [(EmailEventType.SUPPRESSED, {"reason": fact["subtype"]})]
    if not spam_report(fact):
        return []
    change = {"source": "SOURCE_SPAM_REPORT", "portalSubscriptionStatus": "UNSUBSCRIBED"}
    return [(EmailEventType.SPAMREPORT, _present(fact, userAgent="agent")), (EmailEventType.STATUSCHANGE, change)]


def _rejected(fact: Fact) -> Parts:
    return [(EmailEventType.DROPPED, {"dropReason": "REJECTED_BY_SES", "dropMessage": fact.get("reason", "")})]


def _delayed(fact: Fact) -> Parts:
    """Returns the server's answer as the response. A delay without one has SES's type of delay."""
    answer = fact.get("response") or fact.get("type")
    return [(EmailEventType.DEFERRED, _present({**fact, "response": answer}, response="response", status="status"))]


def _opened(fact: Fact) -> Parts:
    return [(EmailEventType.OPEN, _reader(fact))]


def _clicked(fact: Fact) -> Parts:
    return [(EmailEventType.CLICK, {"url": fact.get("link", ""), **_reader(fact)})]


def _reader(fact: Fact) -> dict[str, Any]:
    device, _ = agents.of(fact)
    return {
        **_present(fact, userAgent="agent", ipAddress="ip"),
        "deviceType": device.upper(),
        "browser": browsers.of(fact),
    }


def _changed(status: str) -> Callable[[Fact], Parts]:
    def change(fact: Fact) -> Parts:
        """Returns a change of all subscriptions, or of one subscription type."""
        left = fact.get("subscription") or fact.get("list") or "*"
        source = {"source": "SOURCE_RECIPIENT", "requestedBy": "RECIPIENT"}
        if left == "*":
            return [(EmailEventType.STATUSCHANGE, {**source, "portalSubscriptionStatus": status})]
        return [(EmailEventType.STATUSCHANGE, {**source, "subscriptions": [{"id": left, "status": status}]})]

    return change


def _one(type_: EmailEventType, **names: str) -> Callable[[Fact], Parts]:
    return lambda fact: [(type_, _present(fact, **names))]


def _present(fact: Fact, **names: str) -> dict[str, Any]:
    return {theirs: fact[ours] for theirs, ours in names.items() if fact.get(ours)}


_TYPES: dict[TimelineEventType, Callable[[Fact], Parts]] = {
    TimelineEventType.SENT: _one(EmailEventType.PROCESSED),
    TimelineEventType.DELIVERED: _one(EmailEventType.DELIVERED, response="response"),
    TimelineEventType.BOUNCED: _bounced,
    TimelineEventType.COMPLAINED: _complained,
    TimelineEventType.REJECTED: _rejected,
    TimelineEventType.DELAYED: _delayed,
    TimelineEventType.OPENED: _opened,
    TimelineEventType.CLICKED: _clicked,
    TimelineEventType.UNSUBSCRIBED: _changed("UNSUBSCRIBED"),
    TimelineEventType.SUBSCRIBED: _changed("SUBSCRIBED"),
}
