"""Whom we mail: what they wish, and how they are forgotten."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.contacts.erasure import DynamoErasureOrders, DynamoPersonalMessages
from functions.adapters.contacts.suppressions import SesSuppressions
from functions.steps.contacts.erase import Erasure
from functions.steps.contacts.lift_quarantine import QuarantineLift
from functions.steps.contacts.subscriptions import Preferences
from functions.steps.contacts.unsubscribe import Unsubscription
from functions.wiring.chance import new_type_id

if TYPE_CHECKING:
    from functions.wiring import Wiring


class People:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(
            contacts=self.wired.contacts,
            types=self.wired.subscription_types,
            clock=self.wired.clock,
            new_id=new_type_id,
        )

    @cached_property
    def quarantine_lift(self) -> QuarantineLift:
        suppressions = SesSuppressions(self.wired.clients.ses_lists)
        return QuarantineLift(contacts=self.wired.contacts, suppressions=suppressions, clock=self.wired.clock)

    @cached_property
    def unsubscription(self) -> Unsubscription:
        return Unsubscription(
            sends=self.wired.sends,
            contacts=self.wired.contacts,
            types=self.wired.subscription_types,
            clock=self.wired.clock,
        )

    @cached_property
    def erasure(self) -> Erasure:
        client, given = self.wired.clients.dynamodb, self.wired.settings
        return Erasure(
            orders=DynamoErasureOrders(client, given.contacts_table),
            messages=DynamoPersonalMessages(client, given.sends_table, given.retention_days),
            sends=self.wired.sends,
            kept=self.wired.send_queue,
            contacts=self.wired.contacts,
            archive=self.wired.raw_events,
            audit_log=self.wired.access.audit_log,
            clock=self.wired.clock,
        )
