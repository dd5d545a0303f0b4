"""Try an email out: send what is live or drafted of it to a few people, as it would be sent, but marked, and counted nowhere."""

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
from functions.steps.emails.preview import PreviewData, Previews

RECIPIENTS_MAX = 10
SUBJECT_PREFIX = "[Test] "
HEADERS = (("X-Staffetta-Test", "true"),)


class SendTest(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    previews: Previews
    sends: Sends
    queue: SendQueue
    clock: Clock
    new_id: NewId

    def __call__(
        self, email_id: int, number: int, data: PreviewData, to: Sequence[Address], accepted_by: str
    ) -> list[Message]:
        """A message for each of `to`, each a send of its own. No consent is asked: the author says who gets it. Raises NotFound, and Rejected
        where the mail could not be made, before anything is sent.
        """
        revision, draft = self.previews.revision(email_id, number, sendable=True)
        properties = self.previews.properties(draft.sample, revision, data)
        trial = _marked(revision)
        sends = [self._send(trial, properties, address) for address in to]
        try:
            self.previews.composition(trial, sends[0]).mail(0)
        except PermanentFailure as error:
            raise Rejected([FieldError("content", error.reason, str(error.result))]) from error
        return [self._accepted(send, trial, accepted_by) for send in sends]

    def _send(self, trial: Revision, properties: SampleData, to: Address) -> Send:
        return Send(
            id=self.new_id(),
            email_id=trial.email_id,
            revision=trial.number,
            accepted_at=timestamps.iso(self.clock()),
            recipients=(SendRecipient(RecipientRole.TO, to),),
            contact=properties.contact,
            custom=properties.custom,
            headers=HEADERS,
            test_revision=trial,
        )

    def _accepted(self, send: Send, trial: Revision, accepted_by: str) -> Message:
        """Its id is new, so it is nobody's repeat."""
        message = Message(
            key=MessageKey(send.id, 0),
            email_id=send.email_id,
            address=send.recipients[0].address.email,
            role=RecipientRole.TO,
            state=State.QUEUED,
            accepted_at=send.accepted_at,
            subscription=trial.subscription,
            revision=trial.number,
            accepted_by=accepted_by,
            is_test=True,
        )
        self.sends.create([message])
        try:
            self.queue.enqueue(send)
        except BaseException:
            self.sends.rollback([message])  # the caller hears an error, so nothing may have been accepted
            raise
        return message


def _marked(revision: Revision) -> Revision:
    """In every language. An email's id and its subscription type stay, so the mail takes the way that a real one would."""
    variants = {language: _with_mark(content) for language, content in revision.variants.items()}
    return replace(revision, content=_with_mark(revision.content), variants=variants)


def _with_mark(content: EmailBody) -> EmailBody:
    return replace(content, subject=SUBJECT_PREFIX + content.subject)
