"""Prefer: what subscription types there are, and what contacts decide about them, told by the API."""

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


class SubscriptionChange(Struct, frozen=True, kw_only=True):
    """What the API is told of a contact's will."""

    email: str
    subscription: str
    legal_basis: str = ""
    legal_basis_explanation: str = ""
    source: str  # the owner of the API key


class Subscriptions(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    contacts: Contacts
    types: SubscriptionTypes
    clock: Clock
    new_id: NewId  # of a subscription type

    def list_types(self) -> list[SubscriptionType]:
        return [BUILT_IN, *self.types.all()]

    def get_statuses(self, email: str) -> tuple[Contact | None, list[SubscriptionType]]:
        """Returns the contact, with its decisions, and every type that they can be about."""
        return self.contacts.get(email), self.list_types()

    def create_type(self, given: Mapping[str, Any]) -> SubscriptionType:
        """Raises Rejected, or Conflict where the id is taken or there are too many."""
        _check({"name": "", **given})
        known = self.list_types()
        type_id = given.get("id") or self.new_id()
        if any(type_.id == type_id for type_ in known):
            raise Conflict(f"there is a subscription type {type_id!r} already: PATCH changes it")
        if len(known) > TYPES_MAX:
            raise Conflict(f"there are {TYPES_MAX} subscription types already, which is the most: change one of them")
        now = timestamps.iso(self.clock())
        made = SubscriptionType(**{**given, "id": type_id, "created_at": now, "updated_at": now})
        self.types.put(made)
        return made

    def update_type(self, type_id: str, given: Mapping[str, Any]) -> SubscriptionType:
        """Raises Rejected, NotFound or Conflict."""
        _check(given)
        known = self._get_type(type_id)
        if known is BUILT_IN:
            raise Conflict(f"{BUILT_IN.id} is built in: it cannot be changed")
        changed = replace(known, **{**given, "id": type_id, "updated_at": timestamps.iso(self.clock())})
        self.types.put(changed)
        return changed

    def subscribe(self, choice: SubscriptionChange) -> tuple[Contact, SubscriptionType]:
        """As HubSpot, not for who unsubscribed: only they themselves come back, by the page that their link leads to. Raises Rejected."""
        type_ = self._require_optional_type(choice)
        known = self.contacts.get(choice.email)
        if known and (known.unsubscribed(EVERYTHING) or known.unsubscribed(type_.id)):
            reason = f"{choice.email} unsubscribed, and can come back only by the link in a mail of theirs"
            raise Rejected([FieldError("emailAddress", reason, "UNSUBSCRIBED")])
        return self._save_status(choice, SubscriptionStatus.SUBSCRIBED), type_

    def unsubscribe(self, choice: SubscriptionChange) -> tuple[Contact, SubscriptionType]:
        """Raises Rejected."""
        type_ = self._require_optional_type(choice)
        return self._save_status(choice, SubscriptionStatus.NOT_SUBSCRIBED), type_

    def _require_optional_type(self, choice: SubscriptionChange) -> SubscriptionType:
        if choice.subscription == BUILT_IN.id:
            raise Rejected(
                [
                    FieldError(
                        "subscriptionId", "TRANSACTIONAL cannot be changed: transactional mail needs no subscription"
                    )
                ]
            )
        try:
            return self._get_type(choice.subscription)
        except NotFound as error:
            raise Rejected([FieldError("subscriptionId", str(error))]) from error

    def _get_type(self, type_id: str) -> SubscriptionType:
        known = self.list_types()
        found = next((type_ for type_ in known if type_.id == type_id), None)
        if found is None:
            ids = ", ".join(type_.id for type_ in known if type_ is not BUILT_IN) or "none yet"
            raise NotFound(f"there is no subscription type {type_id!r}; the types are {ids}")
        return found

    def _save_status(self, choice: SubscriptionChange, status: SubscriptionStatus) -> Contact:
        decision = Decision(
            status=status,
            at=timestamps.iso(self.clock()),
            source=choice.source,
            legal_basis=choice.legal_basis,
            legal_basis_explanation=choice.legal_basis_explanation,
        )
        return self.contacts.set_subscription(choice.email, choice.subscription, decision)


def _check(given: Mapping[str, Any]) -> None:
    if faults := list(subscription.faults(given)):
        raise Rejected(faults)
