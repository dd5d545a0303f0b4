"""Report on a broadcast: each recipient with what became of it, one page of the broadcast at a time."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from functions.core import ids
from functions.core.broadcasts.broadcast import Broadcast, PageOutcome, Recipient, place
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.errors import NotFound
from functions.core.sending import lifecycle
from functions.core.sending.send import Message, MessageKey
from functions.ports.broadcasts import BroadcastFiles, BroadcastPages, Broadcasts
from functions.ports.sending import MessageIndex

HEADINGS = ("email", "line", "outcome", "result", "reason", "statusId", "at")


class RecipientResult(Struct, frozen=True, kw_only=True):
    recipient: Recipient
    outcome: str  # the state of its message, or a PageOutcome if it has none
    message: Message | None

    @property
    def cells(self) -> tuple[object, ...]:
        """What a report has below HEADINGS."""
        first, message = (self.recipient.email, self.recipient.line or None, self.outcome), self.message
        if message is None:
            return (*first, None, None, None, None)
        result = str(lifecycle.outcome(message) or "")
        return (*first, result, message.reason, message.key.send_id, message.settled_at)


class ReportBroadcast(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    broadcasts: Broadcasts
    pages: BroadcastPages
    files: BroadcastFiles
    messages: MessageIndex

    def __call__(self, broadcast: Broadcast, number: int) -> Sequence[RecipientResult]:
        """Returns the recipients of a page as they are now. Raises NotFound if their time of storage is over."""
        try:
            recipients = self.files.read_page(broadcast.id, number)
        except LookupError as error:
            raise NotFound(
                f"the recipients of broadcast {broadcast.id} are not stored any more: only its sums are left"
            ) from error
        keys = [MessageKey(ids.for_broadcast(broadcast.id, one.email), 0) for one in recipients]
        stored = self.messages.read_all(keys)
        return [
            _result(broadcast, number, index, recipient, stored.get(key))
            for index, (recipient, key) in enumerate(zip(recipients, keys, strict=True))
        ]


def _result(
    broadcast: Broadcast, number: int, index: int, recipient: Recipient, message: Message | None
) -> RecipientResult:
    if message and message.broadcast == place(broadcast.id, number, index):
        return RecipientResult(recipient=recipient, outcome=str(message.state), message=message)
    if message:
        return RecipientResult(recipient=recipient, outcome=PageOutcome.REPEATED.upper(), message=None)
    is_over = broadcast.state is BroadcastState.CANCELED
    outcome = PageOutcome.CANCELED if is_over else PageOutcome.WAITING
    return RecipientResult(recipient=recipient, outcome=outcome.upper(), message=None)
