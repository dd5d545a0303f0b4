"""Lift a quarantine: an address that bounced is valid again. SES's suppression entry is removed first, since a send would only fail there."""

from __future__ import annotations

from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import NotFound
from functions.ports import Clock
from functions.ports.contacts import Contacts, Suppressions


class LiftQuarantine(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    contacts: Contacts
    suppressions: Suppressions
    clock: Clock

    def __call__(self, email: str) -> None:
        """Complaints and unsubscriptions stay. Raises NotFound if the address is neither in quarantine nor suppressed by SES."""
        contact = self.contacts.get(email)
        listed = self.suppressions.remove(email)
        if not listed and not (contact and contact.quarantine):
            raise NotFound(f"{email} is not in quarantine: no bounce keeps mail from it")
        self.contacts.reinstate(email, timestamps.iso(self.clock()))
