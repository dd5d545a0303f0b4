"""The sends table, and the ways to look into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from functions.core.events.pagination import Position
    from functions.core.events.timeline import TimelineEvent
    from functions.core.outcomes import SendResult
    from functions.core.sending.lifecycle import Transition
    from functions.core.sending.send import Attempt, Message, MessageKey
    from functions.core.statistics.counter_updates import EmailHour


class Sends(Protocol):
    """The sends table: one item per recipient's message. Every write is conditional on core.sending.lifecycle."""

    def create(self, messages: Sequence[Message]) -> bool:
        """All messages of a new send, or none: False where the send exists already."""

    def rollback(self, messages: Sequence[Message]) -> None:
        """Undo a create whose send could not be queued: as a whole, or not at all where a worker has touched a message since."""

    def get(self, key: MessageKey) -> Message | None: ...

    def due(self, hour: str, until: str) -> list[Message]:
        """Scheduled messages whose time is in an hour, and not after `until`."""

    def unfinished(self, bucket: EmailHour) -> list[Message]:
        """Messages of one email that were accepted in one hour and wait in the queue or for their outcome."""

    def messages(self, send_id: str) -> list[Message]:
        """Every recipient's message of a send, the To's first; none where there is no such send."""

    def claim(
        self, key: MessageKey, *, now: float, lease_seconds: int, grace_seconds: int, unsubscribe_id: str = ""
    ) -> Message | None:
        """Take a message for one try, or None where it cannot be taken now (held, or final). The try's mail has the unsubscribe link
        with that id, if any.
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
    ) -> bool:
        """Write the outcome of a try, in the message's list of tries too where one `failed`. False where the lifecycle does not allow
        it any more (an event was quicker).
        """

    def redrive(self, key: MessageKey, *, now: float, grace_seconds: int) -> bool:
        """Queue a message anew that was refused or given up, where SES surely never took it: see lifecycle.redrivable."""

    def record(self, key: MessageKey, *facts: TimelineEvent) -> Message | None:
        """Add facts to a message's timeline, together where there is room, and tell the message as it then is. The same fact again
        changes nothing, and an erased message takes none. None where there is no such message (any more).
        """


class MessageScan(Protocol):
    def accepted(self, first: str, last: str) -> Iterator[Message]:
        """All messages that were accepted between two days, both included, in no order: as they are now, whatever the indexes say."""


class MessagesByRecipient(Protocol):
    """Messages by whom they are to."""

    def to(self, address: str, until: str, most: int) -> list[Message]:
        """Those accepted until an instant, the oldest first; a new one may be listed a moment late."""

    def replace(self, before: Message, after: Message) -> bool:
        """False, and nothing is changed, where the message is not as it was `before` any more."""


class MessageIndex(Protocol):
    """Where messages stand, the newest first (within an instant the largest key), between two instants that are both included; what was
    accepted a moment ago may be missing.
    """

    def of_address(self, address: str, since: str, until: str) -> Iterator[Position]: ...

    def of_email(self, email_id: int, since: str, until: str) -> Iterator[Position]: ...

    def read(self, listed: Sequence[Position]) -> list[Message]:
        """The messages at these places, in the same order; those that are gone are left out."""


class MessagesByEmail(Protocol):
    def between(self, email_id: int, since: str, until: str, most: int) -> list[Message]:
        """An email's messages that were accepted between two instants (the second not included): the first so many of them."""
