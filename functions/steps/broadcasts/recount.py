"""Recount a page: SES's event may come after a worker gave a recipient up, and changes the outcome of a message that is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from functions.core import ids
from functions.core.broadcasts.broadcast import page_of
from functions.core.broadcasts.jobs import RecountJob
from functions.core.sending import lifecycle
from functions.core.sending.send import Message, MessageKey
from functions.ports.broadcasts import BroadcastFiles, BroadcastPages, BroadcastQueue, Broadcasts
from functions.ports.sending import MessageIndex
from functions.steps.broadcasts.page_outcomes import settled_outcome


class NoteOutcomes(Struct, frozen=True, kw_only=True):
    """Queues a job for each page of which a change gives a message another outcome."""

    queue: BroadcastQueue

    def __call__(self, changes: Iterable[tuple[Message | None, Message | None]]) -> int:
        """Returns the number of jobs."""
        pages = dict.fromkeys(
            page_of(after.broadcast) for before, after in changes if after and _differs(before, after)
        )
        self.queue.enqueue(*(RecountJob(broadcast_id, number) for broadcast_id, number in pages))
        return len(pages)


class RecountPage(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    broadcasts: Broadcasts
    pages: BroadcastPages
    files: BroadcastFiles
    messages: MessageIndex

    def __call__(self, job: RecountJob) -> None:
        """Raises Retry if another worker counts the page just now."""
        if self.pages.invalidate(job.broadcast_id, job.number):
            return
        broadcast, page = self.broadcasts.get(job.broadcast_id), self.pages.get(job.broadcast_id, job.number)
        if broadcast is None or page is None:
            return
        try:
            recipients = self.files.read_page(broadcast.id, page.number)
        except LookupError:  # their time of storage is over: the sums stay as they were in it
            return
        keys = [MessageKey(ids.for_broadcast(broadcast.id, one.email), 0) for one in recipients]
        stored = self.messages.read_all(keys)
        outcomes = [settled_outcome(broadcast, page, number, stored.get(key)) for number, key in enumerate(keys)]
        if None not in outcomes:  # else a worker sends to one of them again, and counts the page then
            self.pages.finish(broadcast.id, page, Counter(map(str, outcomes)), page.first_at, page.last_at)


def _differs(before: Message | None, after: Message) -> bool:
    return bool(
        after.broadcast
        and before
        and before.state in lifecycle.FINAL
        and after.state in lifecycle.FINAL
        and before.state is not after.state
    )
