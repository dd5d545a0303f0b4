"""A contact: whom we mail, by address, with what is known of them and what they decided.

Every change is a function of what was known before, and takes the same change again, or two in either order, for one: so events may
come twice and late, and a store need only keep two writers from overwriting each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

EVERYTHING = "*"  # in place of a subscription type's id: all of them

# A contact's properties together fit an item many times over; what is beyond reaches the mail that it came with, and is not kept.
PROPERTIES_MAX = 200
NAME_MAX, PROPERTIES_OCTETS_MAX = 200, 64 * 1024


class SubscriptionStatus(StrEnum):
    """HubSpot's words."""

    SUBSCRIBED = "SUBSCRIBED"
    NOT_SUBSCRIBED = "NOT_SUBSCRIBED"


class Property(Struct, frozen=True):
    value: str
    at: str  # when the send that told it was accepted


class Decision(Struct, frozen=True, kw_only=True):
    """Whether somebody wants the mails of a subscription type, or of any."""

    status: SubscriptionStatus
    at: str
    source: str  # who said so: an API key's owner, or the page that an unsubscribe link leads to
    legal_basis: str = ""
    legal_basis_explanation: str = ""


class ContactBounce(Struct, frozen=True):
    at: str
    reason: str


class Contact(Struct, frozen=True, kw_only=True):
    email: str  # in lower case
    created_at: str
    properties: Mapping[str, Property] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)  # by subscription type, or EVERYTHING
    bounce: ContactBounce | None = None  # the latest hard one: the address does not exist
    lifted_at: str | None = None  # when somebody said that it does, whatever bounced before
    complained_at: str | None = None  # a report of spam
    version: int = 0  # how often it was stored

    @property
    def values(self) -> dict[str, str]:
        """The properties as a template sees them."""
        return {name: known.value for name, known in self.properties.items()}

    def with_properties(self, properties: Mapping[str, str], at: str) -> Contact:
        """With the properties of a send that was accepted `at`, save those of which a later send told otherwise."""
        merged = dict(self.properties)
        for name, value in properties.items():
            known = merged.get(name)
            if known is None or (known.value != value and known.at < at):
                changed = {**merged, name: Property(value, at)}
                merged = changed if _fits(name, changed) else merged
        return replace(self, properties=merged)

    def with_decision(self, subscription: str, decision: Decision) -> Contact:
        """The latest decision counts."""
        known = self.decisions.get(subscription)
        if known and known.at >= decision.at:
            return self
        return replace(self, decisions={**self.decisions, subscription: decision})

    def with_bounce(self, at: str, reason: str) -> Contact:
        """The latest bounce counts."""
        if self.bounce and self.bounce.at >= at:
            return self
        return replace(self, bounce=ContactBounce(at, reason))

    def reinstated(self, at: str) -> Contact:
        """Bounces until then count no more; a later one does."""
        return replace(self, lifted_at=max(at, self.lifted_at or at))

    def with_complaint(self, at: str) -> Contact:
        """The first complaint counts."""
        return replace(self, complained_at=min(at, self.complained_at or at))

    @property
    def quarantine(self) -> ContactBounce | None:
        """The bounce that keeps mail from the address, where one does."""
        return self.bounce if self.bounce and self.bounce.at > (self.lifted_at or "") else None

    def erased(self, at: str, mark: str) -> Contact:
        """What is kept of an erased contact, under a mark of its address: that it does not want mail, or that none arrives there."""
        unwanted = {
            type_id: Decision(status=decision.status, at=decision.at, source="")
            for type_id, decision in self.decisions.items()
            if decision.status is SubscriptionStatus.NOT_SUBSCRIBED
        }
        bounced = replace(self.quarantine, reason="") if self.quarantine else None
        complained_at = self.complained_at if self.has_complained else None
        return Contact(email=mark, created_at=at, decisions=unwanted, bounce=bounced, complained_at=complained_at)

    @property
    def has_complained(self) -> bool:
        """Whether a report of spam stands: whoever came back by themselves after it took it back."""
        back = self.decisions.get(EVERYTHING)
        returned = (
            back is not None and back.status is SubscriptionStatus.SUBSCRIBED and back.at > (self.complained_at or "")
        )
        return self.complained_at is not None and not returned

    def unsubscribed(self, subscription: str) -> bool:
        """From that type itself, or from EVERYTHING itself."""
        known = self.decisions.get(subscription)
        return known is not None and known.status is SubscriptionStatus.NOT_SUBSCRIBED


def _fits(name: str, properties: Mapping[str, Property]) -> bool:
    if not 0 < len(name) <= NAME_MAX or len(properties) > PROPERTIES_MAX:
        return False
    octets = sum(len((key + known.value).encode("utf-8", "replace")) for key, known in properties.items())
    return octets <= PROPERTIES_OCTETS_MAX
