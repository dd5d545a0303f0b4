"""Lists of contacts: create, rename, delete, restore, change their filters, and change who is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts.contact import Contact
from functions.core.contacts.lists import list_rules
from functions.core.contacts.lists.contact_list import LISTS_MAX, ContactList, Membership, ProcessingType
from functions.core.contacts.lists.list_filters import FilterBranch, lists_in
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.ports import Clock
from functions.ports.broadcasts import Broadcasts
from functions.ports.contacts import ContactLists, ListMembers
from functions.steps.access.audit import AuditLog
from functions.steps.contacts.evaluate_lists import EvaluateLists
from functions.steps.contacts.properties import ContactProperties
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
    properties: ContactProperties
    evaluate: EvaluateLists
    broadcasts: Broadcasts
    audit_log: AuditLog
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

    def create(
        self,
        name: str,
        by: Actor,
        processing_type: ProcessingType = ProcessingType.MANUAL,
        filter_branch: FilterBranch | None = None,
    ) -> ContactList:
        """Begins its first evaluation. Raises Rejected for wrong filters, and Conflict if the name is taken or there are too many lists."""
        if len(self.lists.all()) >= LISTS_MAX:
            raise Conflict(f"there are {LISTS_MAX} lists already, deleted ones included, which is the most")
        self._require_free(name)
        by.require(CONTACT_DATA, ACCOUNT)
        self._check_filters(processing_type, filter_branch)
        now = self._now()
        draft = ContactList(
            id=0,
            name=name,
            created_at=now,
            updated_at=now,
            created_by=by.name,
            updated_by=by.name,
            processing_type=processing_type,
            filter_branch=filter_branch,
            filters_updated_at=now if filter_branch else "",
        )
        created = self.lists.create(draft)
        if filter_branch:
            self.evaluate.request(created.id)
        return created

    def refilter(self, list_id: int, filter_branch: FilterBranch, by: Actor) -> ContactList:
        """Changes the filters of a dynamic list, and evaluates it again. Raises Rejected and NotFound."""
        existing = self.get(list_id)
        by.require(CONTACT_DATA, ACCOUNT)
        if not existing.is_dynamic:
            message = f"list {list_id} is {existing.processing_type}: only the filters of a DYNAMIC list can be changed"
            raise Rejected([FieldError("filterBranch", message)])
        self._check_filters(existing.processing_type, filter_branch, list_id)
        now = self._now()
        changed = self._edit(list_id, by, lambda one: replace(one, filter_branch=filter_branch, filters_updated_at=now))
        self.evaluate.request(list_id)
        return changed

    def evaluate_now(self, list_id: int, by: Actor) -> ContactList:
        """Begins an evaluation. Raises Rejected if the list has none, and NotFound."""
        existing = self.get(list_id)
        by.require(CONTACT_DATA, ACCOUNT)
        if not existing.is_dynamic:
            message = f"list {list_id} is {existing.processing_type}: only a DYNAMIC list is evaluated on request"
            raise Rejected([FieldError("listId", message)])
        self.evaluate.request(list_id)
        return existing

    def rename(self, list_id: int, name: str, by: Actor) -> ContactList:
        """Raises NotFound, and Conflict if another list has the name."""
        self.get(list_id)
        self._require_free(name, except_id=list_id)
        return self._edit(list_id, by, lambda one: replace(one, name=name))

    def delete(self, list_id: int, by: Actor) -> ContactList:
        """Its members stay for a restore. Raises NotFound, and Conflict if another list's filters look into it, or a broadcast that is still
        to read it.
        """
        self.get(list_id)
        if names := [f"{one.id} ({one.name}, {one.state})" for one in self.broadcasts.all() if one.will_read(list_id)]:
            raise Conflict(f"list {list_id} is in the audience of broadcast {', '.join(names)}: cancel it first")
        if users := [str(one.id) for one in self.all() if list_id in one.sources]:
            raise Conflict(f"the filters of {_named_lists(users)} look into list {list_id}: change them first")
        return self._edit(list_id, by, lambda one: replace(one, deleted_at=self._now()))

    def restore(self, list_id: int, by: Actor) -> ContactList:
        """Raises NotFound, and Conflict if another list has its name by now."""
        existing = self.lists.get(list_id)
        if existing is None:
            raise NotFound(f"there is no list {list_id}")
        self._require_free(existing.name, except_id=list_id)
        return self._edit(list_id, by, lambda one: replace(one, deleted_at=None))

    def change(
        self, list_id: int, by: Actor, *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> MembershipChange:
        """Adds and removes contacts by their ids. Raises Forbidden, NotFound if there is no list, and Rejected if filters choose its members."""
        by.require(CONTACT_DATA, ACCOUNT)
        self._require_chosen(list_id)
        added, missing = self._contacts(add)
        removed, unknown = self._contacts(remove)
        with self._logged(list_id, by) as (joined, left):
            self.members.remove(list_id, list(removed), left)
            self.members.add(list_id, list(added), self._now(), joined)
        return MembershipChange(
            [added[email] for email in joined], [removed[email] for email in left], [*missing, *unknown]
        )

    def add_from(self, list_id: int, source_id: int, by: Actor) -> None:
        """Adds the members of another list. A crash is repaired by the same call. Raises Forbidden and NotFound."""
        by.require(CONTACT_DATA, ACCOUNT)
        self._require_chosen(list_id)
        self.get(source_id)
        with self._logged(list_id, by, source=source_id) as (joined, _):
            for page in self._pages(source_id):
                self.members.add(list_id, [one.email for one in page], self._now(), joined)

    def clear(self, list_id: int, by: Actor) -> None:
        """Removes every member. Raises Forbidden and NotFound."""
        by.require(CONTACT_DATA, ACCOUNT)
        self._require_chosen(list_id)
        with self._logged(list_id, by) as (_, left):
            while page := self.members.page(list_id, "", PAGE)[0]:
                self.members.remove(list_id, [one.email for one in page], left)

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

    @contextmanager
    def _logged(self, list_id: int, by: Actor, **detail: str | int) -> Iterator[tuple[list[str], list[str]]]:
        """Yields lists for the addresses that join and leave, and logs their numbers. An error halfway does not prevent the entry of what
        was done before it.
        """
        joined: list[str] = []
        left: list[str] = []
        is_done = False
        try:
            yield joined, left
            is_done = True
        finally:
            if is_done or joined or left:
                counts = {"added": len(joined), "removed": len(left)}
                self.audit_log(AuditAction.LIST_MEMBERS_CHANGED, by, str(list_id), **counts, **detail)

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

    def _require_chosen(self, list_id: int) -> None:
        if self.get(list_id).is_dynamic:
            message = f"list {list_id} is DYNAMIC: its filters choose its members, so none can be added or removed"
            raise Rejected([FieldError("listId", message, "DYNAMIC_LIST")])

    def _check_filters(
        self, processing_type: ProcessingType, branch: FilterBranch | None, list_id: int | None = None
    ) -> None:
        """Raises Rejected with every error."""
        if processing_type is ProcessingType.MANUAL and branch:
            message = "a MANUAL list has no filters: use DYNAMIC, or SNAPSHOT to evaluate them once"
            raise Rejected([FieldError("filterBranch", message)])
        if processing_type is ProcessingType.DYNAMIC and not branch:
            raise Rejected([FieldError("filterBranch", "is required: it chooses the members", "REQUIRED_FIELD")])
        if branch is None:
            return
        stored = {one.id: one for one in self.lists.all()}  # an evaluation follows the filters of a deleted list, too
        existing = [one.id for one in stored.values() if not one.deleted_at]
        errors = list(list_rules.errors_of(branch, self.properties.list(), existing))
        if list_id is not None and list_id in _reached(lists_in(branch), stored):
            errors.append(FieldError("filterBranch", f"looks into list {list_id} itself, directly or by another list"))
        if errors:
            raise Rejected(errors)

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


def _reached(list_ids: Iterable[int], lists: Mapping[int, ContactList]) -> set[int]:
    """Returns the lists, and those into which their filters look, and so on."""
    reached: set[int] = set()
    waiting = set(list_ids)
    while waiting:
        reached |= waiting
        waiting = {source for one in waiting if one in lists for source in lists[one].sources} - reached
    return reached


def _named_lists(numbers: Sequence[str]) -> str:
    return f"list {numbers[0]}" if len(numbers) == 1 else f"lists {', '.join(numbers)}"
