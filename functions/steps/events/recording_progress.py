"""Record's progress: noted by record with each batch, and checked before an attempt with an unknown outcome is repeated."""

from __future__ import annotations

from msgspec import Struct, field

from functions.core.events import recording_progress
from functions.ports import Clock
from functions.ports.events import EventsQueue, RecordingProgressStore

WRITES_PER_GRACE = 30  # of one worker that reads in time: each batch would be a write otherwise


class NoteProgress(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    store: RecordingProgressStore
    clock: Clock
    grace_seconds: int
    _noted: list[float] = field(default_factory=list)  # when this worker last read in time, and stored it

    def __call__(self, oldest: float) -> None:
        """Stores that events were read of which the oldest was sent at `oldest`. Call it before they are recorded: if that always fails,
        they become late.
        """
        now = self.clock()
        if recording_progress.is_late(oldest, now, self.grace_seconds):
            self._noted.clear()
            self.store.late(now)
        elif not self._noted or now - self._noted[0] > self.grace_seconds / WRITES_PER_GRACE:
            self._noted[:] = [now]
            self.store.in_time(now, resumed_before=recording_progress.resumed_before(now, self.grace_seconds))


class CheckRecorded(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    store: RecordingProgressStore
    queue: EventsQueue
    clock: Clock
    grace_seconds: int

    def __call__(self) -> bool:
        """Returns whether record has surely recorded every event that is older than the grace period."""
        if self.queue.has_dead_letters():
            return False  # one of them may be of any mail
        is_current = recording_progress.is_current(self.store.get(), self.clock(), self.grace_seconds)
        return is_current or self.queue.is_empty()
