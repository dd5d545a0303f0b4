"""HubSpot's changes of subscriptions (v1), made of its email events: who left by a link, reported spam, or has an address that bounced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from msgspec import Struct

from functions.core import ids
from functions.core.events import delivery_status
from functions.core.events.email_events import EmailEvent, EmailEventType


class ChangeType(StrEnum):
    """HubSpot's words: what a change is about."""

    SUBSCRIPTION_STATUS = "SUBSCRIPTION_STATUS"
    PORTAL_STATUS = "PORTAL_STATUS"
    PORTAL_SPAM = "PORTAL_SPAM"
    PORTAL_BOUNCE = "PORTAL_BOUNCE"


class SubscriptionChange(Struct, frozen=True):
    change: str
    source: str
    type: ChangeType
    subscription: int | None = None  # the number of a subscription type


def of(event: EmailEvent) -> list[SubscriptionChange]:
    """Returns the changes that an event caused. Most events cause none."""
    return list(_CHANGES[event.type](event)) if event.type in _CHANGES else []


def _status(event: EmailEvent) -> Iterator[SubscriptionChange]:
    details = event.details
    if "portalSubscriptionStatus" in details:
        yield SubscriptionChange(details["portalSubscriptionStatus"], details["source"], ChangeType.PORTAL_STATUS, None)
    for one in details.get("subscriptions", ()):
        number = ids.subscription_number(one["id"])
        yield SubscriptionChange(one["status"], details["source"], ChangeType.SUBSCRIPTION_STATUS, number)


def _spam(_: EmailEvent) -> Iterator[SubscriptionChange]:
    yield SubscriptionChange("REPORTED_SPAM", "SOURCE_SPAM_REPORT", ChangeType.PORTAL_SPAM)


def _bounce(event: EmailEvent) -> Iterator[SubscriptionChange]:
    if delivery_status.would_bounce_again(event.fact):
        yield SubscriptionChange("BOUNCED", "SOURCE_NON_DELIVERY_REPORT", ChangeType.PORTAL_BOUNCE)


_CHANGES: dict[EmailEventType, Callable[[EmailEvent], Iterator[SubscriptionChange]]] = {
    EmailEventType.STATUSCHANGE: _status,
    EmailEventType.SPAMREPORT: _spam,
    EmailEventType.BOUNCE: _bounce,
    EmailEventType.SUPPRESSED: _bounce,
}
TYPES = frozenset(_CHANGES)
