"""What a mail's delivery is, given all that SES reported of it so far, in whatever order that came.

Each fact is evidence of one status, and the strongest evidence stands:

    SENT < DELAYED < SOFT_BOUNCED < DELIVERED < REJECTED < SUPPRESSED < BOUNCED < COMPLAINED

So a delay ends with a delivery or a bounce, however late its event is. A transient bounce beside a delivery is an out-of-office reply or
the like: the mail did arrive. A permanent one beside a delivery is a later host's refusal of what the first one took: it did not.
Whoever opens, clicks, unsubscribes or complains has the mail, even where SES's delivery event is late or lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from functions.core.events.timeline import TimelineEventType

# Bounces and complaints that SES answers with by itself, without a try, because of what the address did before.
SUPPRESSED_SUBTYPES = frozenset({"Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList"})

Told = Mapping[str, Any]  # a fact as stored: core.events.timeline.Fact.to_item


class Delivery(StrEnum):
    """The weakest first."""

    SENT = "SENT"  # SES took it
    DELAYED = "DELAYED"  # SES goes on trying
    SOFT_BOUNCED = (
        "SOFT_BOUNCED"  # a full mailbox, or a host that was down for all of SES's tries: another mail may arrive
    )
    DELIVERED = "DELIVERED"
    REJECTED = "REJECTED"  # SES found a virus and threw it away
    SUPPRESSED = "SUPPRESSED"  # SES did not try: the address bounced or complained before
    BOUNCED = "BOUNCED"  # there is no such address
    COMPLAINED = "COMPLAINED"


def delivery(timeline: Mapping[str, Told]) -> Delivery | None:
    """None while SES has told nothing."""
    return max(
        (_EVIDENCE[TimelineEventType(fact["kind"])](fact) for fact in timeline.values()),
        key=_STRENGTH.index,
        default=None,
    )


def hard_bounce(fact: Told) -> bool:
    """Whether it says that the address does not exist. What SES's lists say about it now may be taken back there: that is no proof."""
    return TimelineEventType(fact["kind"]) is TimelineEventType.BOUNCED and _bounce(fact) is Delivery.BOUNCED


def spam_report(fact: Told) -> bool:
    """Not where somebody took the mail out of the spam folder, nor where SES did not try since the address had once complained."""
    return TimelineEventType(fact["kind"]) is TimelineEventType.COMPLAINED and _complaint(fact) is Delivery.COMPLAINED


def _bounce(fact: Told) -> Delivery:
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return Delivery.SUPPRESSED
    return Delivery.BOUNCED if fact.get("type") == "Permanent" else Delivery.SOFT_BOUNCED


def _complaint(fact: Told) -> Delivery:
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return Delivery.SUPPRESSED
    return Delivery.DELIVERED if fact.get("type") == "not-spam" else Delivery.COMPLAINED


def _always(status: Delivery) -> Callable[[Told], Delivery]:
    return lambda _fact: status


_STRENGTH = list(Delivery)
_EVIDENCE: dict[TimelineEventType, Callable[[Told], Delivery]] = {
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
