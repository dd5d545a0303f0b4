"""A contact: whom we mail, by address, with what is known of them and what they decided.

Every change is a function of what was known before, and takes the same change again, or two in either order, for one: so events may
come twice and late, and a store need only keep two writers from overwriting each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

EVERYTHING = "*"  # in place of a subscription type's id: all of them

# A contact's properties together fit an item many times over; what is beyond reaches the mail that it came with, and is not kept.
PROPERTIES_MAX = 200
NAME_MAX, PROPERTIES_OCTETS_MAX = 200, 64 * 1024


class Status(StrEnum):
    """HubSpot's words."""

    SUBSCRIBED = "SUBSCRIBED"
    NOT_SUBSCRIBED = "NOT_SUBSCRIBED"


@dataclass(frozen=True, slots=True)
class Property:
    value: str
    at: str  # when the send that told it was accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether somebody wants the mails of a subscription type, or of any."""

    status: Status
    at: str
    source: str  # who said so: an API key's owner, or the page that an unsubscribe link leads to
    legal_basis: str = ""
    legal_basis_explanation: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    at: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    email: str  # in lower case
    created_at: str
    properties: Mapping[str, Property] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)  # by subscription type, or EVERYTHING
    quarantine: Bounce | None = None  # a hard bounce: the address does not exist
    complained_at: str | None = None  # a report of spam
    version: int = 0  # how often it was stored

    @property
    def values(self) -> dict[str, str]:
        """The properties as a template sees them."""
        return {name: known.value for name, known in self.properties.items()}

    def noted(self, properties: Mapping[str, str], at: str) -> Contact:
        """With the properties of a send that was accepted `at`, save those of which a later send told otherwise."""
        merged = dict(self.properties)
        for name, value in properties.items():
            known = merged.get(name)
            if known is None or (known.value != value and known.at < at):
                changed = {**merged, name: Property(value, at)}
                merged = changed if _fits(name, changed) else merged
        return replace(self, properties=merged)

    def decided(self, subscription: str, decision: Decision) -> Contact:
        """The latest decision counts."""
        known = self.decisions.get(subscription)
        if known and known.at >= decision.at:
            return self
        return replace(self, decisions={**self.decisions, subscription: decision})

    def quarantined(self, at: str, reason: str) -> Contact:
        """The first bounce counts."""
        if self.quarantine and self.quarantine.at <= at:
            return self
        return replace(self, quarantine=Bounce(at, reason))

    def complained(self, at: str) -> Contact:
        """The first complaint counts."""
        return replace(self, complained_at=min(at, self.complained_at or at))

    @property
    def reported(self) -> bool:
        """Whether a report of spam stands: whoever came back by themselves after it took it back."""
        back = self.decisions.get(EVERYTHING)
        returned = back is not None and back.status is Status.SUBSCRIBED and back.at > (self.complained_at or "")
        return self.complained_at is not None and not returned

    def unsubscribed(self, subscription: str) -> bool:
        """From that type itself, or from EVERYTHING itself."""
        known = self.decisions.get(subscription)
        return known is not None and known.status is Status.NOT_SUBSCRIBED


def _fits(name: str, properties: Mapping[str, Property]) -> bool:
    if not 0 < len(name) <= NAME_MAX or len(properties) > PROPERTIES_MAX:
        return False
    octets = sum(len((key + known.value).encode("utf-8", "replace")) for key, known in properties.items())
    return octets <= PROPERTIES_OCTETS_MAX
