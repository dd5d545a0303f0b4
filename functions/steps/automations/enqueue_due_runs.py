"""Enqueue due runs: put each run in the queue shortly before its wait ends."""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgspec import Struct

from functions.core import timestamps
from functions.core.automations.jobs import Job, RunDue
from functions.ports import Clock
from functions.ports.automations import AutomationQueue, Runs
from functions.ports.sending import DueWatermark
from functions.steps.automations.definitions import AutomationCatalog
from functions.steps.sending.enqueue_due import HOUR, OUTAGE_SECONDS, OVERLAP_SECONDS, SOON_SECONDS

LATE_SECONDS = 900  # a run that is later is counted, and queued again
BATCH = 10  # jobs of a request to SQS
INDEX_SECONDS = 120  # by which the index may be behind


class DueRuns(Struct, frozen=True):
    queued: int
    late: int


class EnqueueDueRuns(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    catalog: AutomationCatalog
    runs: Runs
    queue: AutomationQueue
    watermark: DueWatermark
    clock: Clock

    def __call__(self, until: float = math.inf) -> DueRuns:
        """A run is queued once: when its end comes near. One that is late is queued at each sweep, until a worker moves it on. Works until a
        time: a run that a worker has moved on is no longer due, so the next call comes further.
        """
        if not self.catalog.latest():
            return DueRuns(0, 0)
        now = self.clock()
        swept_until = self.watermark.get()
        due_until = timestamps.iso(now + SOON_SECONDS)
        late_until = timestamps.iso(now - LATE_SECONDS)
        since = timestamps.iso(timestamps.parse(swept_until) - INDEX_SECONDS) if swept_until else ""
        queued = late = 0
        batch: list[tuple[Job, int]] = []  # a request costs the same for one job as for ten
        for job in self._due(swept_until, due_until, now):
            is_late = job.at <= late_until
            late += is_late
            if is_late or job.at > since:
                batch.append((job, max(0, int(timestamps.parse(job.at) - now) + 1)))
                queued += 1
            if len(batch) == BATCH:
                self.queue.put_later(batch)
                batch = []
                if self.clock() >= until:
                    return DueRuns(queued, late)
        self.queue.put_later(batch)
        self.watermark.set(due_until)
        return DueRuns(queued, late)

    def _due(self, swept_until: str | None, until: str, now: float) -> Iterator[RunDue]:
        if swept_until is None or timestamps.parse(swept_until) < now - OUTAGE_SECONDS:
            yield from self.runs.overdue(until)
            return
        first = min(timestamps.parse(swept_until), now) - OVERLAP_SECONDS
        for at in range(int(first), int(now) + SOON_SECONDS + HOUR, HOUR):
            yield from self.runs.due(timestamps.hour(timestamps.iso(at)), until)
