"""Whom we mail, what they wish, and how they are forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.contacts.contact import Contact, Decision
    from functions.core.contacts.subscription import SubscriptionType


class Contacts(Protocol):
    """Whom we mail, by address in any case. Each write makes the contact where there is none, and is one where it comes twice; it raises
    Retry where others write the same contact without end.
    """

    def get(self, email: str) -> Contact | None: ...

    def upsert(self, email: str, properties: Mapping[str, str], at: str) -> Contact:
        """Of a send that was accepted `at`: as it then is. What is known already costs no write, and may be told a moment late."""

    def set_subscription(self, email: str, subscription: str, decision: Decision) -> Contact:
        """About a subscription type, or core.contacts.contact.EVERYTHING."""

    def quarantine(self, email: str, at: str, reason: str) -> None:
        """A hard bounce: no mail that is not transactional goes there any more."""

    def reinstate(self, email: str, at: str) -> None:
        """Bounces until then count no more."""

    def erase(self, email: str, at: str) -> None:
        """Of whom was known before `at` nothing is left but their wish not to be mailed, under core.ids.mark. It counts again if a
        contact is made of the address; a send or an event from before makes none.
        """

    def mark_complained(self, email: str, at: str) -> None:
        """A report of spam."""


class Suppressions(Protocol):
    """SES's own list of addresses that it does not try any more."""

    def remove(self, email: str) -> bool:
        """Whether the address was on the list for a bounce; what is there for a complaint stays."""


class ErasureRequest(Struct, frozen=True, kw_only=True):
    """An erasure that is under way, and how far it is."""

    address: str  # in lower case
    asked_at: str
    by: str
    key_id: str = ""
    scanned: str = ""  # the batch of the archive that was looked through last
    messages: int = 0  # made anonymous
    canceled: int = 0  # messages that were still to be sent
    events: int = 0  # taken out of the archive, or made anonymous there


class ErasureRequests(Protocol):
    def add(self, order: ErasureRequest) -> ErasureRequest:
        """As it is stored: an address that is being erased already is not asked for twice."""

    def all(self) -> list[ErasureRequest]:
        """The oldest first."""

    def save(self, order: ErasureRequest) -> None: ...

    def remove(self, order: ErasureRequest) -> None:
        """It is forgotten, too."""


class SubscriptionTypes(Protocol):
    """Those that users made: the built-in one is core.contacts.subscription.BUILT_IN."""

    def get(self, type_id: str) -> SubscriptionType | None: ...

    def all(self) -> list[SubscriptionType]:
        """The oldest first."""

    def put(self, type_: SubscriptionType) -> None:
        """Made or changed."""
