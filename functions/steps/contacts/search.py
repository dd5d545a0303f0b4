"""Search contacts by filters. Filters that name addresses or ids read those contacts; all others scan the table, up to a limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from functions.core.contacts import contact_cursor, filters
from functions.core.contacts.contact import Contact
from functions.core.contacts.contact_values import values_of
from functions.core.contacts.filters import FilterGroup, PropertyFilter, comparable
from functions.core.contacts.property_definitions import PropertyDefinition, unknown
from functions.core.errors import FieldError, Rejected
from functions.ports.contacts import ContactDirectory, ContactPage
from functions.steps.contacts.properties import ContactProperties
from functions.steps.contacts.records import ContactRecords, ContactReference, IdProperty

SCAN_MAX = 20_000  # contacts that one request reads: some 10 MB, a second or two, and $0.0002
SCAN_BATCH = 2_000  # items in one read; DynamoDB ends a read after 1 MB
_START = (0, "")


class ContactQuery(Struct, frozen=True, kw_only=True):
    groups: Sequence[FilterGroup] = ()
    groups_field: str = filters.GROUPS_FIELD  # where the request has a group's filters
    text: str = ""
    sort: str = ""  # a property
    descending: bool = False
    limit: int = 10
    after: str = ""

    @property
    def text_form(self) -> str:
        """What a cursor belongs to: the query without its page."""
        return msgspec.json.encode([self.groups, self.text, self.sort, self.descending]).decode()


class ScanCost(Struct, frozen=True):
    """What a search read."""

    contacts: int = 0
    read_units: float = 0
    complete: bool = True  # the whole table was read; else the total counts what was read so far


class ContactMatches(Struct, frozen=True):
    contacts: Sequence[Contact]
    total: int
    after: str | None
    cost: ScanCost


class SearchContacts(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. Archived contacts are never found."""

    records: ContactRecords
    directory: ContactDirectory
    properties: ContactProperties

    def __call__(self, query: ContactQuery) -> ContactMatches:
        """Raises Rejected for wrong filters, and for a sort of more contacts than one request reads."""
        definitions = self.properties.list()
        listed, position = _check(query, definitions)
        if query.sort:
            return self._sorted(query, definitions, listed)
        scan = self._matches(query, definitions, position)
        page = [self.records.indexed(one) for one in scan.matches[: query.limit]]
        rest = scan.matches[query.limit :]
        after = None
        if rest or not scan.cost.complete:
            after = contact_cursor.encode(
                query.text_form, listed=listed + len(page), position=page[-1].email if rest else scan.position
            )
        return ContactMatches(page, listed + len(scan.matches), after, scan.cost)

    def _sorted(
        self, query: ContactQuery, definitions: Mapping[str, PropertyDefinition], listed: int
    ) -> ContactMatches:
        """Each page reads all matches again: an order needs them all."""
        scan = self._matches(query, definitions, "")
        if not scan.cost.complete:
            message = (
                f"needs more contacts than the {SCAN_MAX:,} that one request reads: leave out sorts, or name addresses"
            )
            raise Rejected([FieldError("sorts", message, "TOO_MANY")])
        definition, name = definitions[query.sort], query.sort
        with_value = [contact for contact in scan.matches if values_of(contact).get(name)]
        without = [contact for contact in scan.matches if not values_of(contact).get(name)]
        ordered = sorted(with_value, key=lambda one: _sort_key(definition, one), reverse=query.descending)
        page = [*ordered, *without][listed : listed + query.limit]
        more = listed + len(page) < len(scan.matches)
        after = contact_cursor.encode(query.text_form, listed=listed + len(page), position="") if more else None
        return ContactMatches([self.records.indexed(one) for one in page], len(scan.matches), after, scan.cost)

    def _matches(self, query: ContactQuery, definitions: Mapping[str, PropertyDefinition], position: str) -> _Scan:
        named = filters.addresses_of(query.groups)
        scan = self._named(named, position) if named else self._scanned(position)
        matches = [
            contact
            for contact in scan.matches
            if not contact.archived_at
            and filters.matches(query.groups, values_of(contact), definitions)
            and filters.has_text(query.text, values_of(contact))
        ]
        return _Scan(matches, scan.position, scan.cost)

    def _named(self, named: Sequence[PropertyFilter], position: str) -> _Scan:
        """Reads the contacts that filters name, in the order of their addresses, after a position."""
        references = {ContactReference(value, IdProperty(one.name)) for one in named for value in one.values}
        contacts = {one.email: one for one in map(self.records.find, references) if one and one.email > position}
        return _Scan([contacts[email] for email in sorted(contacts)], "", ScanCost(contacts=len(references)))

    def _scanned(self, position: str) -> _Scan:
        contacts: list[Contact] = []
        units, after = 0.0, position
        for page in self._pages(position):
            contacts += page.contacts
            units += page.read_units
            after = page.after or ""
            if len(contacts) >= SCAN_MAX:
                break
        return _Scan(contacts, after, ScanCost(len(contacts), units, complete=not after))

    def _pages(self, after: str) -> Iterator[ContactPage]:
        page = self.directory.page(after, SCAN_BATCH)
        yield page
        while page.after:
            page = self.directory.page(page.after, SCAN_BATCH)
            yield page


class _Scan(Struct, frozen=True):
    matches: Sequence[Contact]
    position: str  # where the scan stopped; empty at the end
    cost: ScanCost


def _check(query: ContactQuery, definitions: Mapping[str, PropertyDefinition]) -> tuple[int, str]:
    """Returns what the cursor has. Raises Rejected with every error."""
    errors = list(filters.errors_of(query.groups, definitions, query.groups_field))
    if query.sort and query.sort not in definitions:
        errors.append(FieldError("sorts[0].propertyName", unknown(definitions, query.sort), "PROPERTY_DOESNT_EXIST"))
    start = _START
    if query.after:
        try:
            start = contact_cursor.decode(query.after, query.text_form)
        except ValueError as error:
            errors.append(FieldError("after", f"{error}: use the `after` of this query's previous page"))
    if errors:
        raise Rejected(errors)
    return start


def _sort_key(definition: PropertyDefinition, contact: Contact) -> tuple[bool, object, str]:
    """A value that does not fit its type sorts after the others."""
    value = comparable(definition, values_of(contact)[definition.name])
    return isinstance(value, str), value, contact.email
