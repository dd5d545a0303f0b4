"""Send a page of a broadcast: give each recipient one turn, and then wait until each message has its outcome.

One conditional write accepts a recipient's message and claims it. If SES takes the mail, nothing more is written: SES's Send event settles
the message. A page reads its messages again until all are settled, so a worker that dies costs no mail, and sends none twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, auto
from typing import Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import addresses, ids, timestamps
from functions.core.addresses import Address
from functions.core.broadcasts import lifecycle as broadcast_lifecycle
from functions.core.broadcasts.broadcast import (
    Broadcast,
    BroadcastPage,
    PageOutcome,
    PageState,
    Recipient,
    place,
)
from functions.core.broadcasts.jobs import PageJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.contacts.contact import Contact
from functions.core.contacts.subscriptions import consent
from functions.core.emails.email import TRANSACTIONAL
from functions.core.errors import Leased, OutcomeUnknown, PermanentFailure, Retry, Throttled
from functions.core.outcomes import Refusal, SendResult
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import ERASED, Message, MessageKey, RecipientRole, Send, SendRecipient, State
from functions.core.sending.tags import BROADCAST_TAG
from functions.core.statistics import periods
from functions.core.templates.hubl import variables
from functions.core.templates.rendering import Compiled
from functions.ports import Clock, NewSecret
from functions.ports.broadcasts import BroadcastFiles, BroadcastPages, BroadcastQueue, Broadcasts
from functions.ports.contacts import Contacts
from functions.ports.sending import MessageIndex, OutgoingMail, Sends
from functions.steps.broadcasts.page_outcomes import PageReading
from functions.steps.broadcasts.prepare import finish_if_done
from functions.steps.sending.attempts import SendAttempts
from functions.steps.sending.build_mail import MailBuilder, contact_properties
from functions.steps.sending.check_pause import CheckPause
from functions.steps.sending.deliver import Templates
from functions.steps.templates.site_settings import SiteVariables

CHUNK = 100  # recipients between two looks at the broadcast's state, and in one read of contacts
SETTLING_SECONDS = (10, 30, 60, 120, 300)  # until the outcomes are read again; the last one repeats
BACKOFF_SECONDS = (2, 10, 60, 300)  # after SES refused mail for now
THROTTLED_SECONDS = 5
REDRIVE_SECONDS = 900  # SQS's longest delay: until a redriven page looks again whether it may be sent

Run = Callable[[Callable[[int], "Turn"], Iterable[int]], Iterable["Turn"]]


class SendingRate(Protocol):
    def take(self, number: int) -> None:
        """Takes one mail's part of the quota. Raises Throttled."""


class Turn(Enum):
    HANDED = auto()  # its message has the rest of the story
    LATER = auto()  # SES's quota has no room
    AGAIN = auto()  # SES refused it for now


class SendPage(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. `run` may give several recipients their turn at once."""

    broadcasts: Broadcasts
    pages: BroadcastPages
    files: BroadcastFiles
    queue: BroadcastQueue
    sends: Sends
    messages: MessageIndex
    contacts: Contacts
    templates: Templates
    pauses: CheckPause
    rate: SendingRate
    attempts: SendAttempts
    clock: Clock
    new_secret: NewSecret
    public_url: str
    site: SiteVariables
    max_attempts: int
    run: Run = map

    def __call__(self, job: PageJob, until: float) -> None:
        """Works until the time is over, and then queues the rest of its work. A page of a paused broadcast is queued by its resumption."""
        broadcast = self.broadcasts.get(job.broadcast_id)
        page = self.pages.get(job.broadcast_id, job.number)
        if broadcast is None or page is None:
            return
        if (
            broadcast.state is BroadcastState.CANCELED
        ):  # also if the page is done: its worker may have sent mail after it was counted
            self._work(broadcast, page, replace(job, settling=max(1, job.settling)), until)
        elif page.state is PageState.DONE and not job.reopen:  # its worker may have died before it ended the broadcast
            finish_if_done(broadcast, self.broadcasts, self.pages, self.clock())
        elif broadcast.state is BroadcastState.PAUSED and job.reopen:  # no resumption queues a page that is done
            self.queue.enqueue(job, delay_seconds=REDRIVE_SECONDS)
        elif _may_send(job, broadcast.state):
            self._work(broadcast, page, job, until)

    def _work(self, broadcast: Broadcast, page: BroadcastPage, job: PageJob, until: float) -> None:
        try:
            recipients = self.files.read_page(broadcast.id, page.number)
        except LookupError:
            self._end_without_recipients(broadcast, page)
            return
        run = _PageRun(self, broadcast, page, recipients)
        if job.settling:
            self._settle(run, job, until)
        else:
            self._send(run, job, job.only or range(job.start, len(recipients)), until)

    def _end_without_recipients(self, broadcast: Broadcast, page: BroadcastPage) -> None:
        """Their time of storage is over, so no mail goes out. The messages of recipients who had a turn cannot be found by them, so these are not
        counted.
        """
        if page.state is PageState.DONE:  # the sums stay as they were
            return
        left = page.recipients - page.handed
        outcomes = {str(PageOutcome.CANCELED): left} if left else {}
        span = (page.first_at or periods.LAST, page.last_at or periods.FIRST)
        self.pages.finish(broadcast.id, page, outcomes, *span)
        finish_if_done(broadcast, self.broadcasts, self.pages, self.clock())

    def _send(self, run: _PageRun, job: PageJob, numbers: Sequence[int], until: float) -> None:
        broadcast, page = run.broadcast, run.page
        if paused := self.pauses.check_on_delivery(broadcast.email_id, broadcast.subscription):
            self.queue.dead_letter(replace(job, settling=1, start=0, only=()), paused.reason)
            return
        left: list[int] = []
        again: list[int] = []
        is_stopped = False
        began_at = timestamps.iso(self.clock())
        if job.reopen:  # an erasure waits for it, although the broadcast may be done
            self.broadcasts.edit(broadcast.id, lambda current: replace(current, redriven_at=began_at))
        for first in range(0, len(numbers), CHUNK):
            chunk = numbers[first : first + CHUNK]
            if self.clock() >= until or run.is_throttled or is_stopped:
                left += chunk
                continue
            if first and not _may_send(job, self._state(broadcast.id)):
                is_stopped = True
                left += chunk
                continue
            run.read_contacts(chunk)
            for number, turn in zip(chunk, self.run(run.turn, chunk), strict=True):
                if turn is not Turn.HANDED:
                    (left if turn is Turn.LATER else again).append(number)
        handed = len(run.recipients) - len(left) - len(again)
        self.pages.hand(broadcast.id, page, handed, began_at, timestamps.iso(self.clock()))
        if not is_stopped:
            self._continue(job, left, again, is_throttled=run.is_throttled)
        elif job.reopen or self._state(broadcast.id) is BroadcastState.CANCELED:
            self.queue.enqueue(replace(job, start=0, only=(), settling=1))

    def _continue(self, job: PageJob, left: Sequence[int], again: Sequence[int], *, is_throttled: bool) -> None:
        if not left and not again:
            self.queue.enqueue(
                replace(job, start=0, only=(), settling=1, attempts=0), delay_seconds=SETTLING_SECONDS[0]
            )
            return
        if again and job.attempts + 1 >= self.max_attempts:
            self.queue.enqueue(replace(job, start=0, only=(), settling=1))  # it gives up what failed too often
            return
        is_rest = not again and not job.only
        after = replace(
            job,
            start=left[0] if is_rest else 0,
            only=() if is_rest else tuple(sorted([*left, *again])),
            attempts=job.attempts + 1 if again else job.attempts,
        )
        delay = _step(BACKOFF_SECONDS, job.attempts) if again else 0
        self.queue.enqueue(after, delay_seconds=max(delay, THROTTLED_SECONDS if is_throttled else 0))

    def _settle(self, run: _PageRun, job: PageJob, until: float) -> None:
        broadcast, page = run.broadcast, run.page
        reading = PageReading(
            messages=self.messages,
            attempts=self.attempts,
            queue=self.queue,
            max_attempts=self.max_attempts,
            broadcast=broadcast,
            page=page,
            recipients=run.recipients,
            job=job,
        )
        unsent = reading.read()
        if reading.redrivable_at:
            delay = reading.redrivable_at - int(self.clock())
            self.queue.enqueue(job, delay_seconds=min(max(1, delay), REDRIVE_SECONDS))
        elif unsent and _may_send(job, broadcast.state):
            self._send(run, replace(job, settling=0, only=tuple(unsent), attempts=0), unsent, until)
        elif reading.waiting:
            delay = _step(SETTLING_SECONDS, job.settling)
            self.queue.enqueue(replace(job, settling=job.settling + 1, only=()), delay_seconds=delay)
        else:
            self.pages.finish(broadcast.id, page, reading.outcomes, *reading.span)
            current = self.broadcasts.get(broadcast.id)
            if current:
                finish_if_done(current, self.broadcasts, self.pages, self.clock())

    def _state(self, broadcast_id: str) -> BroadcastState:
        current = self.broadcasts.get(broadcast_id)
        return current.state if current else BroadcastState.CANCELED


def _may_send(job: PageJob, state: BroadcastState) -> bool:
    """The messages that an operator redrives are sent although the broadcast is done. No other job has them."""
    return state in broadcast_lifecycle.SENDS or (job.reopen and state is BroadcastState.DONE)


def _step(seconds: Sequence[int], number: int) -> int:
    return seconds[min(number, len(seconds) - 1)]


class _PageRun(Struct):
    """One worker's pass over a page. Its recipients may have their turns in several threads."""

    step: SendPage
    broadcast: Broadcast
    page: BroadcastPage
    recipients: Sequence[Recipient]
    is_throttled: bool = False
    contacts: Mapping[str, Contact] = field(default_factory=dict)

    def read_contacts(self, numbers: Sequence[int]) -> None:
        self.contacts = self.step.contacts.read_all([self.recipients[number].email for number in numbers])

    def turn(self, number: int) -> Turn:
        if self.is_throttled:
            return Turn.LATER
        recipient = self.recipients[number]
        message = self._message(recipient, number)
        try:
            mail = self._mail(message, recipient)
        except PermanentFailure as failure:
            return self._refuse(message, Refusal(failure.result, failure.reason))
        try:
            self.step.rate.take(number)
        except Throttled:
            self.is_throttled = True
            return Turn.LATER
        attempt = self._claim(replace(message, unsubscribe_id=mail.unsubscribe_id))
        return self._hand_over(message.key, attempt, mail) if attempt else Turn.HANDED

    def _mail(self, message: Message, recipient: Recipient) -> OutgoingMail:
        """Raises PermanentFailure, also if the recipient must get no mail."""
        contact = self.contacts.get(recipient.email.lower())
        template = self.step.templates(self.broadcast.email_id, self.broadcast.revision)
        custom = {**self.broadcast.custom, **recipient.custom}
        if refused := refusal(self.broadcast, template, recipient, contact, custom):
            raise PermanentFailure(refused.result, refused.reason)
        send = self._send(message, recipient, custom)
        builder = MailBuilder(
            send=send,
            template=template,
            contact=contact_properties(contact if contact and contact.is_stored else None, send),
            now=self.step.clock(),
            public_url=self.step.public_url,
            site=self.step.site,
            new_secret=self.step.new_secret,
            has_web_versions=False,  # no content of a broadcast is stored by recipient
        )
        return builder.mail(0)

    def _hand_over(self, key: MessageKey, attempt: int, mail: OutgoingMail) -> Turn:
        turn = Turn.HANDED
        try:
            self.step.attempts.send(key, attempt, mail)
        except OutcomeUnknown:
            pass  # its Send event shows it, or the page sends it again after the grace period
        except Retry as retry:
            self.is_throttled = self.is_throttled or isinstance(retry, Throttled)
            turn = Turn.LATER if isinstance(retry, Throttled) else Turn.AGAIN
        except PermanentFailure as failure:
            self.step.sends.settle(
                key, Transition.REFUSE, now=self.step.clock(), result=failure.result, reason=failure.reason
            )
        return turn

    def _message(self, recipient: Recipient, number: int) -> Message:
        now, email = self.step.clock(), recipient.email.lower()
        return Message(
            key=MessageKey(ids.for_broadcast(self.broadcast.id, recipient.email), 0),
            email_id=self.broadcast.email_id,
            address=ERASED if self.broadcast.was_erased(self.contacts.get(email)) else email,
            role=RecipientRole.TO,
            state=State.SENDING,
            accepted_at=timestamps.iso(now),
            revision=self.broadcast.revision,
            subscription=self.broadcast.subscription,
            accepted_by=self.broadcast.started_by,
            attempts=1,
            started_at=timestamps.iso(now),
            lease_until=int(now) + self.step.attempts.lease_seconds,
            broadcast=place(self.broadcast.id, self.page.number, number),
        )

    def _send(self, message: Message, recipient: Recipient, custom: Mapping[str, Any]) -> Send:
        return Send(
            id=message.key.send_id,
            email_id=self.broadcast.email_id,
            revision=self.broadcast.revision,
            accepted_at=message.accepted_at,
            recipients=(SendRecipient(RecipientRole.TO, Address(recipient.email)),),
            custom=custom,
            tags={BROADCAST_TAG: self.broadcast.id},
            sensitive=self.broadcast.sensitive,
        )

    def _refuse(self, message: Message, refused: Refusal) -> Turn:
        now = timestamps.iso(self.step.clock())
        refused_message = replace(
            message,
            state=State.REFUSED,
            result=refused.result,
            reason=refused.reason,
            settled_at=now,
            attempts=0,
            started_at=None,
            lease_until=0,
        )
        if not self.step.sends.create([refused_message]):
            self._refuse_stored(message, refused)
        return Turn.HANDED

    def _refuse_stored(self, message: Message, refused: Refusal) -> None:
        """A message that waits for another attempt is refused now. One that SES may have is left."""
        stored = self.step.sends.get(message.key)
        if stored and stored.broadcast == message.broadcast and stored.state is State.QUEUED:
            self.step.sends.settle(
                message.key, Transition.REFUSE, now=self.step.clock(), result=refused.result, reason=refused.reason
            )

    def _claim(self, message: Message) -> int | None:
        """Accepts and claims a message in one write. Returns the attempt's number, or None if it is another place's, or settled, or may be at SES."""
        sends = self.step.sends
        if sends.create([message]):
            return message.attempts
        stored = sends.get(message.key)
        if stored is None or stored.broadcast != message.broadcast or stored.state in lifecycle.FINAL:
            return None
        try:
            return self.step.attempts.claim(message.key, message.unsubscribe_id)
        except Leased:
            return None  # the page reads it again


def refusal(
    broadcast: Broadcast,
    template: Compiled,
    recipient: Recipient,
    contact: Contact | None,
    custom: Mapping[str, Any],
) -> Refusal | None:
    """Returns why a recipient gets no mail, or None."""
    if broadcast.was_erased(contact):  # first: another reason may name the address
        return Refusal(SendResult.CAMPAIGN_CANCELLED, "the person was erased after the broadcast was created")
    if addresses.Address(recipient.email).is_role:
        return Refusal(SendResult.INVALID_TO_ADDRESS, f"{recipient.email} is a role address, which reaches no person")
    if contact and contact.archived_at and not recipient.line:
        return Refusal(SendResult.CAMPAIGN_CANCELLED, f"the contact was archived at {contact.archived_at}")
    if broadcast.subscription != TRANSACTIONAL and (refused := consent.refusal(broadcast.subscription, contact)):
        return refused
    lacking = variables.lacking(template.revision.required_properties, custom)
    if lacking:
        names = ", ".join(f"custom.{name}" for name in lacking)
        return Refusal(SendResult.MISSING_TEMPLATE_PROPERTIES, f"the template needs {names}")
    return None
