"""Export contacts as rows of a table: all of them, the members of a list, or the ones that pass conditions. Archived contacts are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts import filters
from functions.core.contacts.contact import Contact
from functions.core.contacts.contact_values import values_of
from functions.core.contacts.filters import FilterGroup
from functions.core.contacts.property_definitions import unknown
from functions.core.errors import FieldError, NotFound, Rejected
from functions.ports.contacts import ContactDirectory, ContactLists, Contacts, ListMembers
from functions.steps.contacts.properties import ContactProperties

BATCH = 1000  # contacts in one read
UNSUBSCRIBED = "unsubscribed"  # the last column: the subscription types that the contact left


class ExportContacts(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    contacts: Contacts
    directory: ContactDirectory
    lists: ContactLists
    members: ListMembers
    properties: ContactProperties

    def __call__(
        self, by: Actor, names: Sequence[str] = (), *, list_id: int | None = None, groups: Sequence[FilterGroup] = ()
    ) -> Iterator[list[list[str]]]:
        """Yields the header, and then a batch of rows for each read. Without names, each defined property is a column. Raises Rejected,
        NotFound and Forbidden before it yields anything.
        """
        by.require(CONTACT_DATA, ACCOUNT)
        definitions = self.properties.list()
        errors = list(filters.errors_of(groups, definitions))
        errors += [
            FieldError("properties", unknown(definitions, name), "PROPERTY_DOESNT_EXIST")
            for name in names
            if name not in definitions
        ]
        if errors:
            raise Rejected(errors)
        if list_id is not None and (self.lists.get(list_id) is None):
            raise NotFound(f"there is no list {list_id}")
        columns = list(names) or ["email", *sorted(definitions.keys() - {"email"})]
        batches = self._everyone() if list_id is None else self._members(list_id)
        return self._rows(batches, columns, groups)

    def _rows(
        self, batches: Iterable[Sequence[Contact]], columns: Sequence[str], groups: Sequence[FilterGroup]
    ) -> Iterator[list[list[str]]]:
        definitions = self.properties.list()
        yield [[*columns, UNSUBSCRIBED]]
        for batch in batches:
            present = [(one, values_of(one)) for one in batch if one.version and not one.archived_at]
            yield [
                [*(values.get(name, "") for name in columns), _unsubscribed(one)]
                for one, values in present
                if filters.matches(groups, values, definitions)
            ]

    def _everyone(self) -> Iterator[Sequence[Contact]]:
        after: str | None = ""
        while after is not None:
            page = self.directory.page(after, BATCH)
            yield page.contacts
            after = page.after

    def _members(self, list_id: int) -> Iterator[Sequence[Contact]]:
        after = ""
        while True:
            members, after = self.members.page(list_id, after, BATCH)
            emails = [one.email for one in members]
            contacts = self.contacts.read_all(emails)
            yield [contacts[email] for email in emails if email in contacts]
            if not after:
                return


def _unsubscribed(contact: Contact) -> str:
    return ";".join(sorted(key for key in contact.decisions if contact.unsubscribed(key)))
