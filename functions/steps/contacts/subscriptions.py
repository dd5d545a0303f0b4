"""Subscriptions: the subscription types, and the decisions of contacts that API callers report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.contacts import subscription
from functions.core.contacts.contact import EVERYTHING, Contact, Decision, SubscriptionStatus
from functions.core.contacts.subscription import BUILT_IN, TYPES_MAX, SubscriptionType
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.ports import Clock, NewId
from functions.ports.contacts import Contacts, SubscriptionTypes


class SubscriptionDecision(Struct, frozen=True, kw_only=True):
    """A contact's decision about one subscription type, as an API caller reports it."""

    email: str
    subscription: str
    legal_basis: str = ""
    legal_basis_explanation: str = ""
    source: str  # the owner of the API key


class Subscriptions(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    contacts: Contacts
    types: SubscriptionTypes
    clock: Clock
    new_id: NewId  # for a subscription type

    def list_types(self) -> list[SubscriptionType]:
        return [BUILT_IN, *self.types.all()]

    def get_statuses(self, email: str) -> tuple[Contact | None, list[SubscriptionType]]:
        """Returns the contact, with its decisions, and every type that they can be about."""
        return self.contacts.get(email), self.list_types()

    def create_type(self, fields: Mapping[str, Any]) -> SubscriptionType:
        """Raises Rejected, and Conflict if the id is taken or there are too many types."""
        _check({"name": "", **fields})
        types = self.list_types()
        type_id = fields.get("id") or self.new_id()
        if any(type_.id == type_id for type_ in types):
            raise Conflict(f"there is a subscription type {type_id!r} already: PATCH changes it")
        if len(types) > TYPES_MAX:
            raise Conflict(f"there are {TYPES_MAX} subscription types already, which is the most: change one of them")
        now = timestamps.iso(self.clock())
        created = SubscriptionType(**{**fields, "id": type_id, "created_at": now, "updated_at": now})
        self.types.put(created)
        return created

    def update_type(self, type_id: str, fields: Mapping[str, Any]) -> SubscriptionType:
        """Raises Rejected, NotFound or Conflict."""
        _check(fields)
        before = self._get_type(type_id)
        if before is BUILT_IN:
            raise Conflict(f"{BUILT_IN.id} is built in: it cannot be changed")
        changed = replace(before, **{**fields, "id": type_id, "updated_at": timestamps.iso(self.clock())})
        self.types.put(changed)
        return changed

    def subscribe(self, decision: SubscriptionDecision) -> tuple[Contact, SubscriptionType]:
        """Refuses a contact who unsubscribed, as HubSpot does: only their own link subscribes them again. Raises Rejected."""
        type_ = self._require_optional_type(decision)
        contact = self.contacts.get(decision.email)
        if contact and (contact.unsubscribed(EVERYTHING) or contact.unsubscribed(type_.id)):
            reason = f"{decision.email} unsubscribed, and can come back only by the link in a mail of theirs"
            raise Rejected([FieldError("emailAddress", reason, "UNSUBSCRIBED")])
        return self._save_status(decision, SubscriptionStatus.SUBSCRIBED), type_

    def unsubscribe(self, decision: SubscriptionDecision) -> tuple[Contact, SubscriptionType]:
        """Raises Rejected."""
        type_ = self._require_optional_type(decision)
        return self._save_status(decision, SubscriptionStatus.NOT_SUBSCRIBED), type_

    def _require_optional_type(self, decision: SubscriptionDecision) -> SubscriptionType:
        if decision.subscription == BUILT_IN.id:
            reason = "TRANSACTIONAL cannot be changed: transactional mail needs no subscription"
            raise Rejected([FieldError("subscriptionId", reason)])
        try:
            return self._get_type(decision.subscription)
        except NotFound as error:
            raise Rejected([FieldError("subscriptionId", str(error))]) from error

    def _get_type(self, type_id: str) -> SubscriptionType:
        types = self.list_types()
        match = next((type_ for type_ in types if type_.id == type_id), None)
        if match is None:
            ids = ", ".join(type_.id for type_ in types if type_ is not BUILT_IN) or "none yet"
            raise NotFound(f"there is no subscription type {type_id!r}; the types are {ids}")
        return match

    def _save_status(self, decision: SubscriptionDecision, status: SubscriptionStatus) -> Contact:
        stored = Decision(
            status=status,
            at=timestamps.iso(self.clock()),
            source=decision.source,
            legal_basis=decision.legal_basis,
            legal_basis_explanation=decision.legal_basis_explanation,
        )
        return self.contacts.set_subscription(decision.email, decision.subscription, stored)


def _check(fields: Mapping[str, Any]) -> None:
    if errors := list(subscription.field_errors(fields)):
        raise Rejected(errors)
