"""Contacts as records that actors create, read, change, archive and merge, under HubSpot's rules. A contact's key is its address."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from functions.core import addresses, timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts import property_definitions
from functions.core.contacts.contact import PROPERTIES_MAX, PROPERTIES_OCTETS_MAX, Contact
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.ports import Clock
from functions.ports.contacts import ContactDirectory, ContactPage, Contacts, ListMembers
from functions.steps.contacts import persons
from functions.steps.contacts.properties import ContactProperties


class IdProperty(StrEnum):
    """What names a contact. HubSpot's default is the number."""

    NUMBER = "hs_object_id"
    EMAIL = "email"


class ContactReference(Struct, frozen=True):
    value: str
    id_property: IdProperty = IdProperty.NUMBER

    def __str__(self) -> str:
        return f"{self.id_property} {self.value!r}"


class UpsertedContact(Struct, frozen=True):
    contact: Contact
    is_new: bool


class ContactRecords(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. A step that changes something raises Forbidden for an actor without the scope. An archived contact
    is as good as absent: only `find`, and `get` with `archived`, return it.
    """

    contacts: Contacts
    directory: ContactDirectory
    members: ListMembers
    properties: ContactProperties
    clock: Clock

    def get(self, reference: ContactReference, *, archived: bool = False) -> Contact:
        """Returns the contact, or the one that it was merged into. Raises NotFound."""
        contact = self.find(reference)
        if contact is None or bool(contact.archived_at) is not archived:
            raise NotFound(f"there is no {'archived ' if archived else ''}contact with {reference}")
        return contact

    def find(self, reference: ContactReference) -> Contact | None:
        """Returns the contact, archived or not, or the one that it was merged into. Raises Conflict if an id names two."""
        contact = self._by_email(reference) if reference.id_property is IdProperty.EMAIL else self._by_number(reference)
        person = persons.present(self.contacts, contact) if contact else None
        if person is None or not person.is_stored:
            return None
        return self.indexed(person)

    def indexed(self, contact: Contact) -> Contact:
        """Returns the contact with its entry in the index of ids, which it gets when an actor first sees it: sends do not pay for one."""
        return contact if contact.number else self.contacts.edit(contact.email, contact.created_at, lambda one: one)

    def page(self, after: str, most: int) -> ContactPage:
        return self.directory.page(after, most)

    def create(self, values: Mapping[str, str], by: Actor) -> Contact:
        """An archived contact of the address is restored, with its decisions. Raises Rejected, and Conflict if the contact exists."""
        by.require(CONTACT_DATA, ACCOUNT)
        email, read = self._checked(values)

        def created(contact: Contact) -> Contact:
            if contact.is_stored and not contact.archived_at:
                raise Conflict(f"Contact already exists. Existing ID: {contact.id}")
            if contact.merged_into:
                raise Conflict(f"the contact of this address was merged into {contact.merged_into}")
            return self._changed(contact, read)

        return self.contacts.edit(email, self._now(), created)

    def update(self, reference: ContactReference, values: Mapping[str, str], by: Actor) -> Contact:
        """Another `email` moves the contact to that address. Raises Rejected, NotFound if the contact does not exist or is archived, and
        Conflict if the other address has a contact.
        """
        by.require(CONTACT_DATA, ACCOUNT)
        email = self.get(reference).email
        read, errors = property_definitions.checked(self.properties.list(), values)
        address, address_errors = _read_address(values["email"]) if "email" in values else (email, [])
        _or_rejected(read, [*address_errors, *errors])
        is_moved = address.lower() != email
        if is_moved:
            _require_free(self.contacts.get(address), email)

        def updated(contact: Contact) -> Contact:
            if not contact.is_stored or contact.archived_at:
                raise NotFound(f"there is no contact with {reference}")
            return self._with_values(contact, read)

        contact = self.contacts.edit(email, self._now(), updated)
        return self._move(contact, address) if is_moved else contact

    def upsert(self, email: str, values: Mapping[str, str], by: Actor) -> UpsertedContact:
        """Creates or updates the contact of an address. Raises Rejected."""
        by.require(CONTACT_DATA, ACCOUNT)
        address, read = self._checked({**values, "email": email})
        merged = self.find(ContactReference(address, IdProperty.EMAIL))
        is_new = merged is None or bool(merged.archived_at)

        def upserted(contact: Contact) -> Contact:
            nonlocal is_new
            is_new = not contact.is_stored or bool(contact.archived_at)
            return self._changed(contact, read) if is_new else self._with_values(contact, read)

        contact = self.contacts.edit(merged.email if merged else address, self._now(), upserted)
        return UpsertedContact(contact, is_new)

    def archive(self, reference: ContactReference, by: Actor) -> Contact | None:
        """Returns None if the contact does not exist or is archived: HubSpot's deletion may be repeated."""
        by.require(CONTACT_DATA, ACCOUNT)
        contact = self.find(reference)
        if contact is None or contact.archived_at:
            return None
        now = self._now()
        return self.contacts.edit(contact.email, now, lambda one: one.archived(now))

    def merge(self, primary: ContactReference, secondary: ContactReference, by: Actor) -> Contact:
        """The primary contact takes the other's place in lists. The same call repairs a crash in between. Raises NotFound or Rejected."""
        by.require(CONTACT_DATA, ACCOUNT)
        into, merged = self.get(primary), self.get(secondary)
        if into.email == merged.email:
            raise Rejected([FieldError("objectIdToMerge", "is the same contact as primaryObjectId")])
        contact = self.contacts.edit(into.email, self._now(), lambda one: _checked_size(one.absorbed(merged)))
        self._end(merged.email, into.email)
        return contact

    def _move(self, contact: Contact, address: str) -> Contact:
        """The old address stays merged into the new one, so its id and mail to it lead there. The same update repairs a crash in between."""

        def moved(current: Contact) -> Contact:
            _require_free(current, contact.email)
            return _checked_size(current.succeeding(contact))

        after = self.contacts.edit(address, self._now(), moved)
        self._end(contact.email, after.email)
        return after

    def _end(self, email: str, into: str) -> None:
        """Gives a contact's place in lists to another, and merges it into that one."""
        now = self._now()
        for membership in self.members.of(email):
            self.members.move(membership, into)
        ended = self.contacts.edit(email, now, lambda one: one.merged_with(into, now))
        self.contacts.edit(into, now, lambda one: one.withheld_like(ended))  # it may have unsubscribed meanwhile

    def _changed(self, contact: Contact, values: Mapping[str, str]) -> Contact:
        """Returns a new contact, or one that is no longer archived."""
        defaults = property_definitions.with_defaults(self.properties.list(), values)
        missing = {name: value for name, value in defaults.items() if name in values or not contact.values.get(name)}
        return self._with_values(contact.restored(), missing)

    def _with_values(self, contact: Contact, values: Mapping[str, str]) -> Contact:
        return _checked_size(contact.with_values(values, self._now()))

    def _by_email(self, reference: ContactReference) -> Contact | None:
        try:
            return self.contacts.get(addresses.parse(reference.value).email)
        except ValueError:
            return None

    def _by_number(self, reference: ContactReference) -> Contact | None:
        if not (reference.value.isascii() and reference.value.isdecimal() and len(reference.value) <= _DIGITS_MAX):
            return None
        contacts = self.directory.by_number(int(reference.value))
        if len(contacts) > 1:
            raise Conflict(
                f"{len(contacts)} contacts have the id {reference.value}: name one by its email address (`idProperty`)"
            )
        return contacts[0] if contacts else None

    def _checked(self, values: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Returns the address and the other values. Raises Rejected with every error."""
        read, errors = property_definitions.checked(self.properties.list(), values)
        address, address_errors = _read_address(values.get("email", ""))
        return address, _or_rejected(read, [*address_errors, *errors])

    def _now(self) -> str:
        return timestamps.iso(self.clock())


_DIGITS_MAX = 16  # of 2 ** 53


def _read_address(text: str) -> tuple[str, list[FieldError]]:
    """Returns the address with its domain in the ASCII form, and what is wrong with it."""
    if not text.strip():
        return "", [FieldError("properties.email", "is required: a contact's key is its address", "REQUIRED_FIELD")]
    try:
        address = addresses.parse(text)
    except ValueError as error:
        return "", [FieldError("properties.email", str(error), "INVALID_EMAIL")]
    if address.name:
        return "", [FieldError("properties.email", "must be an address without a name", "INVALID_EMAIL")]
    return address.email, []


def _require_free(stored: Contact | None, email: str) -> None:
    """Raises Conflict if an address belongs to another person than the one at `email`."""
    if stored is None or not stored.is_stored or stored.merged_into == email:
        return
    if stored.merged_into:
        raise Conflict(f"the contact of this address was merged into {stored.merged_into}")
    if email in stored.merged:  # an earlier attempt moved it, and died before the end
        return
    if not stored.archived_at:
        raise Conflict(f"Contact already exists. Existing ID: {stored.id}")


def _or_rejected(read: dict[str, str], errors: list[FieldError]) -> dict[str, str]:
    if errors:
        raise Rejected(errors)
    return read


def _checked_size(contact: Contact) -> Contact:
    if contact.is_too_large:
        message = f"a contact has at most {PROPERTIES_MAX} properties and {PROPERTIES_OCTETS_MAX // 1024} KB of them"
        raise Rejected([FieldError("properties", message, "TOO_LARGE")])
    return contact
