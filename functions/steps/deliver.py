"""Deliver: hand each message of a send to SES, once.

SES has no idempotency token, so a message is claimed (one conditional write, with a lease) before SES is called. A worker that
dies in between leaves the claim standing and the outcome unknown: then SES's own Send event settles it, and only when none has
come within the grace period after the lease is the message claimed, and sent, again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from functions.core import instants, lifecycle, rendering
from functions.core.email import Revision
from functions.core.errors import GiveUp, Held, OutcomeUnknown, Retry, Wait
from functions.core.lifecycle import Act
from functions.core.mime import HeaderError, Mail, write
from functions.core.rendering import Compiled
from functions.core.send import Message, MessageKey, Role, Send, SendResult
from functions.core.ses_events import EMAIL_TAG, FEEDBACK_TAG, RECIPIENT_TAG, SEND_TAG
from functions.ports import Clock, Emails, Mailer, OutgoingMail, SendQueue, Sends

REVISIONS_KEPT = 256  # compiled, per worker: some 50 KB each
THROTTLE_SECONDS = 2
HELD_SECONDS = 2  # until we look again at a message that another worker has: mostly it is done by then
DELAY_MAX_SECONDS = 900  # SQS's

Templates = Callable[[int, int], Compiled]


def templates(emails: Emails) -> Templates:
    """Revisions compiled once per worker: (email id, revision number) never names other content."""

    @functools.lru_cache(REVISIONS_KEPT)
    def compiled(email_id: int, number: int) -> Compiled:
        return rendering.compiled(emails.revision(email_id, number))

    return compiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The step with its dependencies."""

    sends: Sends
    templates: Templates
    mailer: Mailer
    queue: SendQueue
    clock: Clock
    lease_seconds: int
    grace_seconds: int
    max_receives: int

    def __call__(self, send: Send, receives: int) -> None:
        """Returns once every message of the send is settled, or the send waits in the queue anew. Raises Retry to be called again
        later; `receives` tells how often this copy of the send has been received.
        """
        if send.tries + receives > self.max_receives:
            self._give_up(send)
            return
        try:
            compose = composer(send, self.templates(send.email_id, send.revision), self.clock())
        except GiveUp as refusal:
            self._end(send, self._unsettled(send), Act.REFUSE, refusal, letter=str(refusal))
            return
        self._hand_over(send, receives, compose)

    def _hand_over(self, send: Send, receives: int, compose: Callable[[int], OutgoingMail]) -> None:
        waiting: list[Retry] = []
        for key in _keys(send):
            try:
                self._deliver(send, key, compose(key.recipient))
            except Retry as retry:
                waiting.append(retry)
        failed = [retry for retry in waiting if not isinstance(retry, Wait)]
        if failed:
            raise failed[0]
        if waiting:
            # A fresh copy, whose receives SQS counts anew: this one is not held against the send.
            delay = min(max(retry.after_seconds for retry in waiting), DELAY_MAX_SECONDS)
            self.queue.put(replace(send, tries=send.tries + receives - 1), delay_seconds=delay or THROTTLE_SECONDS)

    def _deliver(self, send: Send, key: MessageKey, mail: OutgoingMail) -> None:
        if not self._claim(key):
            return
        try:
            ses_message_id = self.mailer.send(mail)
        except OutcomeUnknown:
            raise
        except Retry as retry:
            self.sends.settle(key, Act.RELEASE, now=self.clock(), reason=str(retry))
            raise
        except GiveUp as refusal:
            self.queue.bury(send, f"{mail.recipient}: {refusal}")
            self._settle(key, Act.REFUSE, refusal)
        else:
            self.sends.settle(key, Act.SEND, now=self.clock(), result=SendResult.SENT, ses_message_id=ses_message_id)

    def _claim(self, key: MessageKey) -> bool:
        """False where nothing is left to do. Raises Held where the message cannot be claimed yet."""
        now = self.clock()
        if self.sends.claim(key, now=now, lease_seconds=self.lease_seconds, grace_seconds=self.grace_seconds):
            return True
        message = self.sends.get(key)
        if message is None or message.state in lifecycle.FINAL:
            return False
        claimable = lifecycle.claimable_from(message, self.grace_seconds)
        alive = now < message.lease_until  # its worker may be done any moment; else only SES's event can end the wait
        wait = HELD_SECONDS if alive else max(1, int(claimable - now) + 1)
        raise Held(f"{key} is held until {instants.iso(claimable)} at the latest", after_seconds=wait)

    def _give_up(self, send: Send) -> None:
        unsettled = self._unsettled(send)
        last = next((message.reason for message in unsettled if message.reason), "the worker ended without an answer")
        reason = f"given up after {self.max_receives} tries; the last one: {last}"
        self._end(send, unsettled, Act.GIVE_UP, GiveUp(SendResult.UNDELIVERABLE, reason), letter=reason)

    def _unsettled(self, send: Send) -> list[Message]:
        """None of a send that is canceled, or that another copy of it in the queue has ended."""
        found = [self.sends.get(key) for key in _keys(send)]
        return [message for message in found if message and message.state not in lifecycle.FINAL]

    def _end(self, send: Send, unsettled: Sequence[Message], act: Act, refusal: GiveUp, letter: str) -> None:
        """Bury first: a crash in between then leaves one dead letter too many, and not a failure without its letter."""
        if unsettled:
            self.queue.bury(send, letter)
        for message in unsettled:
            self._settle(message.key, act, refusal)

    def _settle(self, key: MessageKey, act: Act, refusal: GiveUp) -> None:
        self.sends.settle(key, act, now=self.clock(), result=refusal.result, reason=refusal.reason)


def _keys(send: Send) -> list[MessageKey]:
    return [MessageKey(send.id, number) for number in range(len(send.recipients))]


def composer(send: Send, template: Compiled, now: float) -> Callable[[int], OutgoingMail]:
    """Render and write the mail once; each recipient gets the same octets. Raises GiveUp."""
    rendered = rendering.render(template, send.contact, send.custom)
    revision = template.revision
    by_role = {role: tuple(r.address for r in send.recipients if r.role is role) for role in Role}
    sender = send.sender or revision.sender
    mail = Mail(
        sender=sender,
        to=by_role[Role.TO],
        cc=by_role[Role.CC],
        reply_to=send.reply_to or ((revision.reply_to,) if revision.reply_to else ()),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        date=now,
        boundary=f"=_{send.id}",
        headers=_headers(send, revision),
        attachments=send.attachments,
    )
    try:
        raw = write(mail)
    except HeaderError as error:
        raise GiveUp(SendResult.CORRUPT_INPUT, str(error)) from error

    tags = {**send.tags, SEND_TAG: send.id, EMAIL_TAG: str(send.email_id), FEEDBACK_TAG: str(send.email_id)}

    def compose(number: int) -> OutgoingMail:
        return OutgoingMail(
            sender=sender.email,
            recipient=send.recipients[number].address.email,
            raw=raw,
            transactional=revision.transactional,
            track_opens=revision.track_opens,
            track_clicks=revision.track_clicks,
            tags={**tags, RECIPIENT_TAG: str(number)},
        )

    return compose


def _headers(send: Send, revision: Revision) -> tuple[tuple[str, str], ...]:
    """The caller's, and ours where the caller gave none. The reference keeps Gmail from folding like mails into one conversation, and
    names the send to whoever has only the mail; a machine's mail says so, or holiday replies would answer it (RFC 3834).
    """
    ours = [("X-Entity-Ref-ID", send.id), *([("Auto-Submitted", "auto-generated")] if revision.transactional else [])]
    given = {name.lower() for name, _ in send.headers}
    return (*send.headers, *((name, value) for name, value in ours if name.lower() not in given))
