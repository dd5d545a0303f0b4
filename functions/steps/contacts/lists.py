"""Lists of contacts: create, rename, delete, restore, and change who is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts.contact import Contact
from functions.core.contacts.contact_list import LISTS_MAX, ContactList, Membership
from functions.core.errors import Conflict, NotFound
from functions.ports import Clock
from functions.ports.contacts import ContactLists, ListMembers
from functions.steps.contacts.records import ContactRecords, ContactReference

PAGE = 250  # members that are copied or removed at once


class MembershipChange(Struct, frozen=True):
    added: Sequence[Contact]
    removed: Sequence[Contact]
    missing: Sequence[str]  # ids that name no contact


class ListEditor(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. A deleted list exists for `restore` only."""

    lists: ContactLists
    members: ListMembers
    records: ContactRecords
    clock: Clock

    def get(self, list_id: int) -> ContactList:
        """Raises NotFound."""
        existing = self.lists.get(list_id)
        if existing is None or existing.deleted_at:
            raise NotFound(f"there is no list {list_id}")
        return existing

    def get_by_name(self, name: str) -> ContactList:
        """Names compare without case. Raises NotFound."""
        existing = self._named(name)
        if existing is None:
            raise NotFound(f"there is no list {name!r}")
        return existing

    def all(self) -> list[ContactList]:
        return [one for one in self.lists.all() if not one.deleted_at]

    def create(self, name: str, by: Actor) -> ContactList:
        """Raises Conflict if the name is taken or there are too many lists."""
        if len(self.lists.all()) >= LISTS_MAX:
            raise Conflict(f"there are {LISTS_MAX} lists already, deleted ones included, which is the most")
        self._require_free(name)
        by.require(CONTACT_DATA, ACCOUNT)
        return self.lists.create(name, self._now(), by.name)

    def rename(self, list_id: int, name: str, by: Actor) -> ContactList:
        """Raises NotFound, and Conflict if another list has the name."""
        self.get(list_id)
        self._require_free(name, except_id=list_id)
        return self._edit(list_id, by, lambda one: replace(one, name=name))

    def delete(self, list_id: int, by: Actor) -> ContactList:
        """Its members stay for a restore. Raises NotFound."""
        self.get(list_id)
        return self._edit(list_id, by, lambda one: replace(one, deleted_at=self._now()))

    def restore(self, list_id: int, by: Actor) -> ContactList:
        """Raises NotFound, and Conflict if another list has its name by now."""
        existing = self.lists.get(list_id)
        if existing is None:
            raise NotFound(f"there is no list {list_id}")
        self._require_free(existing.name, except_id=list_id)
        return self._edit(list_id, by, lambda one: replace(one, deleted_at=None))

    def change(self, list_id: int, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> MembershipChange:
        """Adds and removes contacts by their ids. Raises NotFound if there is no list."""
        self.get(list_id)
        added, missing = self._contacts(add)
        removed, unknown = self._contacts(remove)
        left = self.members.remove(list_id, list(removed))
        joined = self.members.add(list_id, list(added), self._now())
        return MembershipChange(
            [added[email] for email in joined], [removed[email] for email in left], [*missing, *unknown]
        )

    def add_from(self, list_id: int, source_id: int) -> None:
        """Adds the members of another list. A crash is repaired by the same call. Raises NotFound."""
        self.get(list_id)
        self.get(source_id)
        for page in self._pages(source_id):
            self.members.add(list_id, [one.email for one in page], self._now())

    def clear(self, list_id: int) -> None:
        """Removes every member. Raises NotFound."""
        self.get(list_id)
        while page := self.members.page(list_id, "", PAGE)[0]:
            self.members.remove(list_id, [one.email for one in page])

    def page(self, list_id: int, after: str, most: int) -> tuple[Sequence[Membership], str]:
        """Archived contacts are members, too. Raises NotFound."""
        self.get(list_id)
        return self.members.page(list_id, after, most)

    def of_contact(self, reference: ContactReference) -> list[tuple[ContactList, Membership]]:
        """Returns the lists of a contact, archived or not. Raises NotFound."""
        contact = self.records.find(reference)
        if contact is None:
            raise NotFound(f"there is no contact with {reference}")
        existing = {one.id: one for one in self.all()}
        memberships = self.members.of(contact.email)
        return [(existing[one.list_id], one) for one in memberships if one.list_id in existing]

    def _pages(self, list_id: int) -> Iterator[Sequence[Membership]]:
        after = ""
        while True:
            page, after = self.members.page(list_id, after, PAGE)
            yield page
            if not after:
                return

    def _contacts(self, ids: Sequence[str]) -> tuple[dict[str, Contact], list[str]]:
        """Returns the contacts by their addresses, and the ids of none."""
        contacts = {one: self.records.find(ContactReference(one)) for one in dict.fromkeys(ids)}
        present = {contact.email: contact for contact in contacts.values() if contact}
        return present, [one for one, contact in contacts.items() if contact is None]

    def _edit(self, list_id: int, by: Actor, change: Callable[[ContactList], ContactList]) -> ContactList:
        by.require(CONTACT_DATA, ACCOUNT)
        now = self._now()
        return self.lists.edit(list_id, lambda one: replace(change(one), updated_at=now, updated_by=by.name))

    def _named(self, name: str) -> ContactList | None:
        return next((one for one in self.all() if one.name.casefold() == name.casefold()), None)

    def _require_free(self, name: str, except_id: int = 0) -> None:
        other = self._named(name)
        if other and other.id != except_id:
            raise Conflict(f"the list {other.id} has the name {other.name!r} already")

    def _now(self) -> str:
        return timestamps.iso(self.clock())
