"""Deliver: hand each message of a send to SES, once.

SendAttempts claims each message before SES is called. A message whose outcome is open returns to the queue with its send.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.contacts.contact import Contact
from functions.core.contacts.subscriptions import consent
from functions.core.emails.email import TRANSACTIONAL, Revision
from functions.core.errors import Deferred, PermanentFailure, Retry
from functions.core.outcomes import Refusal, SendResult
from functions.core.sending import lifecycle, max_delivery_time
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, MessageKey, Send, without_content
from functions.core.templates import rendering
from functions.core.templates.rendering import Compiled
from functions.steps.sending import create_upload
from functions.steps.sending.build_mail import MailBuilder, contact_properties

if TYPE_CHECKING:
    from functions.ports import Clock, NewSecret
    from functions.ports.contacts import Contacts
    from functions.ports.emails import Emails
    from functions.ports.sending import OutgoingMail, SendQueue, Sends, Uploads
    from functions.steps.sending.attempts import SendAttempts
    from functions.steps.sending.check_pause import CheckPause
    from functions.steps.sending.store_content import DatedContent, StoreContent
    from functions.steps.templates.site_settings import SiteVariables

BATCH_ID_LENGTH = 12  # characters of 6 random bits each: batches never share an id
REVISIONS_CACHED = 256  # per worker: some 50 KB each
READ_SECONDS = 0.2  # for which what was read of a contact is used: its threads begin at once
THROTTLE_SECONDS = 2
DELAY_MAX_SECONDS = 900  # SQS's
EXPIRED = "it waited longer than its maxDeliverySeconds, so it was not sent"

Templates = Callable[[int, int], Compiled]


def template_cache(emails: Emails) -> Templates:
    """Compiles each revision once per worker: (email id, revision number) never names other content."""

    @functools.lru_cache(REVISIONS_CACHED)
    def compiled(email_id: int, number: int) -> Compiled:
        return rendering.compiled(emails.revision(email_id, number))

    return compiled


class SendBatch(Struct):
    """What several sends share, to make fewer calls. Threads may share it."""

    contacts: Mapping[str, Contact]  # as they were at the beginning, by their addresses in lower case
    read_until: float  # from then on, a contact is read again: it may have been erased
    id: str  # with which the messages find what was sent
    contents: list[DatedContent] = field(default_factory=list)  # what was sent so far


class DeliverSend(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    contacts: Contacts
    templates: Templates
    pauses: CheckPause
    attempts: SendAttempts
    queue: SendQueue
    uploads: Uploads
    store_content: StoreContent
    clock: Clock
    new_secret: NewSecret
    public_url: str
    site: SiteVariables
    max_receives: int

    def begin(self, sends: Iterable[Send]) -> SendBatch:
        """Reads the contacts of several sends at once. Raises the errors of the store."""
        emails = [_to(send) for send in sends if not send.test_revision]
        batch_id = self.new_secret()[:BATCH_ID_LENGTH]
        return SendBatch(self.contacts.read_all(emails), self.clock() + READ_SECONDS, batch_id)

    def end(self, batch: SendBatch) -> None:
        """Stores what was sent. Raises the errors of the store, and the mails are sent then, too."""
        self.store_content.store_all(batch.contents, batch.id)

    def __call__(self, send: Send, receives: int, batch: SendBatch | None = None) -> float:
        """Returns once every message of the send is settled, or the send is queued again. Returns for how many seconds it has waited
        by then, 0 if it is settled. Raises Retry to be called again later. `receives` counts how often this copy of the send has been
        received. The caller ends the batch after its last send.
        """
        waited = self._work(send, receives, batch)
        if send.sensitive and send.stored and not self._unsettled(send):
            self.queue.save_scheduled(without_content(send))  # a late copy in the queue must still find a payload
        return waited

    def _work(self, send: Send, receives: int, batch: SendBatch | None) -> float:
        if send.attempts + receives > self.max_receives:
            self._give_up(send)
            return 0
        if max_delivery_time.is_over(send.expires_at, self.clock()):
            self._end(send, Transition.REFUSE, Refusal(SendResult.UNDELIVERABLE, EXPIRED))
            return 0
        contact = self._contact(send, batch)
        try:
            template = (
                rendering.compiled(send.test_revision)
                if send.test_revision
                else self.templates(send.email_id, send.revision)
            )
            if contact and (refused := consent.refusal(template.revision.subscription, contact)):
                self._end(send, Transition.REFUSE, refused)
                return 0
            if paused := self._paused(send, template.revision):
                # An operator who resumes the email can redrive the dead letter.
                self._end(send, Transition.REFUSE, paused, dead_letter_reason=paused.reason)
                return 0
            builder = self._builder(send, template, contact)
            build = builder.from_template()
        except PermanentFailure as refusal:
            self._end(send, Transition.REFUSE, refusal, dead_letter_reason=str(refusal))
            return 0
        sent: dict[int, OutgoingMail] = {}
        content_batch = batch.id if batch and self.store_content.stores(send) else ""
        keys = self._deliverable(send, template.revision)
        try:
            return self._send_all(send, receives, keys, build, sent, content_batch)
        finally:
            self.store_content(builder, sent, batch.contents if batch else None)

    def _paused(self, send: Send, revision: Revision) -> Refusal | None:
        return None if send.test_revision else self.pauses.check_on_delivery(send.email_id, revision.subscription)

    def _contact(self, send: Send, batch: SendBatch | None) -> Contact | None:
        """A test send creates no contact: its author chooses the recipients, and its properties are sample data. A sensitive send stores no
        property. A resend has those of an earlier day.
        """
        if send.test_revision:
            return None
        properties = {} if send.sensitive or send.resend_of else send.contact
        read = batch.contacts if batch and self.clock() < batch.read_until else None
        return self.contacts.upsert(_to(send), properties, send.accepted_at, read)

    def _builder(self, send: Send, template: Compiled, contact: Contact | None) -> MailBuilder:
        return MailBuilder(
            send=create_upload.with_content(send, self.uploads),
            template=template,
            contact=contact_properties(contact, send),
            now=self.clock(),
            public_url=self.public_url,
            site=self.site,
            site_values=self.site.values(template),
            new_secret=self.new_secret,
            has_web_versions=self.store_content.is_on,
        )

    def _deliverable(self, send: Send, revision: Revision) -> Iterator[MessageKey]:
        """Yields the messages to send. A cc or bcc without consent is refused by itself."""
        for key in _keys(send):
            refusal = self._consent_refusal(send, key, revision.subscription) if key.recipient else None
            if refusal:
                self._settle(key, Transition.REFUSE, refusal)
            else:
                yield key

    def _consent_refusal(self, send: Send, key: MessageKey, subscription: str) -> Refusal | None:
        if subscription == TRANSACTIONAL:  # it needs no consent
            return None
        return consent.refusal(subscription, self.contacts.get(send.recipients[key.recipient].address.email))

    def _send_all(
        self,
        send: Send,
        receives: int,
        keys: Iterable[MessageKey],
        build: Callable[[int], OutgoingMail],
        sent: dict[int, OutgoingMail],
        content_batch: str,
    ) -> float:
        """Adds the mails that SES accepts to `sent`, by their recipient's number."""
        waiting: list[Retry] = []
        for key in keys:
            try:
                mail = build(key.recipient)
                if self._deliver(key, mail, content_batch):
                    sent[key.recipient] = mail
            except Retry as retry:
                waiting.append(retry)
            except PermanentFailure as refusal:
                self._dead_letter(send, f"{send.recipients[key.recipient].address.email}: {refusal}")
                self._settle(key, Transition.REFUSE, refusal)
        failed = [retry for retry in waiting if not isinstance(retry, Deferred)]
        if failed:
            raise failed[0]
        if not waiting:
            return 0
        # SQS counts the receives of a fresh copy from zero, so a throttle costs the send no attempt.
        delay = min(max(retry.after_seconds for retry in waiting), DELAY_MAX_SECONDS)
        since = send.waiting_since or self.clock()
        self.queue.enqueue(
            replace(send, attempts=send.attempts + receives - 1, waiting_since=since),
            delay_seconds=delay or THROTTLE_SECONDS,
        )
        return self.clock() - since

    def _deliver(self, key: MessageKey, mail: OutgoingMail, content_batch: str) -> bool:
        """Returns whether SES accepted the mail now. Raises Retry, or PermanentFailure."""
        attempt = self.attempts.claim(key, mail.unsubscribe_id, content_batch)
        if attempt is None:
            return False
        ses_message_id = self.attempts.send(key, attempt, mail)
        self.sends.settle(key, Transition.SEND, now=self.clock(), result=SendResult.SENT, ses_message_id=ses_message_id)
        return True

    def _give_up(self, send: Send) -> None:
        reasons = (message.reason for message in self._unsettled(send) if message.reason)
        last = next(reasons, "the worker ended without an answer")
        reason = f"given up after {self.max_receives} attempts; the last one: {last}"
        self._end(send, Transition.GIVE_UP, Refusal(SendResult.UNDELIVERABLE, reason), dead_letter_reason=reason)

    def _unsettled(self, send: Send) -> list[Message]:
        """Returns nothing for a send that is canceled, or that another copy in the queue has settled."""
        messages = [self.sends.get(key) for key in _keys(send)]
        return [message for message in messages if message and message.state not in lifecycle.FINAL]

    def _end(
        self,
        send: Send,
        transition: Transition,
        refusal: Refusal | PermanentFailure,
        *,
        dead_letter_reason: str = "",
    ) -> None:
        unsettled = self._unsettled(send)
        if unsettled and dead_letter_reason:
            self._dead_letter(send, dead_letter_reason)
        for message in unsettled:
            self._settle(message.key, transition, refusal)

    def _dead_letter(self, send: Send, reason: str) -> None:
        """A sensitive send has none: it would store the content, and a late code is of no use."""
        if not send.sensitive:
            self.queue.dead_letter(send, reason)

    def _settle(self, key: MessageKey, transition: Transition, refusal: Refusal | PermanentFailure) -> None:
        self.sends.settle(key, transition, now=self.clock(), result=refusal.result, reason=refusal.reason)


def _to(send: Send) -> str:
    return send.recipients[0].address.email


def _keys(send: Send) -> list[MessageKey]:
    return [MessageKey(send.id, number) for number in range(len(send.recipients))]
