"""Contacts, their subscriptions, and erasure."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.core import ids
from functions.core.contacts.contact import Contact, Decision
from functions.core.contacts.lists.contact_list import ContactList, ListEvaluation, Membership
from functions.core.contacts.property_definitions import PropertyDefinition
from functions.core.contacts.subscriptions.subscription import SubscriptionType
from functions.core.errors import NotFound
from functions.ports.contacts import ArchiveScan, ContactPage, ErasureRequest, Suppression


@dataclass
class MemoryContacts:
    stored: dict[str, Contact] = field(default_factory=dict)
    erased: dict[str, Contact] = field(default_factory=dict)  # by the hash of the address

    def get(self, email: str) -> Contact | None:
        if contact := self.stored.get(email.lower()):
            return contact
        erased = self.erased.get(ids.address_hash(email))
        return replace(erased, email=email.lower()) if erased else None

    def read_all(self, emails: Sequence[str]) -> Mapping[str, Contact]:
        present = ((email.lower(), self.get(email)) for email in emails)
        return {email: contact for email, contact in present if contact}

    def upsert(
        self, email: str, properties: Mapping[str, str], at: str, read: Mapping[str, Contact] | None = None
    ) -> Contact:
        return self._change(email, at, lambda contact: contact.with_properties(properties, at))

    def set_subscription(self, email: str, subscription: str, decision: Decision) -> Contact:
        return self.set_subscriptions(email, {subscription: decision})

    def set_subscriptions(self, email: str, decisions: Mapping[str, Decision]) -> Contact:
        at = max(decision.at for decision in decisions.values())
        return self._change(email, at, lambda contact: contact.with_decisions(decisions))

    def add_link(self, email: str, link_id: str, at: str) -> None:
        self._change(email, at, lambda contact: contact.with_link(link_id))

    def quarantine(self, email: str, at: str, reason: str) -> None:
        self._change(email, at, lambda contact: contact.with_bounce(at, reason))

    def reinstate(self, email: str, at: str) -> None:
        self._change(email, at, lambda contact: contact.reinstated(at))

    def mark_complained(self, email: str, at: str) -> Contact:
        return self._change(email, at, lambda contact: contact.with_complaint(at))

    def edit(self, email: str, at: str, change: Callable[[Contact], Contact]) -> Contact:
        return self._change(email, at, lambda contact: change(contact).numbered())

    def by_number(self, number: int) -> list[Contact]:
        return [contact for contact in self.stored.values() if contact.number == number]

    def page(self, after: str, most: int) -> ContactPage:
        emails = sorted(email for email in self.stored if email > after)
        page = [self.stored[email] for email in emails[:most]]
        return ContactPage(page, page[-1].email if len(emails) > most else None, read_units=0.5 * len(page))

    def segment(self, number: int, of: int, after: str, most: int) -> ContactPage:
        emails = sorted(email for email in self.stored if email > after and zlib.crc32(email.encode()) % of == number)
        page = [self.stored[email] for email in emails[:most]]
        return ContactPage(page, page[-1].email if len(emails) > most else None, read_units=0.5 * len(page))

    def erase(self, email: str, at: str) -> None:
        contact = self.get(email) or Contact(email=email.lower(), created_at=at)
        self.erased[ids.address_hash(email)] = contact.erased(at, ids.address_hash(email))
        self.stored.pop(email.lower(), None)

    def _change(self, email: str, at: str, change: Callable[[Contact], Contact]) -> Contact:
        before = self.stored.get(email.lower())
        erased = self.erased.get(ids.address_hash(email)) if before is None else None
        if erased and at <= erased.created_at:
            return change(replace(erased, email=email.lower()))
        after = change(
            before or replace(erased or Contact(email="", created_at=""), email=email.lower(), created_at=at)
        ).with_spelling(email)
        if after != before:
            self.stored[after.email] = replace(after, version=after.version + 1)
        return self.stored[after.email]


@dataclass
class MemorySuppressions:
    """SES's list, whose API respects case."""

    listed: dict[str, str] = field(default_factory=dict)  # address → reason

    def remove_bounce(self, address: str) -> Suppression:
        suppression = Suppression(address, self.listed.get(address))
        if suppression.removed:
            del self.listed[address]
        return suppression


@dataclass
class MemoryErasureRequests:
    stored: dict[str, ErasureRequest] = field(default_factory=dict)
    latest: ArchiveScan = field(default_factory=ArchiveScan)

    def get(self, address: str) -> ErasureRequest | None:
        return self.stored.get(address)

    def scan(self) -> ArchiveScan:
        return self.latest

    def save_scan(self, scan: ArchiveScan, previous: int) -> bool:
        if self.latest.number not in {0, previous}:
            return False
        self.latest = scan
        return True

    def add(self, order: ErasureRequest) -> ErasureRequest:
        return self.stored.setdefault(order.address, order)

    def all(self) -> list[ErasureRequest]:
        return sorted(self.stored.values(), key=lambda order: order.asked_at)

    def save(self, order: ErasureRequest) -> None:
        if order.address in self.stored:
            self.stored[order.address] = order

    def remove(self, order: ErasureRequest) -> None:
        self.stored.pop(order.address, None)


@dataclass
class MemorySubscriptionTypes:
    stored: dict[str, SubscriptionType] = field(default_factory=dict)

    def get(self, reference: str) -> SubscriptionType | None:
        return next((type_ for type_ in self.stored.values() if type_.is_named(reference)), None)

    def all(self) -> list[SubscriptionType]:
        return sorted(self.stored.values(), key=lambda type_: (type_.created_at, type_.id))

    def put(self, type_: SubscriptionType) -> None:
        self.stored[type_.id] = type_


@dataclass
class MemoryPropertyDefinitions:
    stored: Mapping[str, PropertyDefinition] = field(default_factory=dict)

    def all(self) -> Sequence[PropertyDefinition]:
        return list(self.stored.values())

    def edit(
        self, change: Callable[[Mapping[str, PropertyDefinition]], Mapping[str, PropertyDefinition]]
    ) -> Mapping[str, PropertyDefinition]:
        self.stored = change(self.stored)
        return self.stored


@dataclass
class MemoryContactLists:
    """ports.ContactLists and ports.ListMembers."""

    stored: dict[int, ContactList] = field(default_factory=dict)
    members: dict[tuple[int, str], Membership] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)  # addresses whose place cannot be written

    def get(self, list_id: int) -> ContactList | None:
        return self.stored.get(list_id)

    def all(self) -> Sequence[ContactList]:
        return [self.stored[list_id] for list_id in sorted(self.stored)]

    def create(self, draft: ContactList) -> ContactList:
        created = replace(draft, id=max(self.stored, default=0) + 1)
        self.stored[created.id] = created
        return created

    def edit(self, list_id: int, change: Callable[[ContactList], ContactList]) -> ContactList:
        if list_id not in self.stored:
            raise NotFound(f"there is no list {list_id}")
        before = self.stored[list_id]
        version = before.list_version + 1
        after = replace(change(before), size=before.size, evaluation=before.evaluation, list_version=version)
        self.stored[list_id] = after
        return after

    def begin_evaluation(self, list_id: int, evaluation: ListEvaluation) -> bool:
        before = self.stored[list_id].evaluation
        if before and before.number >= evaluation.number:
            return False
        self.stored[list_id] = replace(self.stored[list_id], evaluation=evaluation)
        return True

    def mark_queued(self, list_id: int, number: int) -> None:
        one = self.stored[list_id]
        if one.evaluation and one.evaluation.number == number:
            self.stored[list_id] = replace(one, evaluation=replace(one.evaluation, queued=True))

    def end_part(self, list_id: int, number: int, part: int) -> None:
        one = self.stored[list_id]
        if one.evaluation and one.evaluation.number == number:
            done = tuple({*one.evaluation.parts_done, part})
            ended = one.evaluation.began_at if set(done) >= set(one.parts) else one.evaluated_at
            evaluation = replace(one.evaluation, parts_done=done)
            self.stored[list_id] = replace(one, evaluation=evaluation, evaluated_at=ended)

    def add(self, list_id: int, emails: Sequence[str], at: str, done: list[str] | None = None) -> list[str]:
        def joins(email: str) -> bool:
            return self.members.setdefault((list_id, email), place := Membership(list_id, email, at)) is place

        return self._change(list_id, emails, joins, 1, done)

    def remove(self, list_id: int, emails: Sequence[str], done: list[str] | None = None) -> list[str]:
        return self._change(list_id, emails, lambda email: bool(self.members.pop((list_id, email), None)), -1, done)

    def _change(
        self, list_id: int, emails: Sequence[str], change: Callable[[str], bool], size: int, done: list[str] | None
    ) -> list[str]:
        changed = [] if done is None else done
        before = len(changed)
        for email in dict.fromkeys(emails):
            if email in self.failing:
                raise OSError("the table is away")
            if change(email):
                self._count(list_id, size)
                changed.append(email)
        return changed[before:]

    def move(self, membership: Membership, email: str) -> None:
        list_id = membership.list_id
        if self.add(list_id, [email], membership.joined_at):
            self.members[list_id, email] = replace(self.members[list_id, email], moved=True)
        self.remove(list_id, [membership.email])

    def page(self, list_id: int, after: str, most: int) -> tuple[Sequence[Membership], str]:
        emails = sorted(email for number, email in self.members if number == list_id and email > after)
        page = [self.members[list_id, email] for email in emails[:most]]
        return page, page[-1].email if len(emails) > most else ""

    def of(self, email: str) -> Sequence[Membership]:
        return [one for (_, member), one in sorted(self.members.items()) if member == email]

    def among(self, list_id: int, emails: Sequence[str]) -> set[str]:
        return {email for email in emails if (list_id, email) in self.members}

    def uncounted(self, before: str) -> Sequence[int]:
        return []

    def recount(self, list_id: int) -> bool:
        return False

    def _count(self, list_id: int, change: int) -> None:
        self.stored[list_id] = replace(self.stored[list_id], size=self.stored[list_id].size + change)
