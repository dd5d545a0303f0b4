"""The subscription types: list, create and change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTENT, MARKETING_EMAIL
from functions.core.contacts.subscriptions import subscription
from functions.core.contacts.subscriptions.subscription import BUILT_IN, TYPES_MAX, SubscriptionType
from functions.core.errors import Conflict, NotFound, Rejected
from functions.ports import Clock, NewId
from functions.ports.contacts import SubscriptionTypes


class Subscriptions(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    types: SubscriptionTypes
    clock: Clock
    new_id: NewId  # for a subscription type

    def list_types(self) -> list[SubscriptionType]:
        return [BUILT_IN, *self.types.all()]

    def create_type(self, fields: Mapping[str, Any], by: Actor) -> SubscriptionType:
        """Raises Forbidden, Rejected, and Conflict if the id is taken or there are too many types."""
        by.require(CONTENT, MARKETING_EMAIL)
        _check({"name": "", **fields})
        types = self.list_types()
        type_id = fields.get("id") or self.new_id()
        number = ids.subscription_number(type_id)
        if any(type_.is_named(type_id) or type_.number == number for type_ in types):
            raise Conflict(f"there is a subscription type {type_id!r} already: change that one")
        if len(types) > TYPES_MAX:
            raise Conflict(f"there are {TYPES_MAX} subscription types already, which is the most: change one of them")
        now = timestamps.iso(self.clock())
        created = SubscriptionType(**{**fields, "id": type_id, "created_at": now, "updated_at": now})
        self.types.put(created)
        return created

    def update_type(self, type_id: str, fields: Mapping[str, Any], by: Actor) -> SubscriptionType:
        """Raises Forbidden, Rejected, NotFound or Conflict."""
        by.require(CONTENT, MARKETING_EMAIL)
        _check(fields)
        before = self.find_type(type_id)
        if before is BUILT_IN:
            raise Conflict(f"{BUILT_IN.id} is built in: it cannot be changed")
        changed = replace(before, **{**fields, "id": before.id, "updated_at": timestamps.iso(self.clock())})
        self.types.put(changed)
        return changed

    def find_type(self, reference: str) -> SubscriptionType:
        """Returns the type of an id or a number. Raises NotFound."""
        types = self.list_types()
        match = next((type_ for type_ in types if type_.is_named(reference)), None)
        if match is None:
            raise NotFound(_unknown(reference, [type_.id for type_ in types if type_ is not BUILT_IN]))
        return match


def _unknown(reference: str, existing: Sequence[str]) -> str:
    if not existing:
        return f"there is no subscription type {reference!r}, and none exists yet: create one first"
    return f"there is no subscription type {reference!r}; the types are {', '.join(existing)}"


def _check(fields: Mapping[str, Any]) -> None:
    if errors := list(subscription.field_errors(fields)):
        raise Rejected(errors)
