"""Subscription statuses of one address, as HubSpot's v1 API has them: a summary, and a change of several types at once."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.contacts.contact import EVERYTHING
from functions.core.contacts.subscriptions.status import StatusState, status_of
from functions.core.contacts.subscriptions.subscription import BUILT_IN
from functions.core.errors import FieldError, Rejected
from functions.ports.contacts import Contacts
from functions.steps.contacts.statuses import Statuses, SubscriptionDecision, TypeStatus


class AddressSummary(Struct, frozen=True, kw_only=True):
    """`decided`: the statuses of the types that the contact decided about."""

    email: str
    left_all: bool = False
    complained: bool = False
    bounced: bool = False
    decided: Sequence[TypeStatus] = ()


class TypeDecision(Struct, frozen=True):
    decision: SubscriptionDecision
    subscribed: bool


class LegacyStatuses(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. Addresses are in lower case."""

    contacts: Contacts
    statuses: Statuses

    def get(self, email: str) -> AddressSummary:
        contact = self.contacts.get(email)
        if contact is None:
            return AddressSummary(email=email)
        types = self.statuses.subscriptions.list_types()
        return AddressSummary(
            email=email,
            left_all=contact.unsubscribed(EVERYTHING),
            complained=contact.has_complained,
            bounced=contact.quarantine is not None,
            decided=[
                TypeStatus(email, type_, status_of(contact, type_))
                for type_ in types
                if type_ is not BUILT_IN and type_.id in contact.decisions
            ],
        )

    def update(self, email: str, decisions: Sequence[TypeDecision], by: Actor) -> None:
        """Changes all types, or raises Forbidden or Rejected and changes none. Who unsubscribed stays so, as in HubSpot's v1."""
        before = {one.type_.id: one.status.state for one in self.statuses.get(email)}
        errors: list[FieldError] = []
        for number, one in enumerate(decisions):
            try:
                type_ = self.statuses.check(one.decision, _state(one))
            except Rejected as error:
                errors += [FieldError(_field(number), each.message, each.code) for each in error.errors]
                continue
            if one.subscribed and before[type_.id] is StatusState.UNSUBSCRIBED:
                errors.append(FieldError(_field(number), f"{email} unsubscribed: v1 cannot undo that", "UNSUBSCRIBED"))
        if errors:
            raise Rejected(errors)
        for one in decisions:
            self.statuses.set(one.decision, _state(one), by)


def _state(one: TypeDecision) -> StatusState:
    return StatusState.SUBSCRIBED if one.subscribed else StatusState.UNSUBSCRIBED


def _field(number: int) -> str:
    return f"subscriptionStatuses[{number}].id"
