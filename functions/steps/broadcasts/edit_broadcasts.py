"""Broadcasts as actors change them: create, change, schedule, send, pause, resume and cancel.

A change and the job that it needs are two writes. The moment of the change is stored as due before them, so the sweeper queues the job if
a crash prevents it. A repeated job is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.core.broadcasts.broadcast import Broadcast, Progress
from functions.core.broadcasts.jobs import ReleaseJob
from functions.core.broadcasts.lifecycle import STARTABLE, BroadcastState, BroadcastTransition
from functions.core.emails.email import Email
from functions.core.emails.pause import DEFAULT_REASON
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.core.paging import page_after
from functions.ports import Clock, NewId
from functions.ports.broadcasts import BroadcastPages, BroadcastQueue, Broadcasts, DueBroadcast
from functions.ports.emails import Emails
from functions.steps.broadcasts.check import as_sent
from functions.steps.broadcasts.draft_broadcasts import BroadcastRequest, DraftBroadcasts
from functions.steps.broadcasts.prepare import finish_if_done
from functions.steps.broadcasts.release import begun, start_of

SENDING = (MARKETING_EMAIL, TRANSACTIONAL_EMAIL)  # the scopes of actors who may send


class BroadcastEditor(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    broadcasts: Broadcasts
    pages: BroadcastPages
    queue: BroadcastQueue
    drafts: DraftBroadcasts
    emails: Emails
    clock: Clock
    new_id: NewId

    def progress(self, broadcast: Broadcast) -> Progress:
        """Returns the sums over its pages. One without pages has none."""
        return self.pages.progress(broadcast.id) if broadcast.pages else Progress()

    def get(self, broadcast_id: str) -> Broadcast:
        """Raises NotFound."""
        broadcast = self.broadcasts.get(broadcast_id)
        if broadcast is None:
            raise NotFound(f"there is no broadcast {broadcast_id!r}")
        return broadcast

    def all(self) -> Sequence[Broadcast]:
        return self.broadcasts.all()

    def create(self, request: BroadcastRequest, by: Actor, broadcast_id: str = "") -> Broadcast:
        """Returns a draft. Raises Rejected with every error that does not need its audience."""
        by.require(*SENDING)
        broadcast, errors = self.drafts.draft(request, by.name, broadcast_id or self.new_id())
        if errors:
            raise Rejected(errors)
        if not self.broadcasts.create(broadcast):
            raise Conflict(f"there is a broadcast {broadcast.id} already")
        return self.get(broadcast.id)

    def errors(self, request: BroadcastRequest, email: Email) -> list[FieldError]:
        """Returns what `create` and `start` would report. `email` is as it will be when the broadcast starts."""
        broadcast, errors = self.drafts.draft(request, "", "")
        return [*errors, *self.drafts.start_errors(broadcast, email)]

    def page(self, after: str, limit: int) -> tuple[Sequence[Broadcast], str]:
        """Returns the broadcasts after a cursor, the newest first, and the cursor of the next page. Raises Rejected."""
        return page_after(self.all(), after, limit)

    def change(self, broadcast_id: str, request: BroadcastRequest, by: Actor, version: int | None) -> Broadcast:
        """Replaces what was chosen for a broadcast that did not begin. `version` is the one that the actor read. What is scheduled stays
        so, and is checked as `start` checks it; a time that stays may have passed, and the file of a draft's audience that stays may be
        gone. Raises Rejected, Conflict and NotFound.
        """
        by.require(*SENDING)
        before = self.get(broadcast_id)
        _changeable(before, version, self._now())
        chosen, errors = self.drafts.draft(replace(request, email_id=before.email_id), by.name, broadcast_id, before)
        if before.state is BroadcastState.SCHEDULED:
            errors += self.drafts.schedule_errors(chosen)
        if errors:
            raise Rejected(errors)

        def changed(current: Broadcast) -> Broadcast:
            return _changeable(current, before.version, self._now()).with_choice(chosen)

        if before.state is BroadcastState.SCHEDULED:
            return self._schedule(DueBroadcast(start_of(chosen), broadcast_id), changed)
        return self.broadcasts.edit(broadcast_id, changed)

    def start(self, broadcast_id: str, by: Actor, send_at: str | None = None, version: int | None = None) -> Broadcast:
        """Sends a draft at once or at its time. `send_at` replaces its time, also that of a scheduled one. `version` is the one that the
        actor read. Raises Rejected, Conflict and NotFound.
        """
        by.require(*SENDING)
        broadcast = self.get(broadcast_id)
        if broadcast.state not in STARTABLE:
            broadcast.changed(BroadcastTransition.START, self._now())
        _check_version(broadcast, version)
        timed = replace(broadcast, send_at=send_at or broadcast.send_at)
        email = self.emails.get(broadcast.email_id, consistent=True)
        errors = [*self.drafts.errors(timed), *self.drafts.start_errors(timed, email)]
        if errors or email is None:
            raise Rejected(errors)

        def started(current: Broadcast) -> Broadcast:
            _check_version(current, broadcast.version)
            ready = replace(as_sent(current, email), send_at=timed.send_at, started_by=by.name)
            if timed.send_at is None:
                return begun(ready, self._now())
            return ready.changed(BroadcastTransition.SCHEDULE, self._now())

        if timed.send_at is None:
            return self._change(broadcast_id, started)
        return self._schedule(DueBroadcast(start_of(timed), broadcast_id), started)

    def pause(self, broadcast_id: str, reason: str, by: Actor) -> Broadcast:
        """Mail on its way still goes out. Raises NotFound and Conflict."""
        by.require(*SENDING)
        now, reason = self._now(), reason or DEFAULT_REASON
        return self.broadcasts.edit(
            broadcast_id, lambda current: replace(current.changed(BroadcastTransition.PAUSE, now), reason=reason)
        )

    def resume(self, broadcast_id: str, by: Actor) -> Broadcast:
        """Raises NotFound and Conflict."""
        by.require(*SENDING)
        now = self._now()
        resumed = self._change(
            broadcast_id, lambda current: replace(current.changed(BroadcastTransition.RESUME, now), reason="")
        )
        finish_if_done(resumed, self.broadcasts, self.pages, self.clock())
        return self.get(broadcast_id)

    def cancel(self, broadcast_id: str, by: Actor) -> Broadcast:
        """Stops the mail for good. Raises NotFound and Conflict."""
        by.require(*SENDING)
        now = self._now()
        return self._change(broadcast_id, lambda current: current.changed(BroadcastTransition.CANCEL, now))

    def withdraw(self, broadcast_id: str, by: Actor) -> Broadcast:
        """Cancels a broadcast of which no mail is out. Raises NotFound, and Conflict if it began."""
        by.require(*SENDING)
        now = self._now()

        def withdrawn(current: Broadcast) -> Broadcast:
            if current.started_at:
                raise Conflict(f"broadcast {broadcast_id} began at {current.started_at}")
            return current.changed(BroadcastTransition.CANCEL, now)

        return self._change(broadcast_id, withdrawn)

    def _schedule(self, due: DueBroadcast, change: Callable[[Broadcast], Broadcast]) -> Broadcast:
        """Stores the moment before the change, for a crash in between, and after it: a sweep in between takes the first one, whose job finds
        no broadcast of this time.
        """
        self.broadcasts.add_due(due)
        changed = self.broadcasts.edit(due.broadcast_id, change)
        self.broadcasts.add_due(due)
        return changed

    def _change(self, broadcast_id: str, change: Callable[[Broadcast], Broadcast]) -> Broadcast:
        due = DueBroadcast(self._now(), broadcast_id)
        self.broadcasts.add_due(due)
        changed = self.broadcasts.edit(broadcast_id, change)
        self.queue.enqueue(ReleaseJob(broadcast_id, due.due_at))
        self.broadcasts.remove_due(due)
        return changed

    def _now(self) -> str:
        return timestamps.iso(self.clock())


def _changeable(broadcast: Broadcast, version: int | None, now: str) -> Broadcast:
    """Raises Conflict if the broadcast began or ended, or is not as the actor read it."""
    changed = broadcast.changed(BroadcastTransition.CHANGE, now)
    _check_version(broadcast, version)
    return changed


def _check_version(broadcast: Broadcast, version: int | None) -> None:
    """Raises Conflict."""
    if version not in {None, broadcast.version}:
        raise Conflict("the broadcast was changed since you read it: look at it again, and repeat what you did")
