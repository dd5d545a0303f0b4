"""Release what is due: a scheduled broadcast, or the pages of one time zone."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.broadcasts import lifecycle, local_time
from functions.core.broadcasts.broadcast import Broadcast
from functions.core.broadcasts.jobs import PageJob, PrepareJob, ReleaseJob
from functions.core.broadcasts.lifecycle import BroadcastState, BroadcastTransition
from functions.core.emails.email import Email
from functions.ports import Clock
from functions.ports.broadcasts import BroadcastPages, BroadcastQueue, Broadcasts
from functions.ports.emails import Emails
from functions.steps.broadcasts.prepare import JOBS, jobs_of

SOON_SECONDS = 900  # SQS's longest delay: what is due within it is queued
PREPARE_SECONDS = 1800  # before the first zone has its time, its pages are written


class EnqueueDueBroadcasts(Struct, frozen=True, kw_only=True):
    """The sweeper's part: it queues a job for each moment that is near."""

    broadcasts: Broadcasts
    queue: BroadcastQueue
    clock: Clock

    def __call__(self) -> int:
        """Returns the number of moments. It enqueues first and removes then: a duplicate is harmless."""
        due = self.broadcasts.due(timestamps.iso(self.clock() + SOON_SECONDS))
        for one in due:
            delay = max(0, int(timestamps.parse(one.due_at) - self.clock()))
            self.queue.enqueue(ReleaseJob(one.broadcast_id, one.due_at), delay_seconds=min(delay, SOON_SECONDS))
            self.broadcasts.remove_due(one)
        return len(due)


class ReleaseBroadcast(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    broadcasts: Broadcasts
    pages: BroadcastPages
    queue: BroadcastQueue
    emails: Emails
    clock: Clock

    def __call__(self, job: ReleaseJob) -> None:
        """Queues what the broadcast's state needs. The time of a scheduled one may have changed since: then another job starts it."""
        broadcast = self.broadcasts.get(job.broadcast_id)
        if broadcast is None:
            return
        if _is_due(broadcast, job):
            broadcast = self._started(broadcast, job)
        if broadcast.state in lifecycle.SENDS | {BroadcastState.PAUSED} and not broadcast.prepared:
            self.queue.enqueue(PrepareJob(broadcast.id))
        if broadcast.state in lifecycle.SENDS:
            self._enqueue(jobs_of(broadcast, self.pages.all(broadcast.id), job.due_at))
        if broadcast.state is BroadcastState.CANCELED:
            self._enqueue(jobs_of(broadcast, self.pages.all(broadcast.id), job.due_at, settling=True))

    def _started(self, broadcast: Broadcast, job: ReleaseJob) -> Broadcast:
        """Cancels it instead if its email is no longer there to be sent."""
        now = timestamps.iso(self.clock())
        reason = _gone(self.emails.get(broadcast.email_id, consistent=True))

        def started(current: Broadcast) -> Broadcast:
            if not _is_due(current, job):  # an actor, or another copy of the job
                return current
            if reason:
                return replace(current.changed(BroadcastTransition.CANCEL, now), reason=reason)
            return begun(current, now)

        return self.broadcasts.edit(broadcast.id, started)

    def _enqueue(self, jobs: Sequence[PageJob]) -> None:
        for first in range(0, len(jobs), JOBS):
            self.queue.enqueue(*jobs[first : first + JOBS])


def _is_due(broadcast: Broadcast, job: ReleaseJob) -> bool:
    return broadcast.state is BroadcastState.SCHEDULED and job.due_at == start_of(broadcast)


def _gone(email: Email | None) -> str:
    """Returns why an email is not sent at its time, or an empty text."""
    if email is None or email.archived_at:
        return "the email was archived"
    return "" if email.published_revision else "the email was unpublished"


def begun(broadcast: Broadcast, now: str) -> Broadcast:
    """Raises Conflict."""
    return replace(broadcast.changed(BroadcastTransition.START, now), started_at=now)


def start_of(broadcast: Broadcast) -> str:
    """Returns when a scheduled broadcast begins. Pages of a time zone are written before the first zone has its time."""
    if broadcast.send_at is None:
        return ""
    if not broadcast.local_time:
        return broadcast.send_at
    return timestamps.iso(timestamps.parse(local_time.first_moment(broadcast.send_at)) - PREPARE_SECONDS)
