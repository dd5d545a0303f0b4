"""Rebuild listings: list the messages that no listing has, since a batch of the stream was lost, or they are older than the listings.

Measure lists a message a little after its acceptance. So the latest messages are left to it, and one that both list is read once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from msgspec import Struct, field

from functions.core import ids, timestamps
from functions.core.events import listings, pagination
from functions.core.events.pagination import Position
from functions.core.sending.send import Message
from functions.ports import Clock
from functions.ports.sending import MessageIndex, MessageListings
from functions.steps.statistics.rebuild import SETTLE_SECONDS, Accepted

TOGETHER = 20_000  # messages that are listed at once: the table has them in no order, and a listing spans seconds


class RebuildListings(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. Days are '2026-11-23', and both ends of a span are included."""

    accepted: Accepted
    messages: MessageIndex
    listings: MessageListings
    clock: Clock

    def compare(self, first: str, last: str) -> int:
        """Returns how many messages that were accepted between two days no listing has."""
        return sum(1 for _ in self._unlisted(first, last))

    def repair(self, first: str, last: str) -> int:
        """Lists them, and returns their number."""
        unlisted, number = self._unlisted(first, last), 0
        while some := list(islice(unlisted, TOGETHER)):
            self.listings.add(listings.of_messages(some))
            number += len(some)
        return number

    def _unlisted(self, first: str, last: str) -> Iterator[Message]:
        until = min(f"{last}T23:59:59.999Z", timestamps.iso(self.clock() - SETTLE_SECONDS))
        listed = _Listed(self.messages, f"{first}T00:00:00.000Z", until)
        for message in self.accepted(first, last):
            if not message.broadcast and message.accepted_at <= until and message not in listed:
                yield message


class _Listed(Struct):
    """The listed messages of a span. An email's are read with its first message, and take some bytes each."""

    messages: MessageIndex
    since: str
    until: str
    _emails: dict[int, frozenset[int]] = field(default_factory=dict)

    def __contains__(self, message: Message) -> bool:
        email_id = message.email_id
        if email_id not in self._emails:
            listed = self.messages.of_email(email_id, self.since, self.until)
            self._emails[email_id] = frozenset(map(_mark, listed))
        return _mark(pagination.position_of(message)) in self._emails[email_id]


def _mark(position: Position) -> int:
    return int(ids.digest(position.accepted_at, position.send_id, str(position.recipient)), 16)
