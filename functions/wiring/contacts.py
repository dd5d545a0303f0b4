"""Contacts: consent, and erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.access import audit_log
from functions.wiring.adapters import (
    contacts,
    erasure_orders,
    personal_messages,
    raw_events,
    send_queue,
    sends,
    subscription_types,
    suppressions,
)
from functions.wiring.random_ids import new_type_id

if TYPE_CHECKING:
    from functions.steps.contacts.erase import Erasure
    from functions.steps.contacts.lift_quarantine import QuarantineLift
    from functions.steps.contacts.subscriptions import Preferences
    from functions.steps.contacts.unsubscribe import Unsubscription
    from functions.wiring.container import Container


def subscriptions(c: Container) -> Preferences:
    from functions.steps.contacts.subscriptions import Preferences

    return Preferences(contacts=c.get(contacts), types=c.get(subscription_types), clock=c.clock, new_id=new_type_id)


def lift_quarantine(c: Container) -> QuarantineLift:
    from functions.steps.contacts.lift_quarantine import QuarantineLift

    return QuarantineLift(contacts=c.get(contacts), suppressions=c.get(suppressions), clock=c.clock)


def unsubscribe(c: Container) -> Unsubscription:
    from functions.steps.contacts.unsubscribe import Unsubscription

    return Unsubscription(sends=c.get(sends), contacts=c.get(contacts), types=c.get(subscription_types), clock=c.clock)


def erase_contact(c: Container) -> Erasure:
    from functions.steps.contacts.erase import Erasure

    return Erasure(
        orders=c.get(erasure_orders),
        messages=c.get(personal_messages),
        sends=c.get(sends),
        kept=c.get(send_queue),
        contacts=c.get(contacts),
        archive=c.get(raw_events),
        audit_log=c.get(audit_log),
        clock=c.clock,
    )
