"""Counters are a pure function of messages: what one message counts for follows from its stored state alone, so a change of the
message changes the counters by the difference, and all of them can be computed again at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from functions.core.send import Message, State
from functions.core.timeline import Kind

# HubSpot's counters, in the order in which a mail goes through them.
NAMES = [
    "selected",
    "sent",
    "delivered",
    "open",
    "click",
    "bounce",
    "hardbounced",
    "softbounced",
    "dropped",
    "notsent",
    "pending",
    "suppressed",
    "spamreport",
    "unsubscribed",
    "contactslost",
]

# Ours beside them: machines' opens and clicks are counted, but apart from people's.
MACHINE_NAMES = ("machineopen", "machineclick")

# Ratio → (counter, the counter it is a share of), in percent.
RATIOS = {
    "openratio": ("open", "delivered"),
    "clickratio": ("click", "delivered"),
    "clickthroughratio": ("click", "open"),
    "deliveredratio": ("delivered", "sent"),
    "bounceratio": ("bounce", "sent"),
    "hardbounceratio": ("hardbounced", "sent"),
    "softbounceratio": ("softbounced", "sent"),
    "contactslostratio": ("contactslost", "sent"),
    "notsentratio": ("notsent", "selected"),
    "spamreportratio": ("spamreport", "delivered"),
    "unsubscribedratio": ("unsubscribed", "delivered"),
}

_SUPPRESSED = frozenset({"Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList"})


def of(message: Message | None) -> Counter[str]:
    """What one message counts for: 0 or 1 of each name. A message that does not exist counts for nothing."""
    if message is None:
        return Counter()
    facts = list(message.timeline.values())
    kinds = {fact["kind"] for fact in facts}
    bounces = [fact for fact in facts if fact["kind"] == Kind.BOUNCED]
    permanent = any(bounce.get("type") == "Permanent" for bounce in bounces)
    complaints = [fact for fact in facts if fact["kind"] == Kind.COMPLAINED]
    complained = any(_is_spam_report(complaint) for complaint in complaints)
    counted = {
        "selected": True,
        "sent": message.state is State.SENT,
        "pending": message.state in {State.QUEUED, State.SENDING},
        "notsent": message.state in {State.REFUSED, State.FAILED, State.CANCELED},
        "dropped": message.state in {State.REFUSED, State.FAILED} or Kind.REJECTED in kinds,
        "delivered": Kind.DELIVERED in kinds,
        "bounce": bool(bounces),
        "hardbounced": permanent,
        "softbounced": bool(bounces) and not permanent,
        "suppressed": any(fact.get("subtype") in _SUPPRESSED for fact in [*bounces, *complaints]),
        "spamreport": complained,
        "unsubscribed": complained,  # a spam report shows as an unsubscribe event too
        "contactslost": complained or permanent,
        "open": _any(facts, Kind.OPENED, machine=False),
        "click": _any(facts, Kind.CLICKED, machine=False),
        "machineopen": _any(facts, Kind.OPENED, machine=True),
        "machineclick": _any(facts, Kind.CLICKED, machine=True),
    }
    return Counter({name: 1 for name, true in counted.items() if true})


def _is_spam_report(complaint: Mapping[str, Any]) -> bool:
    """Not where the reader took the mail out of the spam folder, nor where SES did not try since the address had once complained."""
    return complaint.get("type") != "not-spam" and complaint.get("subtype") not in _SUPPRESSED


def _any(facts: Iterable[Mapping[str, Any]], kind: Kind, *, machine: bool) -> bool:
    return any(fact["kind"] == kind and bool(fact.get("machine")) is machine for fact in facts)


def change(before: Message | None, after: Message | None) -> dict[str, int]:
    """What a change of a message adds to the counters (negative where it takes away), without the zeros."""
    new, old = of(after), of(before)
    return {name: new[name] - old[name] for name in {*new, *old} if new[name] != old[name]}


def ratios(counters: Mapping[str, int]) -> dict[str, float]:
    """Every ratio in percent with three decimals; 0 where there is nothing to be a share of."""
    return {name: _percent(counters.get(part, 0), counters.get(whole, 0)) for name, (part, whole) in RATIOS.items()}


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 3) if whole else 0.0
