"""Redrive the dead letters of broadcasts. A page reads its messages before it sends any, so a redriven page sends no mail twice."""

from __future__ import annotations

import math

from msgspec import Struct
from msgspec.structs import replace

from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT
from functions.core.broadcasts.jobs import Job, PageJob
from functions.ports import Clock
from functions.ports.broadcasts import BroadcastDeadLetter, BroadcastDeadLetters, BroadcastQueue


class RedriveBroadcasts(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    letters: BroadcastDeadLetters
    queue: BroadcastQueue
    clock: Clock

    def __call__(self, by: Actor, until: float = math.inf) -> int:
        """Returns how many jobs are back in the queue. A letter that cannot be read stays. Works until a time. Raises Forbidden."""
        by.require(ACCOUNT)
        redriven = 0
        left: list[BroadcastDeadLetter] = []  # hidden until the end, or they would be handled again
        handled: set[object] = set()  # a job that fails at once is a dead letter again, which stays one
        for batch in self.letters.batches():
            new = [letter for letter in batch if letter.job and _name(letter.job) not in handled]
            handled.update(_name(letter.job) for letter in new if letter.job)
            self.queue.enqueue(*(reopened(letter.job) for letter in new if letter.job))
            self.letters.remove(*new)
            left += [letter for letter in batch if letter not in new]
            redriven += len(new)
            if self.clock() >= until:
                break
        self.letters.put_back(*left)
        return redriven


def reopened(job: Job) -> Job:
    """Returns the job of a dead letter as it goes back into the queue."""
    return replace(job, settling=max(1, job.settling), attempts=0) if isinstance(job, PageJob) else job


def _name(job: Job) -> object:
    """Returns what copies of a page's job share: they differ in how far the page was."""
    return replace(job, start=0, settling=0, attempts=0) if isinstance(job, PageJob) else job
