"""Contacts, their subscriptions, suppression and erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.broadcasts.jobs import ImportJob
    from functions.core.contacts.contact import Contact, Decision
    from functions.core.contacts.contact_import import ContactImport, LineError
    from functions.core.contacts.lists.contact_list import ContactList, ListEvaluation, Membership
    from functions.core.contacts.property_definitions import PropertyDefinition
    from functions.core.contacts.subscriptions.subscription import SubscriptionType


BOUNCE = "BOUNCE"  # SES's word for the reason of an entry


class Contacts(Protocol):
    """Contacts by address, in any case. Writes create the contact if missing and are idempotent. They store how the address is written
    (Contact.spellings), and raise Retry if others keep changing the same contact.
    """

    def get(self, email: str) -> Contact | None: ...

    def read_all(self, emails: Sequence[str]) -> Mapping[str, Contact]:
        """Returns the contacts by their addresses in lower case. They may be a moment out of date. What remains of an erased contact has
        the version 0.
        """

    def upsert(
        self, email: str, properties: Mapping[str, str], at: str, read: Mapping[str, Contact] | None = None
    ) -> Contact:
        """Merges the properties of a send that was accepted `at`, and returns the contact. Without a change there is no write, and the contact
        may be a moment out of date. `read`: what `read_all` has just returned for this address, among others.
        """

    def set_subscription(self, email: str, subscription: str, decision: Decision) -> Contact:
        """`subscription` is a subscription type, or core.contacts.contact.EVERYTHING."""

    def set_subscriptions(self, email: str, decisions: Mapping[str, Decision]) -> Contact:
        """Stores the decisions of one instant by their subscriptions, all or none."""

    def add_link(self, email: str, link_id: str, at: str) -> None:
        """Stores the hash of the secret of a link to the contact's preferences."""

    def quarantine(self, email: str, at: str, reason: str) -> None:
        """Records a hard bounce, which stops marketing mail to the contact."""

    def reinstate(self, email: str, at: str) -> None:
        """Lifts the quarantine of all bounces until `at`."""

    def edit(self, email: str, at: str, change: Callable[[Contact], Contact]) -> Contact:
        """Applies a change of core.contacts.contact, more than once if others change the contact. What it raises leaves the contact as it is.
        An address without a contact is a contact of version 0. Only an edit gives a contact its entry in the index of ids.
        """

    def erase(self, email: str, at: str) -> None:
        """Deletes everything recorded before `at` except the opt-out, which is stored by core.ids.address_hash. The opt-out applies again if
        a contact is created for the address. A send or an event from before `at` creates no contact.
        """

    def mark_complained(self, email: str, at: str) -> Contact:
        """Records a spam complaint."""


class ContactPage(Struct, frozen=True):
    """Contacts in storage's own order, archived ones included."""

    contacts: Sequence[Contact]
    after: str | None  # where the next page begins; None: this is the last one
    read_units: float  # DynamoDB's price of it


class ContactDirectory(Protocol):
    """All contacts. It may lack the writes of the last moment."""

    def by_number(self, number: int) -> list[Contact]:
        """Returns the contacts with this id: one, or none. Two are an accident of their addresses' hashes."""

    def page(self, after: str, most: int) -> ContactPage:
        """Reads at most so many items after an address, from the start if it is empty. A page may have fewer contacts, or none."""

    def segment(self, number: int, of: int, after: str, most: int) -> ContactPage:
        """Reads a page of one of `of` shares of all contacts, numbered from 0."""


class PropertyDefinitions(Protocol):
    """The properties that users defined. The built-in ones are core.contacts.property_definitions.BUILT_IN."""

    def all(self) -> Sequence[PropertyDefinition]: ...

    def edit(
        self, change: Callable[[Mapping[str, PropertyDefinition]], Mapping[str, PropertyDefinition]]
    ) -> Mapping[str, PropertyDefinition]:
        """Replaces all definitions, by their names. What `change` raises leaves them as they are."""


class Suppression(Struct, frozen=True):
    """What SES's list had for one spelling of an address."""

    address: str
    reason: str | None  # BOUNCE or COMPLAINT; None: it was not on the list

    @property
    def removed(self) -> bool:
        """Whether the entry was removed. An entry for a complaint stays."""
        return self.reason == BOUNCE


class Suppressions(Protocol):
    """SES's own list of addresses to which it does not send. It ignores case when it sends, and respects case in its API."""

    def remove_bounce(self, address: str) -> Suppression:
        """Removes the entry of this spelling, if it is there for a bounce."""


class ErasureRequest(Struct, frozen=True, kw_only=True):
    """An erasure that is under way, and its progress."""

    address: str  # in lower case
    asked_at: str
    by: str
    key_id: str = ""
    contact_erased_at: str = ""  # empty: the contact is still there
    ready: bool = False  # the messages and the contact are done, and the archive is left
    scan: int = 0  # the number of the ArchiveScan that looks for the person; 0: none yet
    messages: int = 0  # anonymised
    canceled: int = 0  # messages that were still to be sent
    events: int = 0  # deleted from the archive, or anonymised in it


class ArchiveScan(Struct, frozen=True):
    """One pass over the archive for all requests that were ready when it began."""

    number: int = 0
    position: str = ""  # the last batch that was redacted


class ErasureRequests(Protocol):
    def add(self, order: ErasureRequest) -> ErasureRequest:
        """Returns the stored request: the earlier one, if the address is being erased already."""

    def get(self, address: str) -> ErasureRequest | None: ...

    def all(self) -> list[ErasureRequest]:
        """Returns all requests, the oldest first."""

    def save(self, order: ErasureRequest) -> None:
        """Changes nothing if the request was removed."""

    def remove(self, order: ErasureRequest) -> None:
        """Deletes a finished request, which contains the address."""

    def scan(self) -> ArchiveScan:
        """Returns the latest scan."""

    def save_scan(self, scan: ArchiveScan, previous: int) -> bool:
        """Stores a scan if the stored one still has the number `previous`. Returns whether it did."""


class SubscriptionTypes(Protocol):
    """The types that users created. The built-in type is core.contacts.subscription.BUILT_IN."""

    def get(self, reference: str) -> SubscriptionType | None:
        """Returns the type of an id or a number."""

    def all(self) -> list[SubscriptionType]:
        """Returns all types, the oldest first."""

    def put(self, type_: SubscriptionType) -> None:
        """Creates or replaces a type."""


class ContactLists(Protocol):
    """The lists. Writes of one list by several actors all apply."""

    def get(self, list_id: int) -> ContactList | None: ...

    def all(self) -> Sequence[ContactList]:
        """Returns all lists, deleted ones included, in the order of their ids."""

    def create(self, draft: ContactList) -> ContactList:
        """Returns the list with the next id."""

    def edit(self, list_id: int, change: Callable[[ContactList], ContactList]) -> ContactList:
        """Applies a change, more than once if others change the list. The size and evaluations are not part of it. Raises NotFound."""

    def begin_evaluation(self, list_id: int, evaluation: ListEvaluation) -> bool:
        """Stores an evaluation in place of the one before it. Returns False if another has its number."""

    def mark_queued(self, list_id: int, number: int) -> None: ...

    def end_part(self, list_id: int, number: int, part: int) -> None:
        """Marks a part of an evaluation as done; with the last one, the list is evaluated. Changes nothing if a later one began."""


class ListMembers(Protocol):
    """Who is in which list. A repeated change has no effect. `done` gets what was changed, also before an error."""

    def add(self, list_id: int, emails: Sequence[str], at: str, done: list[str] | None = None) -> list[str]:
        """Returns the addresses that were not members before."""

    def remove(self, list_id: int, emails: Sequence[str], done: list[str] | None = None) -> list[str]:
        """Returns the addresses that were members."""

    def move(self, membership: Membership, email: str) -> None:
        """Gives a place in a list to the person's other address. It is no new member: nothing starts by it."""

    def page(self, list_id: int, after: str, most: int) -> tuple[Sequence[Membership], str]:
        """Returns members after a position, and the next position, which is empty at the end."""

    def of(self, email: str) -> Sequence[Membership]:
        """Returns the memberships of a contact in every list."""

    def among(self, list_id: int, emails: Sequence[str]) -> set[str]:
        """Returns which of the addresses are members. It may lack the changes of the last moment."""

    def uncounted(self, before: str) -> Sequence[int]:
        """Returns the lists with a change that did not end, and none that began since a time."""

    def recount(self, list_id: int) -> bool:
        """Counts the members of one of these lists. Returns False, and changes nothing, if a change began or ended meanwhile."""


class ContactImports(Protocol):
    """Imports by id. Writes of one import by several actors all apply."""

    def get(self, import_id: str) -> ContactImport | None: ...

    def all(self) -> Sequence[ContactImport]:
        """Returns all imports, the newest first."""

    def create(self, one: ContactImport) -> ContactImport:
        """Returns the stored import: the earlier one, if there is one with its id."""

    def edit(self, import_id: str, change: Callable[[ContactImport], ContactImport]) -> ContactImport:
        """Applies a change, more than once if others change the import. Raises NotFound."""


class ImportQueue(Protocol):
    def enqueue(self, *jobs: ImportJob, delay_seconds: int = 0) -> None: ...


class ImportFiles(Protocol):
    def read_upload(self, upload_id: str, offset: int) -> Iterator[bytes]:
        """Yields an uploaded file from an octet on. Raises LookupError if it does not exist."""

    def write_upload(self, upload_id: str, octets: bytes) -> None:
        """Stores the file of a request."""

    def write_errors(self, import_id: str, number: int, errors: Sequence[LineError]) -> None: ...

    def read_errors(self, import_id: str, number: int) -> list[LineError]:
        """Raises LookupError if their time of storage is over."""
