"""Erase one person: anonymise their messages, cancel their pending sends, and delete their contact and their events in the archive. The
counters stay as they are, since an erased message still counts.

A request is one write. The work is done in parts, and each part may be repeated: by the sweeper, or by the `staffetta` command at once.
"""

from __future__ import annotations

from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.access.audit import AuditAction
from functions.core.contacts import event_erasure
from functions.core.contacts.erasure import anonymous
from functions.core.sending.lifecycle import FINAL, Transition
from functions.core.sending.send import Message, RecipientRole, State
from functions.ports import Clock
from functions.ports.contacts import Contacts, ErasureRequest, ErasureRequests
from functions.ports.events import EventArchive
from functions.ports.sending import MessageIndex, ScheduledPayloads, Sends
from functions.steps.access.audit import AuditLog
from functions.steps.sending.enqueue_due import SOON_SECONDS

MESSAGE_BATCH = 25  # messages between two looks at the clock
SAVE_EVERY = 50  # batches of the archive, which a crash makes us read again
CANCELED = "canceled: its recipient requested erasure"


class EraseContact(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    requests: ErasureRequests
    messages: MessageIndex
    sends: Sends
    payloads: ScheduledPayloads
    contacts: Contacts
    archive: EventArchive
    audit_log: AuditLog
    clock: Clock

    def request(self, address: str, by: str, key_id: str = "") -> ErasureRequest:
        """If erasure is already running, returns its progress."""
        new = ErasureRequest(address=address.lower(), asked_at=timestamps.iso(self.clock()), by=by, key_id=key_id)
        stored = self.requests.add(new)
        self.audit_log(AuditAction.ERASURE_ASKED, by, ids.address_hash(address), key_id=key_id)
        return stored

    def __call__(self, until: float) -> list[ErasureRequest]:
        """Works on the requests until a time, the oldest first, and returns the ones that are done."""
        return [done for one in self.requests.all() if self.clock() < until and (done := self._erase(one, until))]

    def _erase(self, request: ErasureRequest, until: float) -> ErasureRequest | None:
        """Returns None if work is left: time ran out, or a worker is sending to the person just now."""
        while messages := self.messages.by_recipient(request.address, request.asked_at, MESSAGE_BATCH):
            before = request
            for message in messages:
                request = self._anonymise_message(request, message)
            self.requests.save(request)
            if request == before or self.clock() >= until:
                return None
        if not request.scanned:  # later it may be the contact of a new customer
            self.contacts.erase(request.address, request.asked_at)
        return self._erase_from_archive(request, until)

    def _anonymise_message(self, request: ErasureRequest, message: Message) -> ErasureRequest:
        if message.state not in FINAL:
            return replace(request, canceled=request.canceled + self._cancel(message))
        if message.role is RecipientRole.TO and not self._may_be_queued(message):
            self.payloads.delete(message.key.send_id)
        anonymised = self.sends.replace(message, anonymous(message))
        return replace(request, messages=request.messages + anonymised)

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

    def _erase_from_archive(self, request: ErasureRequest, until: float) -> ErasureRequest | None:
        """Scans the whole archive, since it outlives the messages."""
        without = partial(event_erasure.without, address=request.address)
        for number, batch in enumerate(self.archive.batches(request.scanned), 1):
            changed = self.archive.redact(batch, without)
            request = replace(request, scanned=batch, events=request.events + changed)
            late = self.clock() >= until
            if late or number % SAVE_EVERY == 0:
                self.requests.save(request)
            if late:
                return None
        self.audit_log(
            AuditAction.ERASED,
            request.by,
            ids.address_hash(request.address),
            key_id=request.key_id,
            asked_at=request.asked_at,
            messages=request.messages,
            canceled=request.canceled,
            events=request.events,
        )
        self.requests.remove(request)
        return request
