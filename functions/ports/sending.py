"""Sends and their messages, the send queue, uploaded files, and SES."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.events.listings import MessageListing
    from functions.core.events.pagination import Position
    from functions.core.events.timeline import TimelineEvent
    from functions.core.outcomes import SendResult
    from functions.core.sending.attachments import Upload
    from functions.core.sending.lifecycle import Transition
    from functions.core.sending.send import Attempt, Message, MessageKey, Send
    from functions.core.sending.sent_content import SentContent


class Sends(Protocol):
    """The sends table by id: one item per recipient's message. Every write is conditional on core.sending.lifecycle."""

    def create(self, messages: Sequence[Message]) -> bool:
        """Stores all messages of a new send, or none. Returns False if the send exists."""

    def rollback(self, messages: Sequence[Message]) -> None:
        """Deletes the messages of a send that could not be queued: all of them, or none if a worker has touched one."""

    def replace_refused(self, refused: Sequence[Message], messages: Sequence[Message]) -> bool:
        """Stores all messages of a corrected request in place of a send that was refused at accept, or none. Returns False if another
        request was first.
        """

    def get(self, key: MessageKey) -> Message | None: ...

    def messages(self, send_id: str) -> list[Message]:
        """Returns every recipient's message of a send, the To's first. An unknown send has none."""

    def claim(
        self,
        key: MessageKey,
        *,
        now: float,
        lease_seconds: int,
        grace_seconds: int | None,
        unsubscribe_id: str = "",
        content_batch: str = "",
    ) -> int | None:
        """Leases a message for one attempt. Returns the attempt's number, from 1, or None if the message is leased or final. Without `grace_seconds`, a message whose lease
        ended without an outcome stays leased. `unsubscribe_id` is that of the link in the attempt's mail,
        `content_batch` that of the batch with which its content will be stored.
        """

    def settle(
        self,
        key: MessageKey,
        transition: Transition,
        *,
        now: float,
        result: SendResult | None = None,
        reason: str = "",
        ses_message_id: str = "",
        failed: Attempt | None = None,
        is_counted: bool = True,
    ) -> bool:
        """Writes the outcome of an attempt, and adds a `failed` one to the message's list. Without `is_counted`, it adds to the uncounted
        attempts. Returns False if the lifecycle does not allow the transition: an event was quicker.
        """

    def redrive(self, key: MessageKey, *, now: float, grace_seconds: int) -> bool:
        """Queues a refused or failed message again if SES surely never accepted it: see lifecycle.redrivable. Its attempts so far no longer
        count.
        """

    def confirm(self, key: MessageKey, *facts: TimelineEvent, now: float, ses_message_id: str) -> Message | None:
        """Records events that prove that SES sent a message, and settles it, in one write. Returns None if it is settled already, or
        unknown, or the events do not fit.
        """

    def record(self, key: MessageKey, *facts: TimelineEvent) -> Message | None:
        """Adds events to a message's timeline while it has room. Returns the updated message, or None for an unknown one. A repeated event
        changes nothing, and an erased message takes none.
        """

    def replace(self, before: Message, after: Message) -> bool:
        """Returns False on a conflict: the message is not as it was `before`."""


class MessageIndex(Protocol):
    """Finds messages in the sends table by anything but their id. A message that was accepted a moment ago may be missing, except in
    `accepted`.
    """

    def of_address(self, address: str, since: str, until: str) -> Iterator[Position]:
        """Lists the messages to an address, the newest first (within an instant the largest key). Both ends are included."""

    def of_email(self, email_id: int, since: str, until: str) -> Iterator[Position]:
        """Lists the messages of an email, in the same order, without those of its broadcasts (BroadcastMessages). They were added by
        MessageListings. One may be gone, or have another time of acceptance since then: `read` leaves it out.
        """

    def read(self, listed: Sequence[Position]) -> list[Message]:
        """Returns the messages at these positions, in the same order. One that is no longer there is left out."""

    def read_all(self, keys: Sequence[MessageKey]) -> Mapping[MessageKey, Message]:
        """Returns the existing messages of these keys."""

    def by_recipient(self, address: str, until: str, most: int) -> list[Message]:
        """Returns up to `most` messages to an address that were accepted until an instant, the oldest first."""

    def by_email(self, email_id: int, since: str, until: str, most: int) -> list[Message]:
        """Returns up to `most` messages of an email, the oldest first, without those of its broadcasts. `until` is not included."""

    def accepted(self, first: str, last: str) -> Iterator[Message]:
        """Reads all messages that were accepted between two days, both included, in no order. It reads the table itself, so no message
        is missing or outdated.
        """

    def due(self, hour: str, until: str) -> Iterator[Message]:
        """Yields the scheduled messages that are due in an hour, and not after `until`."""

    def overdue(self, until: str) -> Iterator[Message]:
        """Returns the scheduled messages that are due in any hour, and not after `until`. It reads the keys of all scheduled messages."""


class MessageListings(Protocol):
    def add(self, new: Sequence[MessageListing]) -> None:
        """Adds messages to what MessageIndex lists of an email. Listings that were added before change nothing. Raises Retry."""


class BroadcastMessages(Protocol):
    def __call__(self, email_ids: Collection[int], since: str, until: str, /) -> Iterator[Position]:
        """Lists the messages of the emails' broadcasts, the newest first. Both ends are included. A message that was accepted a moment ago
        may be missing.
        """

    def emails(self, until: str, /) -> frozenset[int]:
        """Returns the emails with a broadcast that began by then."""


class PageMessages(Protocol):
    def __call__(self, broadcast_id: str, number: int, /) -> Sequence[Message]:
        """Returns the messages of a broadcast's page. It is empty when the page's time of storage is over."""


class DueWatermark(Protocol):
    """The time until which the sweeper has queued every scheduled send."""

    def get(self) -> str | None:
        """Returns None before the first sweep."""

    def set(self, until: str) -> None: ...


class ScheduledPayloads(Protocol):
    def delete(self, send_id: str) -> None:
        """Deletes the stored content of a send, if there is any."""


class SendQueue(Protocol):
    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        """Queues a send for deliver. Its size does not matter."""

    def save_scheduled(self, send: Send) -> None:
        """Stores a send that is due later."""

    def enqueue_saved(self, send_id: str, *, delay_seconds: int = 0) -> None:
        """Queues a stored send."""

    def is_empty(self) -> bool:
        """Whether no send is queued or being delivered. SQS's counts are approximate."""

    def dead_letter(self, send: Send, reason: str) -> None:
        """Puts a send that cannot be delivered into the dead letters, with a reason for people. Comes before the outcome is written: a
        crash in between then leaves a dead letter too many, never a failure without one.
        """


class SentContents(Protocol):
    """What was sent, for the content days of the deployment."""

    def put_all(self, contents: Sequence[tuple[SentContent, float]], batch: str = "") -> None:
        """Stores contents with their expiries, but none whose values are too large: see core.sending.sent_content. With the id of a
        `batch`, they are stored together. One of them may then expire up to an hour earlier.
        """

    def of_send(self, send_id: str, now: float, batch: str = "") -> list[SentContent]:
        """Returns what is stored of a send and has not expired, by itself and with a batch."""

    def delete(self, send_id: str, batches: Iterable[str] = ()) -> None:
        """Deletes what is stored of a send, by itself and with batches. What is stored of the other sends stays."""


class Uploads(Protocol):
    """Files that API callers upload before the send that attaches them."""

    def presign(self, upload_id: str, size: int, seconds: int) -> str:
        """Returns a URL that accepts one PUT of exactly `size` bytes, valid for `seconds`."""

    def origin(self) -> str:
        """Returns scheme and host of the URLs, which a browser's policy must allow."""

    def head(self, upload_id: str) -> Upload | None:
        """Returns None if nothing was uploaded."""

    def read(self, upload: Upload) -> bytes:
        """Raises LookupError if the file was deleted or replaced."""


class Mailer(Protocol):
    """SES, one recipient per call."""

    def send(self, mail: OutgoingMail) -> str:
        """Returns SES's message id. Raises core.errors: Throttled, Retry (SES surely has not sent it), OutcomeUnknown, PermanentFailure."""


class OutgoingMail(Struct, frozen=True, kw_only=True):
    sender: str  # the bare address, which selects SES's identity
    recipient: str
    raw: bytes
    transactional: bool
    track_opens: bool
    track_clicks: bool
    tags: Mapping[str, str]
    own_set: str = ""  # the configuration set of the sender's domain; empty: the stage's
    time_limit: int = 0  # seconds, one of core.sending.time_limit.SET_LIMITS; 0: SES's own
    unsubscribe_id: str = ""  # of the link in the mail, if it has one
    web_version_id: str = ""  # ... and of the link to its web version
