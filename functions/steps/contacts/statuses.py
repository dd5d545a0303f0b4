"""Subscription statuses, as API callers read and change them. HubSpot's v4 and dated versions also bring back who unsubscribed."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTENT, MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.core.contacts.contact import EVERYTHING, Contact, Decision, SubscriptionStatus
from functions.core.contacts.subscriptions import preferences
from functions.core.contacts.subscriptions.status import ContactStatus, StatusState, status_of, wide_status
from functions.core.contacts.subscriptions.subscription import BUILT_IN, SubscriptionType
from functions.core.errors import FieldError, NotFound, Rejected
from functions.ports import Clock
from functions.ports.contacts import Contacts
from functions.steps.contacts import persons
from functions.steps.contacts.subscriptions import Subscriptions

MAY_DECIDE = (MARKETING_EMAIL, TRANSACTIONAL_EMAIL, CONTENT)  # CONTENT is the scope of HubSpot's v1


class StatusChange(StrEnum):
    """What a change did, in HubSpot's words."""

    NO_STATUS_CHANGE = "NO_STATUS_CHANGE"
    REQUESTED_CHANGE_OCCURRED = "REQUESTED_CHANGE_OCCURRED"
    RESUBSCRIBE_OCCURRED = "RESUBSCRIBE_OCCURRED"
    UNSUBSCRIBE_FROM_ALL_OCCURRED = "UNSUBSCRIBE_FROM_ALL_OCCURRED"


class SubscriptionDecision(Struct, frozen=True, kw_only=True):
    """A contact's decision about one subscription type, as an API caller reports it."""

    email: str
    subscription: str  # the type's id or number
    legal_basis: str = ""
    legal_basis_explanation: str = ""


class TypeStatus(Struct, frozen=True):
    """A contact's status for one subscription type, after a change if `change` is present."""

    email: str
    type_: SubscriptionType
    status: ContactStatus
    change: StatusChange | None = None


class Statuses(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. Addresses are in lower case."""

    contacts: Contacts
    subscriptions: Subscriptions
    clock: Clock

    def get(self, email: str) -> list[TypeStatus]:
        contact = self.contacts.get(email)
        return [TypeStatus(email, type_, status_of(contact, type_)) for type_ in self.subscriptions.list_types()]

    def get_wide(self, email: str) -> ContactStatus:
        return wide_status(self.contacts.get(email))

    def subscribe(self, decision: SubscriptionDecision, by: Actor) -> TypeStatus:
        """Refuses a contact who unsubscribed, as HubSpot's v3 does. Raises Forbidden and Rejected."""
        by.require(*MAY_DECIDE)
        type_ = self.optional_type(decision.subscription)
        contact = self.contacts.get(decision.email)
        if contact and (contact.unsubscribed(EVERYTHING) or contact.unsubscribed(type_.id)):
            reason = (
                f"{decision.email} unsubscribed: only their own link subscribes them again, "
                "or POST /communication-preferences/v4/statuses/{subscriberIdString}"
            )
            raise Rejected([FieldError("emailAddress", reason, "UNSUBSCRIBED")])
        return self._decide(decision, by, type_, {type_.id: SubscriptionStatus.SUBSCRIBED})

    def unsubscribe(self, decision: SubscriptionDecision, by: Actor) -> TypeStatus:
        """Raises Forbidden and Rejected."""
        by.require(*MAY_DECIDE)
        type_ = self.optional_type(decision.subscription)
        return self._decide(decision, by, type_, {type_.id: SubscriptionStatus.NOT_SUBSCRIBED})

    def check(self, decision: SubscriptionDecision, state: StatusState) -> SubscriptionType:
        """Returns the type of a change that `set` would make. Raises Rejected."""
        type_ = self.optional_type(decision.subscription)
        if state is StatusState.NOT_SPECIFIED:
            reason = "must be SUBSCRIBED or UNSUBSCRIBED: a decision can be changed, and not removed"
            raise Rejected([FieldError("statusState", reason)])
        contact = self.contacts.get(decision.email)
        if state is StatusState.SUBSCRIBED and contact and contact.has_complained:
            reason = f"{decision.email} reported spam: only the link in a mail of theirs subscribes them again"
            raise Rejected([FieldError("subscriberIdString", reason, "COMPLAINED")])
        return type_

    def set(self, decision: SubscriptionDecision, state: StatusState, by: Actor) -> TypeStatus:
        """Subscribes or unsubscribes. A contact that left all mail comes back to this type only. Raises Forbidden and Rejected."""
        by.require(*MAY_DECIDE)
        type_ = self.check(decision, state)
        contact = self.contacts.get(decision.email)
        before = status_of(contact, type_)
        reaches_later = state is StatusState.UNSUBSCRIBED and contact is not None and contact.merged_into
        if before.state is state and not reaches_later:  # the later address of the person may be subscribed
            return TypeStatus(decision.email, type_, before, StatusChange.NO_STATUS_CHANGE)
        if state is StatusState.UNSUBSCRIBED:
            return self._decide(decision, by, type_, {type_.id: SubscriptionStatus.NOT_SUBSCRIBED})
        types = [one.id for one in self.subscriptions.list_types() if one.id != BUILT_IN.id]
        returned = preferences.changes(contact, types, {type_.id: True}) if contact else {}
        decisions = {**returned, type_.id: SubscriptionStatus.SUBSCRIBED}
        back = before.state is StatusState.UNSUBSCRIBED
        change = StatusChange.RESUBSCRIBE_OCCURRED if back else StatusChange.REQUESTED_CHANGE_OCCURRED
        return self._decide(decision, by, type_, decisions, change)

    def unsubscribe_all(self, email: str, by: Actor) -> list[TypeStatus]:
        """Unsubscribes from every type of now and later. Transactional mail goes on. Returns the statuses that changed. Raises Forbidden."""
        by.require(*MAY_DECIDE)
        before = {one.type_.id: one.status for one in self.get(email)}
        decision = SubscriptionDecision(email=email, subscription=EVERYTHING)
        contact = self._save(decision, by, {EVERYTHING: SubscriptionStatus.NOT_SUBSCRIBED})
        after = ((type_, status_of(contact, type_)) for type_ in self.subscriptions.list_types())
        return [
            TypeStatus(email, type_, status, StatusChange.UNSUBSCRIBE_FROM_ALL_OCCURRED)
            for type_, status in after
            if type_.id not in before or before[type_.id].state is not status.state
        ]

    def optional_type(self, reference: str) -> SubscriptionType:
        """Returns a type that a contact can leave. Raises Rejected."""
        try:
            type_ = self.subscriptions.find_type(reference)
        except NotFound as error:
            raise Rejected([FieldError("subscriptionId", str(error))]) from error
        if type_ is BUILT_IN:
            reason = "TRANSACTIONAL cannot be changed: transactional mail needs no subscription"
            raise Rejected([FieldError("subscriptionId", reason)])
        return type_

    def _decide(
        self,
        decision: SubscriptionDecision,
        by: Actor,
        type_: SubscriptionType,
        statuses: dict[str, SubscriptionStatus],
        change: StatusChange = StatusChange.REQUESTED_CHANGE_OCCURRED,
    ) -> TypeStatus:
        return TypeStatus(decision.email, type_, status_of(self._save(decision, by, statuses), type_), change)

    def _save(self, decision: SubscriptionDecision, by: Actor, statuses: dict[str, SubscriptionStatus]) -> Contact:
        at = timestamps.iso(self.clock())
        decisions = {
            key: Decision(
                status=status,
                at=at,
                source=by.name,
                legal_basis=decision.legal_basis,
                legal_basis_explanation=decision.legal_basis_explanation,
            )
            for key, status in statuses.items()
        }
        return persons.decide(self.contacts, decision.email, decisions)
