"""Prepare a broadcast: write its audience into pages, and queue each page at its time.

One worker at a time writes pages, under a lease. It stores how far it came before it queues what it wrote, so a later worker neither
repeats nor skips a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.broadcasts import lifecycle, local_time
from functions.core.broadcasts.broadcast import (
    PAGE_MAX,
    Broadcast,
    BroadcastPage,
    PageState,
    Recipient,
    SourcePosition,
)
from functions.core.broadcasts.jobs import PageJob, PrepareJob
from functions.core.broadcasts.lifecycle import BroadcastState, BroadcastTransition
from functions.core.csv_file import CsvError
from functions.core.errors import Conflict, Leased
from functions.ports import Clock
from functions.ports.broadcasts import BroadcastFiles, BroadcastPages, BroadcastQueue, Broadcasts, DueBroadcast
from functions.ports.contacts import Contacts
from functions.steps.broadcasts.read_audience import ReadAudience
from functions.steps.contacts.evaluate_lists import AGAIN_SECONDS, EvaluateLists

JOBS = 500  # pages that are queued at once


class PrepareBroadcast(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    broadcasts: Broadcasts
    pages: BroadcastPages
    files: BroadcastFiles
    queue: BroadcastQueue
    audience: ReadAudience
    contacts: Contacts
    lists: EvaluateLists
    clock: Clock
    lease_seconds: int

    def __call__(self, broadcast_id: str, until: float) -> None:
        """Works until it is done or the time is over, and then queues its own continuation. Raises Leased while another worker writes."""
        broadcast = self.broadcasts.get(broadcast_id)
        if broadcast is None or broadcast.state not in _PREPARED_IN:
            return
        if not (broadcast.prepared or broadcast.position or self._has_current_lists(broadcast)):
            self.queue.enqueue(PrepareJob(broadcast_id), delay_seconds=AGAIN_SECONDS)
            return
        if not broadcast.prepared:
            broadcast = self._lease(broadcast)
        if not broadcast.prepared:
            broadcast = self._write_pages(broadcast, until)
        broadcast = self._queue_pages(broadcast)
        if not broadcast.prepared:
            self.queue.enqueue(PrepareJob(broadcast_id))
            return
        finish_if_done(broadcast, self.broadcasts, self.pages, self.clock())

    def _has_current_lists(self, broadcast: Broadcast) -> bool:
        """Filters choose the members as they are when the broadcast begins."""
        return self.lists.are_current(broadcast.audience.every_list, broadcast.started_at)

    def _lease(self, broadcast: Broadcast) -> Broadcast:
        now = self.clock()

        def leased(current: Broadcast) -> Broadcast:
            if current.prepared:  # by a worker that was quicker
                return current
            if current.lease_until > now:
                raise Leased("another worker writes the pages", after_seconds=int(current.lease_until - now) + 1)
            return replace(current, lease_until=now + self.lease_seconds)

        return self.broadcasts.edit(broadcast.id, leased)

    def _write_pages(self, broadcast: Broadcast, until: float) -> Broadcast:
        written = _Written(self, broadcast)
        position: SourcePosition | None = broadcast.position or SourcePosition()
        unreadable, reason = broadcast.unreadable, ""
        try:
            while position and self.clock() < until:
                page = self.audience(broadcast.audience, position)
                written.add(page.recipients)
                unreadable += len(page.problems)
                position = page.after
        except (CsvError, LookupError) as error:
            position, reason = None, f"the file {error}" if isinstance(error, CsvError) else "the file is gone"
        written.flush()

        def saved(current: Broadcast) -> Broadcast:
            if current.lease_until != broadcast.lease_until:
                raise Conflict("another worker took over: its pages count")
            after = replace(
                current,
                position=position,
                pages=written.pages,
                recipients=written.recipients,
                unreadable=unreadable,
                lease_until=0,
                reason=reason or current.reason,
                prepared=position is None,
            )
            if position is None and current.state in {BroadcastState.PREPARING, BroadcastState.PAUSED}:
                return after.changed(BroadcastTransition.PREPARE, timestamps.iso(self.clock()))
            return after

        return self.broadcasts.edit(broadcast.id, saved)

    def _queue_pages(self, broadcast: Broadcast) -> Broadcast:
        """Queues the pages that no job has yet. A repeated job is harmless."""
        queued = broadcast.queued
        while queued < broadcast.pages:
            numbers = range(queued + 1, min(queued + JOBS, broadcast.pages) + 1)
            pages = [page for number in numbers if (page := self.pages.get(broadcast.id, number))]
            for due_at in {page.due_at for page in pages if page.due_at}:
                self.broadcasts.add_due(DueBroadcast(due_at, broadcast.id))
            self.queue.enqueue(
                *(PageJob(broadcast_id=broadcast.id, number=page.number) for page in pages if not page.due_at)
            )
            queued = numbers[-1]
        if queued == broadcast.queued:
            return broadcast
        return self.broadcasts.edit(broadcast.id, lambda current: replace(current, queued=max(current.queued, queued)))


_PREPARED_IN = lifecycle.SENDS | {BroadcastState.PAUSED}


class _Written(Struct):
    """The pages of one run. Recipients whose mail has another time are in other pages."""

    step: PrepareBroadcast
    broadcast: Broadcast
    pages: int = 0
    recipients: int = 0
    buckets: dict[str | None, list[Recipient]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pages, self.recipients = self.broadcast.pages, self.broadcast.recipients

    def add(self, recipients: Sequence[Recipient]) -> None:
        for due_at, recipient in self._timed(recipients):
            bucket = self.buckets.setdefault(due_at, [])
            bucket.append(recipient)
            if len(bucket) == PAGE_MAX:
                self._write(due_at, self.buckets.pop(due_at))

    def flush(self) -> None:
        for due_at in list(self.buckets):
            self._write(due_at, self.buckets.pop(due_at))

    def _write(self, due_at: str | None, recipients: Sequence[Recipient]) -> None:
        self.pages += 1
        self.recipients += len(recipients)
        self.step.files.write_page(self.broadcast.id, self.pages, recipients)
        page = BroadcastPage(number=self.pages, recipients=len(recipients), due_at=due_at)
        self.step.pages.put(self.broadcast.id, page)

    def _timed(self, recipients: Sequence[Recipient]) -> list[tuple[str | None, Recipient]]:
        send_at = self.broadcast.send_at
        if not self.broadcast.local_time or send_at is None:
            return [(None, one) for one in recipients]
        contacts = self.step.contacts.read_all([one.email for one in recipients])
        zones = {email: contact.values.get(local_time.PROPERTY, "") for email, contact in contacts.items()}
        return [(self._moment(send_at, zones.get(one.email.lower(), ""), one.custom), one) for one in recipients]

    def _moment(self, send_at: str, zone: str, custom: Mapping[str, object]) -> str:
        """A file's own column decides before the contact's property."""
        own = local_time.zone_name(str(custom.get(local_time.PROPERTY, "")))
        return local_time.moment(send_at, own or local_time.zone_name(zone) or self.broadcast.time_zone)


def finish_if_done(broadcast: Broadcast, broadcasts: Broadcasts, pages: BroadcastPages, now: float) -> None:
    """Ends a broadcast when its last page is done."""
    if not broadcast.prepared or broadcast.state not in {BroadcastState.SENDING, BroadcastState.PAUSED}:
        return
    if pages.progress(broadcast.id).pages_done < broadcast.pages:
        return

    def finished(current: Broadcast) -> Broadcast:
        if current.state not in {BroadcastState.SENDING, BroadcastState.PAUSED}:
            return current
        return current.changed(BroadcastTransition.FINISH, timestamps.iso(now))

    broadcasts.edit(broadcast.id, finished)


def jobs_of(broadcast: Broadcast, pages: Iterable[BroadcastPage], now: str, *, settling: bool = False) -> list[PageJob]:
    """Returns a job for each page that is due and not done. A page that was begun reads first what it did.

    A page that the broadcast does not count yet is the work of a worker that died. It has no job, because another worker writes it again,
    maybe with other recipients.
    """
    return [
        PageJob(broadcast_id=broadcast.id, number=page.number, settling=int(settling or page.handed > 0))
        for page in pages
        if page.number <= broadcast.pages
        and page.state is not PageState.DONE
        and (settling or (page.due_at or "") <= now)
    ]
