"""Send a test: one revision or the draft of an email to a few people, marked as a test and counted nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.addresses import Address
from functions.core.emails.email import EmailBody, Revision, SampleData
from functions.core.errors import FieldError, PermanentFailure, Rejected
from functions.core.sending.send import Message, MessageKey, RecipientRole, Send, SendRecipient, State
from functions.ports import Clock, NewId
from functions.ports.sending import SendQueue, Sends
from functions.steps.emails.preview import PreviewData, PreviewEmail

RECIPIENTS_MAX = 10
SUBJECT_PREFIX = "[Test] "
HEADERS = (("X-Staffetta-Test", "true"),)


class SendTest(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    preview: PreviewEmail
    sends: Sends
    queue: SendQueue
    clock: Clock
    new_id: NewId

    def __call__(
        self, email_id: int, number: int, data: PreviewData, to: Sequence[Address], accepted_by: str
    ) -> list[Message]:
        """Returns a message for each of `to`, each a send of its own. Consent is not checked: the author chooses the recipients. Raises
        NotFound, and Rejected if the mail cannot be built, before any is sent.
        """
        revision, draft = self.preview.revision(email_id, number, sendable=True)
        properties = self.preview.properties(draft.sample, revision, data)
        test = _marked(revision)
        sends = [self._send(test, properties, address) for address in to]
        try:
            self.preview.builder(test, sends[0]).mail(0)
        except PermanentFailure as error:
            raise Rejected([FieldError("content", error.reason, str(error.result))]) from error
        return [self._accept(send, test, accepted_by) for send in sends]

    def _send(self, test: Revision, properties: SampleData, to: Address) -> Send:
        return Send(
            id=self.new_id(),
            email_id=test.email_id,
            revision=test.number,
            accepted_at=timestamps.iso(self.clock()),
            recipients=(SendRecipient(RecipientRole.TO, to),),
            contact=properties.contact,
            custom=properties.custom,
            headers=HEADERS,
            sensitive=test.sensitive,
            test_revision=test,
        )

    def _accept(self, send: Send, test: Revision, accepted_by: str) -> Message:
        """Stores and queues a test send. Its id is new, so it cannot be a duplicate."""
        message = Message(
            key=MessageKey(send.id, 0),
            email_id=send.email_id,
            address=send.recipients[0].address.email,
            role=RecipientRole.TO,
            state=State.QUEUED,
            accepted_at=send.accepted_at,
            subscription=test.subscription,
            revision=test.number,
            accepted_by=accepted_by,
            is_test=True,
        )
        self.sends.create([message])
        try:
            self.queue.enqueue(send)
        except BaseException:
            self.sends.rollback([message])  # the caller gets an error, so the send must not exist
            raise
        return message


def _marked(revision: Revision) -> Revision:
    """Marks the subject in every language. The email's id and subscription type stay, so the mail takes the way of every send."""
    variants = {language: _with_mark(content) for language, content in revision.variants.items()}
    return replace(revision, content=_with_mark(revision.content), variants=variants)


def _with_mark(content: EmailBody) -> EmailBody:
    return replace(content, subject=SUBJECT_PREFIX + content.subject)
