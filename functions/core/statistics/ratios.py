"""HubSpot's names: the counters of an email, and their ratios."""

from __future__ import annotations

from collections.abc import Mapping

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

# Ratio in percent → (counter, the counter that is 100 %).
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


def ratios(counters: Mapping[str, int]) -> dict[str, float]:
    """Returns every ratio in percent with three decimals. A ratio to zero is 0."""
    return {name: _percent(counters.get(part, 0), counters.get(whole, 0)) for name, (part, whole) in RATIOS.items()}


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 3) if whole else 0.0
