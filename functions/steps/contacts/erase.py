"""Erase: forget one person. Their messages are nobody's, what was still to be sent to them is canceled, their contact is gone, and so are
their events in the archive. The counters stay as they are, since an erased message counts what it counted.

Asking is one write. The work is done in parts, each of which may be done again: by the sweeper, or by the `staffetta` command at once.
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
from functions.steps.sending.schedule import SOON_SECONDS

TOGETHER = 25  # messages that are looked at before the time is
SAVED_EVERY = 50  # batches of the archive that a crash makes us look through again
CANCELED = "canceled: its recipient asked to be forgotten"


class EraseContact(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    orders: ErasureRequests
    messages: MessageIndex
    sends: Sends
    kept: ScheduledPayloads
    contacts: Contacts
    archive: EventArchive
    audit_log: AuditLog
    clock: Clock

    def request(self, address: str, by: str, key_id: str = "") -> ErasureRequest:
        """Of an address that is being erased already, how far that is."""
        order = ErasureRequest(address=address.lower(), asked_at=timestamps.iso(self.clock()), by=by, key_id=key_id)
        stored = self.orders.add(order)
        self.audit_log(AuditAction.ERASURE_ASKED, by, ids.address_hash(address), key_id=key_id)
        return stored

    def __call__(self, until: float) -> list[ErasureRequest]:
        """Work on what was asked for until a time, the oldest first; those that are done now."""
        return [done for order in self.orders.all() if self.clock() < until and (done := self._erase(order, until))]

    def _erase(self, order: ErasureRequest, until: float) -> ErasureRequest | None:
        """None where something is left: time ran out, or a worker is sending to the person just now."""
        while messages := self.messages.by_recipient(order.address, order.asked_at, TOGETHER):
            before = order
            for message in messages:
                order = self._anonymise_message(order, message)
            self.orders.save(order)
            if order == before or self.clock() >= until:
                return None
        if not order.scanned:  # later it may be the contact of a new customer
            self.contacts.erase(order.address, order.asked_at)
        return self._erase_from_archive(order, until)

    def _anonymise_message(self, order: ErasureRequest, message: Message) -> ErasureRequest:
        if message.state not in FINAL:
            return replace(order, canceled=order.canceled + self._cancel(message))
        if message.role is RecipientRole.TO and not self._may_be_queued(message):
            self.kept.delete(message.key.send_id)
        forgotten = self.sends.replace(message, anonymous(message))
        return replace(order, messages=order.messages + forgotten)

    def _cancel(self, message: Message) -> int:
        """A mail to the person goes to nobody: not to its cc either. One to somebody else loses this recipient only."""
        waiting = self.sends.messages(message.key.send_id) if message.role is RecipientRole.TO else [message]
        canceled = [
            one for one in waiting if self.sends.settle(one.key, Transition.CANCEL, now=self.clock(), reason=CANCELED)
        ]
        return len(canceled)

    def _may_be_queued(self, message: Message) -> bool:
        """Whether the queue may still name what is kept of a canceled send, and a worker would look for it. It is gone after 14 days."""
        soon = timestamps.iso(self.clock() + SOON_SECONDS)
        return message.state is State.CANCELED and not (message.due_at and message.due_at > soon)

    def _erase_from_archive(self, order: ErasureRequest, until: float) -> ErasureRequest | None:
        """The archive outlives the messages, so all of it is looked through."""
        without = partial(event_erasure.without, address=order.address)
        for number, batch in enumerate(self.archive.batches(order.scanned), 1):
            changed = self.archive.redact(batch, without)
            order = replace(order, scanned=batch, events=order.events + changed)
            late = self.clock() >= until
            if late or number % SAVED_EVERY == 0:
                self.orders.save(order)
            if late:
                return None
        self.audit_log(
            AuditAction.ERASED,
            order.by,
            ids.address_hash(order.address),
            key_id=order.key_id,
            asked_at=order.asked_at,
            messages=order.messages,
            canceled=order.canceled,
            events=order.events,
        )
        self.orders.remove(order)
        return order
