"""Resend a mail to its recipient: a new send with the values, the revision and the language of the first one."""

from __future__ import annotations

from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.core.contacts.subscriptions import consent
from functions.core.emails.email import AUTOMATION, Email
from functions.core.errors import Conflict
from functions.core.outcomes import Refusal
from functions.core.sending.send import Message, MessageKey, RecipientRole, Send, SendRecipient, State
from functions.core.sending.sent_content import SentContent
from functions.ports import Clock, NewId
from functions.ports.contacts import Contacts, SubscriptionTypes
from functions.ports.emails import Emails
from functions.ports.sending import SendQueue, Sends
from functions.steps.sending.check_pause import CheckPause
from functions.steps.sending.rebuild_mail import RebuildMail


class ResendMail(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    rebuild: RebuildMail
    sends: Sends
    emails: Emails
    contacts: Contacts
    subscription_types: SubscriptionTypes
    pauses: CheckPause
    queue: SendQueue
    clock: Clock
    new_id: NewId

    def __call__(self, key: MessageKey, actor: Actor, idempotency_key: str = "") -> Message:
        """Returns the new message. The same idempotency key sends once. Raises Forbidden, NotFound if what was sent is not stored, and
        Conflict if it must not be sent now.
        """
        actor.require(TRANSACTIONAL_EMAIL)
        mail = self.rebuild(key)
        if mail.content.attachments:
            names = ", ".join(one.filename for one in mail.content.attachments)
            raise Conflict(
                f"the mail had attachments, which are not stored ({names}): send it again with a new request"
            )
        email = self.emails.get(mail.message.email_id)
        if email is None or not email.sendable_as(AUTOMATION):
            raise Conflict(f"email {mail.message.email_id} is not published any more, so its mails are not sent again")
        if refused := self._refusal(email, mail.message.address):
            raise Conflict(f"{refused.result}: {refused.reason}")
        send = self._send(mail.content, key, idempotency_key)
        return self._accept(send, mail.message, actor.key_id or actor.name)

    def _refusal(self, email: Email, address: str) -> Refusal | None:
        return (
            self.pauses.check_on_accept(email)
            or consent.type_refusal(email.subscription, self.subscription_types.get(email.subscription))
            or consent.refusal(email.subscription, self.contacts.get(address))
        )

    def _send(self, content: SentContent, key: MessageKey, idempotency_key: str) -> Send:
        first = content.send
        repeated = f"resend/{key.send_id}/{key.recipient}/{idempotency_key}"
        return Send(
            id=ids.for_send_id(repeated) if idempotency_key else self.new_id(),
            email_id=first.email_id,
            revision=first.revision,
            accepted_at=timestamps.iso(self.clock()),
            recipients=(SendRecipient(RecipientRole.TO, first.recipients[key.recipient].address),),
            sender=first.sender,
            reply_to=first.reply_to,
            contact=content.contact,
            custom=first.custom,
            headers=first.headers,
            tags=first.tags,
            resend_of=key.send_id,
        )

    def _accept(self, send: Send, first: Message, accepted_by: str) -> Message:
        message = Message(
            key=MessageKey(send.id, 0),
            email_id=send.email_id,
            address=first.address,
            role=RecipientRole.TO,
            state=State.QUEUED,
            accepted_at=send.accepted_at,
            revision=send.revision,
            subscription=first.subscription,
            accepted_by=accepted_by,
            tags=send.tags,
            resend_of=send.resend_of,
        )
        if not self.sends.create([message]):
            return self.sends.get(message.key) or message
        try:
            self.queue.enqueue(send)
        except BaseException:
            self.sends.rollback([message])  # the caller gets an error, so the send must not exist
            raise
        return message
