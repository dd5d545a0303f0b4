"""Redrive the dead letters of broadcasts. A page reads its messages before it sends any, so a redriven page sends no mail twice."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT
from functions.core.broadcasts.jobs import PageJob
from functions.ports.broadcasts import BroadcastDeadLetters, BroadcastPages, BroadcastQueue


class RedriveBroadcasts(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    letters: BroadcastDeadLetters
    pages: BroadcastPages
    queue: BroadcastQueue

    def __call__(self, by: Actor) -> int:
        """Returns how many jobs are back in the queue. A letter that cannot be read stays. Raises Forbidden."""
        by.require(ACCOUNT)
        redriven = 0
        for letter in self.letters.all():
            if letter.job is None:
                self.letters.put_back(letter)
                continue
            job = letter.job
            if isinstance(job, PageJob):
                self.pages.mark_dead(job.broadcast_id, job.number, dead=False)
                job = replace(job, settling=max(1, job.settling), attempts=0)
            self.queue.enqueue(job)
            self.letters.remove(letter)
            redriven += 1
        return redriven
