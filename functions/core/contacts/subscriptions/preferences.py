"""What a contact may choose on the preferences page, and the decisions that follow from a choice. Transactional mail is no choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from functions.core.contacts.contact import EVERYTHING, Contact, SubscriptionStatus
from functions.core.contacts.subscriptions.subscription import SubscriptionType


def listed(types: Iterable[SubscriptionType], own: SubscriptionType | None) -> list[SubscriptionType]:
    """Returns the types to choose from: the link's own first, even if it is no longer active, then the other active ones."""
    active = [type_ for type_ in types if type_.active]
    return [own, *(type_ for type_ in active if type_.id != own.id)] if own else active


def changes(contact: Contact, types: Iterable[str], choices: Mapping[str, bool]) -> dict[str, SubscriptionStatus]:
    """Returns the decisions that lead from the present state to the choices. `types` are all types. A type without a choice stays as it
    is, also when a contact that opted out of all mail returns to some types: the other types are then opted out one by one.
    """
    target = {type_: choices.get(type_, contact.subscribed(type_)) for type_ in types}
    if contact.essential_only and not any(target.values()):
        return {}
    changed = {type_: _status(on=on) for type_, on in target.items() if on is contact.unsubscribed(type_)}
    return changed | ({EVERYTHING: SubscriptionStatus.SUBSCRIBED} if contact.essential_only else {})


def _status(*, on: bool) -> SubscriptionStatus:
    return SubscriptionStatus.SUBSCRIBED if on else SubscriptionStatus.NOT_SUBSCRIBED
