"""The delivery status of a mail, from everything that SES reported so far, in any order.

Each fact is evidence of one status, and the strongest evidence wins:

    sent < delayed < automatic reply < delivered < soft bounced < used < rejected < suppressed < bounced < complained

So a delay ends with a delivery or a bounce, even if its event is late. A bounce after a delivery means that a later host refused the
mail: it did not arrive. SES reports an automatic reply, such as an out-of-office notice, as a bounce too (Transient/General without a
status): after a delivery it is no bounce. A recipient who uses the mail (opens, clicks, unsubscribes, takes it out of the spam folder)
has it, even if SES's delivery event is late or lost.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import IntEnum, StrEnum
from typing import Any

from functions.core.events.timeline import TimelineEventType

# The subtypes of bounces and complaints that SES reports without an attempt, because of its suppression lists.
SUPPRESSED_SUBTYPES = frozenset({"Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList"})

# SES's list for all its customers. SES counts these bounces in the account's bounce rate, and those of the account's own lists not.
GLOBAL_LIST_SUBTYPE = "Suppressed"
OWN_LIST_SUBTYPES = SUPPRESSED_SUBTYPES - {GLOBAL_LIST_SUBTYPE}

# Reports of a mail provider that are no spam report of a person. RFC 5965 and IANA's registry have the types.
NOT_SPAM, AUTH_FAILURE, VIRUS = "not-spam", "auth-failure", "virus"

Fact = Mapping[str, Any]  # a stored event: core.events.timeline.TimelineEvent.to_item


class Delivery(StrEnum):
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


class _Evidence(IntEnum):
    """The weakest evidence first."""

    SENT = 0
    DELAYED = 1
    AUTOMATIC_REPLY = 2
    DELIVERED = 3
    SOFT_BOUNCED = 4
    USED = 5
    REJECTED = 6
    SUPPRESSED = 7
    BOUNCED = 8
    COMPLAINED = 9


def delivery(timeline: Mapping[str, Fact]) -> Delivery | None:
    """Returns None while SES has reported nothing."""
    strongest = max((_evidence(fact) for fact in timeline.values()), default=None)
    return None if strongest is None else _STATUS.get(strongest) or Delivery[strongest.name]


def bounces(facts: Collection[Fact]) -> list[Fact]:
    """Returns the bounces of a message. An automatic reply is one only while nothing shows that the mail arrived."""
    arrived = any(_evidence(fact) in _ARRIVED for fact in facts)
    return [
        fact for fact in facts if fact["kind"] == TimelineEventType.BOUNCED and not (arrived and automatic_reply(fact))
    ]


def automatic_reply(fact: Fact) -> bool:
    """Returns whether it is what SES makes of an out-of-office notice. A bounce of General with a status or an answer is a real one."""
    return _evidence(fact) is _Evidence.AUTOMATIC_REPLY


def hard_bounce(fact: Fact) -> bool:
    """Returns whether the address does not exist. Suppression-list bounces do not prove that."""
    return _evidence(fact) is _Evidence.BOUNCED


def would_bounce_again(fact: Fact) -> bool:
    """Returns whether SES counts each further mail to the address as a bounce: it does not exist, or it is on SES's global list."""
    on_global_list = fact["kind"] == TimelineEventType.BOUNCED and fact.get("subtype") == GLOBAL_LIST_SUBTYPE
    return on_global_list or hard_bounce(fact)


def spam_report(fact: Fact) -> bool:
    """Returns whether this recipient reported spam. A provider's other reports and a suppressed address do not count."""
    return _evidence(fact) is _Evidence.COMPLAINED


def shared_spam_report(fact: Fact) -> bool:
    """Returns whether one of several recipients reported spam, and SES does not report which."""
    if TimelineEventType(fact["kind"]) is not TimelineEventType.COMPLAINED or not fact.get("shared"):
        return False
    return fact.get("subtype") not in SUPPRESSED_SUBTYPES and fact.get("type", "") not in _FEEDBACK


def _evidence(fact: Fact) -> _Evidence:
    return _EVIDENCE[TimelineEventType(fact["kind"])](fact)


def _bounce(fact: Fact) -> _Evidence:
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return _Evidence.SUPPRESSED
    if fact.get("type") == "Permanent":
        return _Evidence.BOUNCED
    unexplained = not fact.get("status") and not fact.get("response")
    automatic = fact.get("type") == "Transient" and fact.get("subtype") == "General" and unexplained
    return _Evidence.AUTOMATIC_REPLY if automatic else _Evidence.SOFT_BOUNCED


def _complaint(fact: Fact) -> _Evidence:
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return _Evidence.SUPPRESSED
    if fact.get("shared"):
        return _Evidence.SENT
    return _FEEDBACK.get(fact.get("type", ""), _Evidence.COMPLAINED)


def _always(evidence: _Evidence) -> Callable[[Fact], _Evidence]:
    return lambda _fact: evidence


_STATUS = {_Evidence.AUTOMATIC_REPLY: Delivery.SOFT_BOUNCED, _Evidence.USED: Delivery.DELIVERED}
_ARRIVED = frozenset({_Evidence.DELIVERED, _Evidence.USED})
# Mail that failed its authentication checks may have been refused, so that report proves no delivery.
_FEEDBACK = {NOT_SPAM: _Evidence.USED, AUTH_FAILURE: _Evidence.SENT, VIRUS: _Evidence.SENT}
_EVIDENCE: dict[TimelineEventType, Callable[[Fact], _Evidence]] = {
    TimelineEventType.SENT: _always(_Evidence.SENT),
    TimelineEventType.DELAYED: _always(_Evidence.DELAYED),
    TimelineEventType.DELIVERED: _always(_Evidence.DELIVERED),
    TimelineEventType.BOUNCED: _bounce,
    TimelineEventType.COMPLAINED: _complaint,
    TimelineEventType.REJECTED: _always(_Evidence.REJECTED),
    TimelineEventType.OPENED: _always(_Evidence.USED),
    TimelineEventType.CLICKED: _always(_Evidence.USED),
    TimelineEventType.UNSUBSCRIBED: _always(_Evidence.USED),
    TimelineEventType.SUBSCRIBED: _always(_Evidence.USED),
}
