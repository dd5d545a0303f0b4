"""A send: one accepted request, and one message for each of its recipients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.addresses import Address
from functions.core.emails.email import TRANSACTIONAL, Revision
from functions.core.outcomes import SendResult
from functions.core.sending.attachments import Attachment

ERASED = "erased@staffetta.invalid"  # the address of every anonymised message: see core.contacts.erasure
AUTOMATION = "automation:"  # begins `accepted_by` of what automations send
PAYLOAD_DAYS = (
    14  # S3 stores what is too large for a queue or a table: large and scheduled sends, uploads, pages of broadcasts
)


class State(StrEnum):
    """The state of a message. The timeline of a sent message shows what became of it."""

    SCHEDULED = "SCHEDULED"  # due later: it is in no queue yet
    QUEUED = "QUEUED"
    SENDING = "SENDING"  # claimed by a worker; after its lease, the outcome is unknown until SES's Send event comes
    SENT = "SENT"  # SES accepted it
    REFUSED = "REFUSED"  # by a rule of ours or by SES
    FAILED = "FAILED"  # every attempt failed
    CANCELED = "CANCELED"


class RecipientRole(StrEnum):
    TO = "to"
    CC = "cc"
    BCC = "bcc"


class SendRecipient(Struct, frozen=True):
    role: RecipientRole
    address: Address
    also: tuple[RecipientRole, ...] = ()  # further roles in which the request names the address


def distinct(recipients: Iterable[SendRecipient]) -> tuple[SendRecipient, ...]:
    """Returns each address once, in its first role: one address gets one mail. Contacts ignore case, so this does too."""
    firsts: dict[str, SendRecipient] = {}
    for recipient in recipients:
        first = firsts.setdefault(recipient.address.email.lower(), recipient)
        if first is not recipient and recipient.role not in (first.role, *first.also):
            firsts[recipient.address.email.lower()] = replace(first, also=(*first.also, recipient.role))
    return tuple(firsts.values())


class SendRequest(Struct, frozen=True, kw_only=True):
    """A caller's request, read from the wire and well formed."""

    email_id: int
    recipients: tuple[SendRecipient, ...]  # the To first, each address once
    sender: Address | None = None  # None: the email's own
    reply_to: tuple[Address, ...] = ()
    send_id: str | None = None
    contact: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    send_at: str | None = None  # None, or a past time: at once
    max_delivery_seconds: int | None = None  # after which the mail is of no use
    digest: str = ""  # of the whole request: distinguishes a retry from another request with the same sendId


class Send(Struct, frozen=True, kw_only=True):
    """The payload from accept to deliver: everything that the mail needs, at the revision that was published at accept."""

    id: str  # the status id
    email_id: int
    revision: int
    accepted_at: str
    recipients: tuple[SendRecipient, ...]
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    contact: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0  # used up by earlier copies of this send in the queue
    waiting_since: float = 0  # when a copy of it was first put back: SQS counts the age of each copy from zero
    expires_at: str = ""  # after which it is not sent; empty: never
    sensitive: bool = False  # as its revision: what is stored of it has no content
    stored: bool = False  # its payload is in the bucket, and not in the queue message
    resend_of: str = (
        ""  # the status id of the send that it repeats, with that send's values and not the contact's of today
    )
    test_revision: Revision | None = None  # of a test send: the tested content, published or not


def without_content(send: Send) -> Send:
    """Returns the send with its addresses only."""
    return replace(send, contact={}, custom={}, attachments=(), headers=(), test_revision=None)


class MessageKey(Struct, frozen=True):
    """One recipient's message of a send: 0 is the To, the cc and bcc follow in the order of the request."""

    send_id: str
    recipient: int


class Attempt(Struct, frozen=True):
    """A failed attempt: the message then waited for the next one."""

    number: int  # from 1, as `attempts` counts them
    at: str  # when it ended
    reason: str


FAILED_ATTEMPTS_MAX = 20  # stored per message: one may be throttled many times


class Message(Struct, frozen=True, kw_only=True):
    """One recipient's message as it is stored. Every response and every counter is derived from it."""

    key: MessageKey
    email_id: int
    address: str
    role: RecipientRole
    state: State
    accepted_at: str
    revision: int = 0  # of the email, as published at accept; 0: unknown
    attached: int = 0  # bytes of attachments
    subscription: str = TRANSACTIONAL  # its email's subscription type
    digest: str = ""
    accepted_by: str = ""  # the id of the API key, or the IAM user of the SMTP token
    due_at: str | None = None  # None: at once
    result: SendResult | None = None
    reason: str = ""  # why it was not sent, for people
    attempts: int = 0
    uncounted_attempts: int = 0  # of these: SES throttled them, or an operator has redriven the message since
    failed_attempts: tuple[Attempt, ...] = ()  # the first FAILED_ATTEMPTS_MAX attempts that failed
    queued_at: str | None = None  # when it was last queued after its acceptance: it became due, or was redriven
    started_at: str | None = None
    settled_at: str | None = None  # when it had its outcome
    lease_until: int = 0  # seconds since the epoch
    unsubscribe_id: str = ""  # the SHA-256 of the secret in its unsubscribe link
    ses_message_id: str = ""
    content_batch: str = (
        ""  # the id of the batch in which its latest attempt was made, and with which its content is stored
    )
    tags: Mapping[str, str] = field(default_factory=dict)  # the caller's
    also: tuple[RecipientRole, ...] = ()  # further roles in which the request names the address
    recipients: int = 1  # of the whole send
    is_test: bool = False  # a test send: no counter includes it
    broadcast: str = ""  # its place in a broadcast: see core.broadcasts.broadcast.place
    resend_of: str = ""  # the status id of the send whose content it repeats
    timeline: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # event key → fact, see core.events.timeline

    @property
    def erased(self) -> bool:
        return self.address == ERASED

    @property
    def is_automated(self) -> bool:
        return self.accepted_by.startswith(AUTOMATION)

    @property
    def counted_attempts(self) -> int:
        """The attempts after some of which we give up. Waiting is not failing."""
        return self.attempts - self.uncounted_attempts

    @property
    def retained_from(self) -> str:
        """When its retention begins: a scheduled message is stored as long after its mail as any other."""
        return self.due_at or self.accepted_at
