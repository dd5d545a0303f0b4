"""Lift a quarantine: an address that bounced is valid again. SES's suppression entries are removed first, since a send would only fail there.

SES lists an address as the mail wrote it, and its API finds only the same letters. So every stored spelling is removed.
"""

from __future__ import annotations

from msgspec import Struct

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import MARKETING_EMAIL
from functions.core.addresses import with_lower_domain
from functions.core.contacts.contact import ContactBounce
from functions.core.errors import NotFound
from functions.ports import Clock
from functions.ports.contacts import Contacts, Suppression, Suppressions


class LiftedQuarantine(Struct, frozen=True):
    """What kept mail from the address."""

    quarantine: ContactBounce | None  # ours
    suppressions: tuple[Suppression, ...]  # SES's, one for each spelling


class LiftQuarantine(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    contacts: Contacts
    suppressions: Suppressions
    clock: Clock

    def __call__(self, email: str, by: Actor) -> LiftedQuarantine:
        """Complaints and unsubscriptions stay. Raises Forbidden, and NotFound if the address is neither in quarantine nor suppressed by SES
        for a bounce.
        """
        by.require(MARKETING_EMAIL)
        contact = self.contacts.get(email)
        spellings = dict.fromkeys((with_lower_domain(email), email.lower(), *(contact.spellings if contact else ())))
        suppressions = tuple(self.suppressions.remove_bounce(spelling) for spelling in spellings)
        quarantine = contact.quarantine if contact else None
        if not quarantine and not any(one.removed for one in suppressions):
            raise NotFound(_nothing_to_lift(email, suppressions))
        self.contacts.reinstate(email.lower(), timestamps.iso(self.clock()))
        return LiftedQuarantine(quarantine, suppressions)


def _nothing_to_lift(email: str, suppressions: tuple[Suppression, ...]) -> str:
    complaints = [one.address for one in suppressions if one.reason]
    listed = f"; SES lists {', '.join(complaints)} for a complaint, and that entry stays" if complaints else ""
    return f"{email} is not in quarantine: no bounce keeps mail from it{listed}"
