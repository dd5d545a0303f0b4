"""A send: one accepted request, and one message for each of its recipients."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from functions.core.addresses import Address
from functions.core.emails.email import TRANSACTIONAL, Revision
from functions.core.outcomes import SendResult
from functions.core.sending.attachments import Attachment

ERASED = "erased@staffetta.invalid"  # whose messages are those of people who asked to be forgotten: see core.contacts.erasure


class State(StrEnum):
    """Where a message's one attempt stands. What became of a sent message is in its timeline, not here."""

    SCHEDULED = "SCHEDULED"  # for later: it waits in no queue yet
    QUEUED = "QUEUED"
    SENDING = "SENDING"  # claimed by a worker; after its lease, the outcome is unknown until SES's Send event tells
    SENT = "SENT"  # SES took it
    REFUSED = "REFUSED"  # a rule of ours or SES said no
    FAILED = "FAILED"  # given up
    CANCELED = "CANCELED"


class RecipientRole(StrEnum):
    TO = "to"
    CC = "cc"
    BCC = "bcc"


class SendRecipient(Struct, frozen=True):
    role: RecipientRole
    address: Address


class SendRequest(Struct, frozen=True, kw_only=True):
    """What a caller asks for, already read from the wire and well formed."""

    email_id: int
    recipients: tuple[SendRecipient, ...]  # the one To first
    sender: Address | None = None  # None: the email's own
    reply_to: tuple[Address, ...] = ()
    send_id: str | None = None
    contact: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    send_at: str | None = None  # None, or a time that is past: at once
    digest: str = ""  # of the whole request: tells a true repeat of a sendId from another request under the same one


class Send(Struct, frozen=True, kw_only=True):
    """What travels from accept to deliver: all that is needed to make the mail, at the revision that was published then."""

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
    test_revision: Revision | None = None  # of a test mail: what is tried, which need not be published


class MessageKey(Struct, frozen=True):
    """One recipient's message of a send: 0 is the To, the cc and bcc follow in the order they were given."""

    send_id: str
    recipient: int


class Attempt(Struct, frozen=True):
    """One that came to nothing: the message then waited for another."""

    number: int  # from 1, as `attempts` counts them
    at: str  # when it ended
    reason: str


FAILED_ATTEMPTS_MAX = 20  # that are kept: a message may be throttled many times


class Message(Struct, frozen=True, kw_only=True):
    """What is known of one recipient's message: the stored truth that every answer and every counter is derived from."""

    key: MessageKey
    email_id: int
    address: str
    role: RecipientRole
    state: State
    accepted_at: str
    revision: int = 0  # of the email, that was published then; 0: none is known
    attached: int = 0  # bytes of attachments
    subscription: str = TRANSACTIONAL  # its email's subscription type
    digest: str = ""
    accepted_by: str = ""  # the id of the API key, or the IAM user of the SMTP token
    due_at: str | None = None  # None: at once
    result: SendResult | None = None
    reason: str = ""  # why it was not sent, for a reader
    attempts: int = 0
    failed_attempts: tuple[Attempt, ...] = ()  # of those attempts the ones that SES did not take, the first TRIES_MAX
    started_at: str | None = None
    settled_at: str | None = None  # when the attempt had its outcome
    lease_until: int = 0  # seconds since the epoch
    unsubscribe_id: str = ""  # the SHA-256 of the secret in its unsubscribe link
    ses_message_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)  # the caller's
    is_test: bool = False  # a test mail: counted nowhere
    timeline: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # event key → fact, see core.events.timeline

    @property
    def erased(self) -> bool:
        return self.address == ERASED
