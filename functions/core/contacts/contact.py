"""A contact: an address that we mail, with its properties and its decisions.

Every change is a function of the stored contact. It is idempotent, and the order of two changes does not matter: events may come twice
and late. A store only has to prevent that two writers overwrite each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.addresses import with_lower_domain

EVERYTHING = "*"  # in place of a subscription type's id: all of them

# A contact's properties fit an item many times over. A property beyond these limits reaches its own mail, and is not stored.
PROPERTIES_MAX = 200
NAME_MAX, PROPERTIES_OCTETS_MAX = 200, 64 * 1024
SPELLINGS_MAX = 20
LINKS_MAX = 50  # links to a contact's preferences: a new one ends the oldest


class SubscriptionStatus(StrEnum):
    """HubSpot's words."""

    SUBSCRIBED = "SUBSCRIBED"
    NOT_SUBSCRIBED = "NOT_SUBSCRIBED"


class Property(Struct, frozen=True):
    value: str
    at: str  # when the send with this value was accepted


class Decision(Struct, frozen=True, kw_only=True):
    """A contact's choice about the mails of one subscription type, or of all."""

    status: SubscriptionStatus
    at: str
    source: str  # an API key's owner, or the page of an unsubscribe link
    legal_basis: str = ""
    legal_basis_explanation: str = ""


class ContactBounce(Struct, frozen=True):
    at: str
    reason: str


def standard_properties(address: str, created_at: str, changed_at: str) -> dict[str, str]:
    """Returns HubSpot's properties that every contact has. Times are in milliseconds since 1970."""
    return {
        "email": address,
        "createdate": str(timestamps.milliseconds(created_at)),
        "lastmodifieddate": str(timestamps.milliseconds(changed_at)),
        "hs_object_id": str(ids.contact_number(address)),
    }


class Contact(Struct, frozen=True, kw_only=True):
    email: str  # in lower case
    created_at: str
    properties: Mapping[str, Property] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)  # by subscription type, or EVERYTHING
    bounce: ContactBounce | None = None  # the latest hard one: the address does not exist
    lifted_at: str | None = None  # when the quarantine was lifted: earlier bounces do not count
    complained_at: str | None = None  # the latest spam report
    spellings: tuple[
        str, ...
    ] = ()  # of the address in mail to it, other than `email`: SES's suppression list respects case
    number: int | None = None  # HubSpot's id of it, by which an index finds it; None: no actor has seen it yet
    archived_at: str | None = None
    merged_into: str | None = None  # the address of the contact that it was merged into
    merged: tuple[str, ...] = ()  # addresses of the contacts that were merged into it
    link_ids: tuple[str, ...] = ()  # hashes of the secrets of its preferences links, the latest last
    version: int = 0  # how often it was stored

    @property
    def id(self) -> int:
        return ids.contact_number(self.email)

    @property
    def is_stored(self) -> bool:
        """Whether it is a contact of the stage. What is left of an erased one has no version, and a new one has none yet."""
        return self.version > 0

    def was_erased_since(self, at: str) -> bool:
        """Returns whether this is what is left of a person who was erased at an instant or after it."""
        return not self.is_stored and self.created_at >= at

    @property
    def modified_at(self) -> str:
        times = [self.created_at, *(stored.at for stored in self.properties.values())]
        times += [decision.at for decision in self.decisions.values()]
        times += [self.bounce.at] if self.bounce else []
        return max(*times, self.lifted_at or "", self.complained_at or "", self.archived_at or "")

    @property
    def values(self) -> dict[str, str]:
        """The properties as templates use them."""
        return {name: stored.value for name, stored in self.properties.items()}

    @property
    def changed_at(self) -> str:
        return max([self.created_at, *(stored.at for stored in self.properties.values())])

    def with_properties(self, properties: Mapping[str, str], at: str) -> Contact:
        """Merges the properties of a send that was accepted `at`. A value of a later send stays."""
        merged = dict(self.properties)
        for name, value in properties.items():
            stored = merged.get(name)
            if stored is None or (stored.value != value and stored.at < at):
                changed = {**merged, name: Property(value, at)}
                merged = changed if _fits(name, changed) else merged
        return replace(self, properties=merged, archived_at=self._archived_after(at))

    def with_values(self, values: Mapping[str, str], at: str) -> Contact:
        """Sets the properties that an actor changed `at`, whatever sends stored before. Nothing is dropped: check `is_too_large`."""
        changed = {
            name: Property(value, max(at, self._stored_at(name)))
            for name, value in values.items()
            if name not in self.properties or self.properties[name].value != value
        }
        return replace(self, properties={**self.properties, **changed}) if changed else self

    @property
    def is_too_large(self) -> bool:
        return not all(_fits(name, self.properties) for name in self.properties)

    def archived(self, at: str) -> Contact:
        """Hides it from lists of contacts. Its decisions still count. A later send shows it again."""
        return replace(self, archived_at=self.archived_at or at)

    def restored(self) -> Contact:
        return replace(self, archived_at=None)

    def absorbed(self, other: Contact) -> Contact:
        """Merges another contact into this one. Its values fill gaps, and its opt-outs and its spam report count here, too."""
        gaps = {name: stored for name, stored in other.properties.items() if not self.values.get(name)}
        merged = tuple(sorted({*self.merged, other.email, *other.merged}))
        return replace(self, properties={**self.properties, **gaps}, merged=merged).withheld_like(other)

    def withheld_like(self, other: Contact) -> Contact:
        """Takes what keeps mail from another contact of the person."""
        opt_outs = {key: decision for key, decision in other.decisions.items() if other.unsubscribed(key)}
        after = replace(self, decisions={**self.decisions, **opt_outs})
        return after.with_complaint(other.complained_at) if other.has_complained and other.complained_at else after

    def succeeding(self, other: Contact) -> Contact:
        """Returns the contact of a person's new address. The values of the old one count. A bounce of the old address does not count here."""
        values = replace(self, properties={**self.properties, **other.properties}, archived_at=None, merged_into=None)
        after = values.absorbed(other)
        return replace(after, merged=tuple(email for email in after.merged if email != self.email))

    def merged_with(self, primary: str, at: str) -> Contact:
        """Returns what stays under this contact's own address: mail to it still obeys its decisions."""
        return replace(self, merged_into=primary, merged=(), archived_at=self.archived_at or at)

    def numbered(self) -> Contact:
        return self if self.number else replace(self, number=self.id)

    def _stored_at(self, name: str) -> str:
        return self.properties[name].at if name in self.properties else ""

    def _archived_after(self, sent_at: str) -> str | None:
        """Returns when the contact was archived, after a send that was accepted at this time."""
        return self.archived_at if self.merged_into or sent_at <= (self.archived_at or "") else None

    def with_decisions(self, decisions: Mapping[str, Decision]) -> Contact:
        """The latest decision about a subscription counts."""
        stored = self.decisions
        latest = {
            key: decision
            for key, decision in decisions.items()
            if not (key in stored and stored[key].at >= decision.at)
        }
        return replace(self, decisions={**stored, **latest}) if latest else self

    def with_bounce(self, at: str, reason: str) -> Contact:
        """The latest bounce counts."""
        if self.bounce and self.bounce.at >= at:
            return self
        return replace(self, bounce=ContactBounce(at, reason))

    def reinstated(self, at: str) -> Contact:
        """Ends the quarantine. Bounces until `at` no longer count; a later one does."""
        return replace(self, lifted_at=max(at, self.lifted_at or at))

    def with_complaint(self, at: str) -> Contact:
        """The latest complaint counts: a contact may subscribe again after the first one."""
        return replace(self, complained_at=max(at, self.complained_at or at))

    def with_spelling(self, address: str) -> Contact:
        """Adds how mail to the contact wrote its address. Beyond the limit, the first ones in the alphabet stay."""
        spellings = tuple(sorted({*self.spellings, with_lower_domain(address)} - {self.email})[:SPELLINGS_MAX])
        return self if spellings == self.spellings else replace(self, spellings=spellings)

    def with_link(self, link_id: str) -> Contact:
        return self if link_id in self.link_ids else replace(self, link_ids=(*self.link_ids, link_id)[-LINKS_MAX:])

    @property
    def quarantine(self) -> ContactBounce | None:
        """The bounce that blocks mail to the address, or None."""
        return self.bounce if self.bounce and self.bounce.at > (self.lifted_at or "") else None

    def erased(self, at: str, mark: str) -> Contact:
        """Returns the rest of an erased contact under a hash of its address: its opt-outs, its quarantine and its complaint."""
        opt_outs = {
            type_id: Decision(status=decision.status, at=decision.at, source="")
            for type_id, decision in self.decisions.items()
            if decision.status is SubscriptionStatus.NOT_SUBSCRIBED
        }
        bounced = replace(self.quarantine, reason="") if self.quarantine else None
        complained_at = self.complained_at if self.has_complained else None
        return Contact(email=mark, created_at=at, decisions=opt_outs, bounce=bounced, complained_at=complained_at)

    @property
    def has_complained(self) -> bool:
        """Whether a spam report counts. A contact that subscribed again after it withdrew it."""
        latest = self.decisions.get(EVERYTHING)
        returned = (
            latest is not None
            and latest.status is SubscriptionStatus.SUBSCRIBED
            and latest.at > (self.complained_at or "")
        )
        return self.complained_at is not None and not returned

    def unsubscribed(self, subscription: str) -> bool:
        """Returns whether the decision about this key, a type or EVERYTHING, is an opt-out."""
        decision = self.decisions.get(subscription)
        return decision is not None and decision.status is SubscriptionStatus.NOT_SUBSCRIBED

    @property
    def essential_only(self) -> bool:
        """Whether the contact gets no mail but transactional mail: it opted out of all other mail, or reported spam."""
        return self.unsubscribed(EVERYTHING) or self.has_complained

    def subscribed(self, subscription: str) -> bool:
        """Returns whether no decision of the contact keeps mail of this type away."""
        return not (self.essential_only or self.unsubscribed(subscription))


def _fits(name: str, properties: Mapping[str, Property]) -> bool:
    if not 0 < len(name) <= NAME_MAX or len(properties) > PROPERTIES_MAX:
        return False
    octets = sum(len((key + stored.value).encode("utf-8", "replace")) for key, stored in properties.items())
    return octets <= PROPERTIES_OCTETS_MAX
