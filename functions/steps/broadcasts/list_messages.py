"""List the messages of broadcasts, the newest first. They have no entry in the index by email: a broadcast would pay for each.

A page has the times of its first and last message. So a listing reads a page when it has come to its time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from heapq import merge

from msgspec import Struct

from functions.core import ids
from functions.core.broadcasts.broadcast import Broadcast, BroadcastPage, place
from functions.core.events import pagination
from functions.core.events.pagination import Position
from functions.core.sending.send import Message, MessageKey
from functions.core.statistics import periods
from functions.ports.broadcasts import BroadcastFiles, BroadcastPages, Broadcasts
from functions.ports.sending import MessageIndex


class ListBroadcastMessages(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. A message of a page that is just being sent may be missing."""

    broadcasts: Broadcasts
    pages: BroadcastPages
    files: BroadcastFiles
    messages: MessageIndex

    def __call__(self, email_ids: Collection[int], since: str, until: str) -> Iterator[Position]:
        """Both ends are included. The broadcasts are read once, for any number of emails."""
        emails = frozenset(email_ids)
        started = [one for one in self._started(until) if one.email_id in emails] if emails else []
        return merge(*(self._of_broadcast(one, since, until) for one in started), reverse=True)

    def emails(self, until: str) -> frozenset[int]:
        return frozenset(one.email_id for one in self._started(until))

    def _started(self, until: str) -> list[Broadcast]:
        return [one for one in self.broadcasts.all() if one.pages and one.started_at <= until]

    def of_page(self, broadcast_id: str, number: int) -> list[Message]:
        """Returns the messages that a page made. A recipient may have a message of another page in its place."""
        try:
            recipients = self.files.read_page(broadcast_id, number)
        except LookupError:  # its time of storage is over, and so is its messages'
            return []
        keys = [MessageKey(ids.for_broadcast(broadcast_id, one.email), 0) for one in recipients]
        stored = self.messages.read_all(keys)
        places = {place(broadcast_id, number, index): key for index, key in enumerate(keys)}
        return [message for message in stored.values() if places.get(message.broadcast) == message.key]

    def _of_broadcast(self, broadcast: Broadcast, since: str, until: str) -> Iterator[Position]:
        """Holds the messages of the pages whose times overlap, and of no others."""
        read: list[Position] = []  # the newest is last
        for page in self._newest_first(broadcast, since, until):
            last_at = page.last_at or periods.LAST
            while read and read[-1].accepted_at > last_at:
                yield read.pop()
            read = sorted([*read, *self._of_page(broadcast, page, since, until)])
        yield from reversed(read)

    def _newest_first(self, broadcast: Broadcast, since: str, until: str) -> Sequence[BroadcastPage]:
        pages = [page for page in self.pages.all(broadcast.id) if page.accepted_between(since, until)]
        return sorted(pages, key=lambda page: page.last_at or periods.LAST, reverse=True)

    def _of_page(self, broadcast: Broadcast, page: BroadcastPage, since: str, until: str) -> Iterator[Position]:
        for message in self.of_page(broadcast.id, page.number):
            if since <= message.accepted_at <= until:
                yield pagination.position_of(message)
