"""Lift a quarantine: somebody knows that an address which bounced is good. SES's own list goes first: ours alone would lead into it."""

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
        """Whoever complained or unsubscribed stays so. Raises NotFound where no bounce keeps mail from the address."""
        contact = self.contacts.get(email)
        listed = self.suppressions.remove(email)
        if not listed and not (contact and contact.quarantine):
            raise NotFound(f"{email} is not in quarantine: no bounce keeps mail from it")
        self.contacts.reinstate(email, timestamps.iso(self.clock()))
