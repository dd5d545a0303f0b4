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
    """An erasure that is under way, and its progress."""

    address: str  # in lower case
    asked_at: str
    by: str
    key_id: str = ""
    ready: bool = False  # the messages and the contact are done, and the archive is left
    scan: int = 0  # the number of the ArchiveScan that looks for the person; 0: none yet
    messages: int = 0  # anonymised
    canceled: int = 0  # messages that were still to be sent
    events: int = 0  # removed from the archive, or anonymised there


class ArchiveScan(Struct, frozen=True):
    """One pass over the archive for all requests that were ready when it began."""

    number: int = 0
    position: str = ""  # the batch that was scanned last


class ErasureRequests(Protocol):
    def add(self, order: ErasureRequest) -> ErasureRequest:
        """Returns the stored request, which is an earlier one if the address is being erased already."""

    def get(self, address: str) -> ErasureRequest | None: ...

    def all(self) -> list[ErasureRequest]:
        """Returns the requests, the oldest first."""

    def save(self, order: ErasureRequest) -> None:
        """Changes nothing if the request was removed."""

    def remove(self, order: ErasureRequest) -> None: ...

    def scan(self) -> ArchiveScan:
        """Returns the latest scan."""

    def save_scan(self, scan: ArchiveScan, previous: int) -> bool:
        """Stores a scan if the stored one still has the number `previous`. Returns whether it did."""


class SubscriptionTypes(Protocol):
    """Those that users made: the built-in one is core.contacts.subscription.BUILT_IN."""

    def get(self, type_id: str) -> SubscriptionType | None: ...

    def all(self) -> list[SubscriptionType]:
        """The oldest first."""

    def put(self, type_: SubscriptionType) -> None:
        """Made or changed."""
