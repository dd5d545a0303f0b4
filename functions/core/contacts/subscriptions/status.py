"""A contact's present status for a subscription type, and for all of them, in the words of HubSpot's preferences API."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from functions.core.contacts.contact import EVERYTHING, Contact, SubscriptionStatus
from functions.core.contacts.subscriptions.subscription import BUILT_IN, SubscriptionType


class StatusState(StrEnum):
    SUBSCRIBED = "SUBSCRIBED"
    UNSUBSCRIBED = "UNSUBSCRIBED"
    NOT_SPECIFIED = "NOT_SPECIFIED"  # without a decision


class ContactStatus(Struct, frozen=True, kw_only=True):
    """`at` is empty without a decision. `wide`: the status follows from a decision about all mail, or from a spam report."""

    state: StatusState
    at: str = ""
    source: str = ""
    legal_basis: str = ""
    legal_basis_explanation: str = ""
    wide: bool = False


SPAM_REPORT = "spam report"  # the source of a status
_STATES = {
    SubscriptionStatus.SUBSCRIBED: StatusState.SUBSCRIBED,
    SubscriptionStatus.NOT_SUBSCRIBED: StatusState.UNSUBSCRIBED,
}


def status_of(contact: Contact | None, type_: SubscriptionType) -> ContactStatus:
    """A decision about all mail overrides one about the type, as it does when mail is sent. Transactional mail has no decisions."""
    if type_.id == BUILT_IN.id:
        return ContactStatus(state=StatusState.SUBSCRIBED)
    if contact and contact.essential_only:
        return wide_status(contact)
    return _decided(contact, type_.id)


def wide_status(contact: Contact | None) -> ContactStatus:
    """The status for all mail but transactional mail."""
    if contact and contact.has_complained and not contact.unsubscribed(EVERYTHING):
        complained_at = contact.complained_at or ""
        return ContactStatus(state=StatusState.UNSUBSCRIBED, at=complained_at, source=SPAM_REPORT, wide=True)
    return _decided(contact, EVERYTHING)


def _decided(contact: Contact | None, key: str) -> ContactStatus:
    decision = contact.decisions.get(key) if contact else None
    if decision is None:
        return ContactStatus(state=StatusState.NOT_SPECIFIED)
    return ContactStatus(
        state=_STATES[decision.status],
        at=decision.at,
        source=decision.source,
        legal_basis=decision.legal_basis,
        legal_basis_explanation=decision.legal_basis_explanation,
        wide=key == EVERYTHING,
    )
