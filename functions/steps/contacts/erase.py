"""Erase one person: anonymise their messages, cancel their pending sends, and delete their contact and their events in the archive. The
counters stay as they are, since an erased message still counts.

A request is one write. The work is done in parts, and each part may be repeated: by the sweeper, or by the `staffetta` command at once.
The archive is long, so one scan of it serves all requests that are ready when it begins. Later ones are in the next scan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.broadcasts.broadcast import page_of
from functions.core.contacts import event_erasure
from functions.core.contacts.erasure import anonymous
from functions.core.errors import NotFound, Retry
from functions.core.sending.lifecycle import FINAL, Transition
from functions.core.sending.send import Message, RecipientRole, State
from functions.ports import Clock
from functions.ports.automations import Runs
from functions.ports.broadcasts import Broadcasts
from functions.ports.contacts import ArchiveScan, Contacts, ErasureRequest, ErasureRequests, ListMembers
from functions.ports.events import EventArchive
from functions.ports.sending import MessageIndex, ScheduledPayloads, Sends, SentContents
from functions.steps.access.audit import AuditLog
from functions.steps.contacts import persons
from functions.steps.contacts.broadcast_audiences import erase_from_audiences, erase_from_checks
from functions.steps.sending.enqueue_due import SOON_SECONDS

MESSAGE_BATCH = 25  # messages between two looks at the clock
REQUESTS_MAX = 500  # of one scan of the archive: the next scan serves later ones
SAVE_EVERY = 50  # batches of the archive, which a crash makes us read again
CANCELED = "canceled: its recipient requested erasure"


class EraseContact(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    requests: ErasureRequests
    messages: MessageIndex
    sends: Sends
    payloads: ScheduledPayloads
    contents: SentContents
    contacts: Contacts
    members: ListMembers
    runs: Runs
    broadcasts: Broadcasts
    archive: EventArchive
    audit_log: AuditLog
    clock: Clock
    lease_seconds: int  # within which a worker has done with what it read

    def request(self, address: str, by: Actor) -> ErasureRequest:
        """If erasure is already running, returns its progress. Raises NotFound if neither a contact nor a message has the address."""
        by.require(ACCOUNT, CONTACT_DATA)
        now = timestamps.iso(self.clock())
        new = ErasureRequest(address=address.lower(), asked_at=now, by=by.name, key_id=by.key_id)
        if not self._is_stored(new):
            raise NotFound(f"nothing is stored of {new.address!r}: there is no contact and no message of this address")
        for request in (replace(new, address=one) for one in self._addresses(new.address)):
            self.requests.add(request)
            self.audit_log(AuditAction.ERASURE_ASKED, by, ids.address_hash(request.address))
        return self.requests.get(new.address) or new

    def _addresses(self, address: str) -> list[str]:
        """Returns every address of the person: contacts that were merged are one person."""
        contact = self.contacts.get(address)
        chain = [contact, *persons.later(self.contacts, contact)] if contact else []
        return list(dict.fromkeys([address, *(email for one in chain for email in (one.email, *one.merged))]))

    def _is_stored(self, request: ErasureRequest) -> bool:
        """A cc recipient has messages and no contact. An erased contact has its unsubscriptions only."""
        contact = self.contacts.get(request.address)
        return bool(
            (contact and contact.is_stored)
            or self.requests.get(request.address)
            or self.messages.by_recipient(request.address, request.asked_at, 1)
        )

    def __call__(self, until: float) -> list[ErasureRequest]:
        """Works on the requests until a time, the oldest first, and returns the ones that are done."""
        for request in self.requests.all():
            if self.clock() >= until:
                return []
            if not request.ready:
                self._erase(request, until)
        return self._scan_archive(until)

    def _erase(self, request: ErasureRequest, until: float) -> None:
        """Makes the request ready. Returns early if time runs out, or a worker is sending to the person, reading an audience or changing
        the contact just now.
        """
        erased = request if request.contact_erased_at else self._erase_contact(request, until)
        if erased is None or self._may_be_mailed(erased):
            return
        if done := self._anonymise(erased, until):
            self.requests.save(replace(done, ready=True))

    def _erase_contact(self, request: ErasureRequest, until: float) -> ErasureRequest | None:
        """Erases the messages until now, and then the contact. Returns None if it has to be repeated."""
        self.runs.erase(request.address)
        request_now = self._anonymise(request, until)
        if request_now is None:
            return None
        try:
            erase_from_audiences(self.broadcasts, request.address)
            self.contacts.erase(request.address, request.asked_at)
            self.runs.erase(request.address)  # again: a worker that read the contact may have stored one
            for membership in self.members.of(request.address):  # a list that is evaluated takes who is a contact
                self.members.remove(membership.list_id, [request.address])
            erase_from_checks(self.broadcasts, request.address)
        except Retry:
            return None
        erased = replace(request_now, contact_erased_at=timestamps.iso(self.clock()))
        self.requests.save(erased)  # from now on it may be the contact of a new customer
        return erased

    def _may_be_mailed(self, request: ErasureRequest) -> bool:
        """Returns whether the worker of a page may still have the contact as it was."""
        erased_at = timestamps.parse(request.contact_erased_at)
        if self.clock() >= erased_at + self.lease_seconds:
            return False
        earliest = timestamps.iso(erased_at - self.lease_seconds)
        return any(one.created_at <= request.asked_at and one.may_send_since(earliest) for one in self.broadcasts.all())

    def _anonymise(self, request: ErasureRequest, until: float) -> ErasureRequest | None:
        """Returns the request with its progress, or None if a message is left."""
        while messages := self._next_messages(request):
            before = request
            for message in messages:
                request = self._anonymise_message(request, message)
            self.requests.save(request)
            if request == before or self.clock() >= until:
                return None
        return request

    def _next_messages(self, request: ErasureRequest) -> list[Message]:
        earlier = self.messages.by_recipient(request.address, request.asked_at, MESSAGE_BATCH)
        return earlier or list(islice(self._planned(request), MESSAGE_BATCH))

    def _planned(self, request: ErasureRequest) -> Iterator[Message]:
        """Yields the messages after the request that a broadcast or an automation from before it sent. A caller's send stays: it may be to
        a new customer.
        """
        listed = self.messages.of_address(request.address, request.asked_at, timestamps.iso(self.clock()))
        while some := list(islice(listed, MESSAGE_BATCH)):
            for message in self.messages.read(some):
                if message.address == request.address and self._was_planned(message, request):
                    yield message

    def _was_planned(self, message: Message, request: ErasureRequest) -> bool:
        if not message.broadcast:
            return message.is_automated
        broadcast = self.broadcasts.get(page_of(message.broadcast)[0])
        return broadcast is not None and broadcast.created_at <= request.asked_at

    def _anonymise_message(self, request: ErasureRequest, message: Message) -> ErasureRequest:
        if message.state not in FINAL:
            return replace(request, canceled=request.canceled + self._cancel(message))
        if message.role is RecipientRole.TO and not self._may_be_queued(message):
            self.payloads.delete(message.key.send_id)
        self.contents.delete(message.key.send_id, self._content_batches(message))
        anonymised = self.sends.replace(message, anonymous(message))
        return replace(request, messages=request.messages + anonymised)

    def _content_batches(self, message: Message) -> set[str]:
        """Returns the batches of all recipients of the send: the values that were sent to one may be another's."""
        messages = self.sends.messages(message.key.send_id) if message.recipients > 1 else [message]
        return {one.content_batch for one in messages if one.content_batch}

    def _cancel(self, message: Message) -> int:
        """Cancels the whole send if the person is its To. Otherwise only this recipient is canceled."""
        waiting = self.sends.messages(message.key.send_id) if message.role is RecipientRole.TO else [message]
        canceled = [
            one for one in waiting if self.sends.settle(one.key, Transition.CANCEL, now=self.clock(), reason=CANCELED)
        ]
        return len(canceled)

    def _may_be_queued(self, message: Message) -> bool:
        """Returns whether a copy in the queue may still name the payload of a canceled send. The payload expires after 14 days."""
        soon = timestamps.iso(self.clock() + SOON_SECONDS)
        return message.state is State.CANCELED and not (message.due_at and message.due_at > soon)

    def _scan_archive(self, until: float) -> list[ErasureRequest]:
        """Scans the whole archive, since it outlives the messages. Returns the requests that are done."""
        scan, requests = self._current_scan()
        people = {request.address: request for request in requests}
        events: Counter[str] = Counter()
        if not people or self.clock() >= until:
            return []
        without = partial(event_erasure.without_all, addresses=people.keys(), erased=lambda one: events.update([one]))
        for number, batch in enumerate(self.archive.batches(scan.position), 1):
            self.archive.redact(batch, without)
            scan = replace(scan, position=batch)
            late = self.clock() >= until
            if (late or number % SAVE_EVERY == 0) and not self._save_progress(scan, people, events):
                return []
            if late:
                return []
        return self._finish(people.values(), until) if self._save_progress(scan, people, events) else []

    def _current_scan(self) -> tuple[ArchiveScan, Sequence[ErasureRequest]]:
        """Returns the scan that is under way and its requests. Begins one with all that are ready if none is."""
        scan = self.requests.scan()
        ready = [request for request in self.requests.all() if request.ready]
        members = [request for request in ready if request.scan and request.scan == scan.number]
        if members or not ready:
            return scan, members
        begun = ArchiveScan(scan.number + 1)
        if not self.requests.save_scan(begun, scan.number):
            return scan, []
        members = [replace(request, scan=begun.number) for request in ready[:REQUESTS_MAX]]
        for request in members:
            self.requests.save(request)
        return begun, members

    def _save_progress(self, scan: ArchiveScan, people: dict[str, ErasureRequest], events: Counter[str]) -> bool:
        """Returns False if another worker has finished this scan."""
        for address, number in events.items():
            people[address] = replace(people[address], events=people[address].events + number)
            self.requests.save(people[address])
        events.clear()
        return self.requests.save_scan(scan, scan.number)

    def _finish(self, requests: Iterable[ErasureRequest], until: float) -> list[ErasureRequest]:
        """Returns the requests that it finished by a time. The scan has no batch left, so the next sweep finishes the others."""
        done: list[ErasureRequest] = []
        for request in requests:
            if done and self.clock() >= until:
                break
            done.append(request)
            self.audit_log(
                AuditAction.ERASED,
                Actor(request.by, key_id=request.key_id),
                ids.address_hash(request.address),
                asked_at=request.asked_at,
                messages=request.messages,
                canceled=request.canceled,
                events=request.events,
            )
            self.requests.remove(request)
        return done
