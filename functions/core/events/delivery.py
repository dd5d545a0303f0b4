"""The delivery status of a mail, from everything that SES reported so far, in any order.

Each fact is evidence of one status, and the strongest evidence wins:

    SENT < DELAYED < SOFT_BOUNCED < DELIVERED < REJECTED < SUPPRESSED < BOUNCED < COMPLAINED

So a delay ends with a delivery or a bounce, even if its event is late. A transient bounce besides a delivery is an out-of-office reply
or similar: the mail did arrive. A permanent bounce besides a delivery means that a later host refused the mail: it did not arrive.
A recipient who opens, clicks, unsubscribes or complains has the mail, even if SES's delivery event is late or lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from functions.core.events.timeline import TimelineEventType

# The subtypes of bounces and complaints that SES reports without an attempt, because of its suppression lists.
SUPPRESSED_SUBTYPES = frozenset({"Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList"})

Fact = Mapping[str, Any]  # a stored event: core.events.timeline.TimelineEvent.to_item


class Delivery(StrEnum):
    """The weakest evidence first."""

    SENT = "SENT"  # SES accepted it
    DELAYED = "DELAYED"  # SES continues its attempts
    SOFT_BOUNCED = (
        "SOFT_BOUNCED"  # a full mailbox, or a host that was down for all of SES's attempts: another mail may arrive
    )
    DELIVERED = "DELIVERED"
    REJECTED = "REJECTED"  # SES found a virus and discarded it
    SUPPRESSED = "SUPPRESSED"  # SES made no attempt: the address bounced or complained before
    BOUNCED = "BOUNCED"  # the address does not exist
    COMPLAINED = "COMPLAINED"


def delivery(timeline: Mapping[str, Fact]) -> Delivery | None:
    """Returns None while SES has reported nothing."""
    return max(
        (_EVIDENCE[TimelineEventType(fact["kind"])](fact) for fact in timeline.values()),
        key=_STRENGTH.index,
        default=None,
    )


def hard_bounce(fact: Fact) -> bool:
    """Returns whether the address does not exist. Suppression-list bounces do not prove that."""
    return TimelineEventType(fact["kind"]) is TimelineEventType.BOUNCED and _bounce(fact) is Delivery.BOUNCED


def spam_report(fact: Fact) -> bool:
    """Returns whether the recipient reported spam. A not-spam report and a suppressed address do not count."""
    return TimelineEventType(fact["kind"]) is TimelineEventType.COMPLAINED and _complaint(fact) is Delivery.COMPLAINED


def _bounce(fact: Fact) -> Delivery:
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return Delivery.SUPPRESSED
    return Delivery.BOUNCED if fact.get("type") == "Permanent" else Delivery.SOFT_BOUNCED


def _complaint(fact: Fact) -> Delivery:
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return Delivery.SUPPRESSED
    return Delivery.DELIVERED if fact.get("type") == "not-spam" else Delivery.COMPLAINED


def _always(status: Delivery) -> Callable[[Fact], Delivery]:
    return lambda _fact: status


_STRENGTH = list(Delivery)
_EVIDENCE: dict[TimelineEventType, Callable[[Fact], Delivery]] = {
    TimelineEventType.SENT: _always(Delivery.SENT),
    TimelineEventType.DELAYED: _always(Delivery.DELAYED),
    TimelineEventType.DELIVERED: _always(Delivery.DELIVERED),
    TimelineEventType.BOUNCED: _bounce,
    TimelineEventType.COMPLAINED: _complaint,
    TimelineEventType.REJECTED: _always(Delivery.REJECTED),
    TimelineEventType.OPENED: _always(Delivery.DELIVERED),
    TimelineEventType.CLICKED: _always(Delivery.DELIVERED),
    TimelineEventType.UNSUBSCRIBED: _always(Delivery.DELIVERED),
    TimelineEventType.SUBSCRIBED: _always(Delivery.DELIVERED),
}
