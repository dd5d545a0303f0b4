"""Recount lists: a worker that died between the members of a change and the size of their list leaves a size that differs by them."""

from __future__ import annotations

import math

from msgspec import Struct

from functions.core import timestamps
from functions.ports import Clock
from functions.ports.contacts import ListMembers

QUIET_SECONDS = 1800  # since a list's latest change: longer than a worker can run


class RecountLists(Struct, frozen=True, kw_only=True):
    """The sweeper's part: it counts the members of each list that has a change without an end. A busy list has its turn when it is quiet."""

    members: ListMembers
    clock: Clock

    def __call__(self, until: float = math.inf) -> int:
        """Works until a time, and the next sweep continues. Returns the number of lists."""
        recounted = 0
        for list_id in self.members.uncounted(timestamps.iso(self.clock() - QUIET_SECONDS)):
            if self.clock() >= until:
                break
            recounted += self.members.recount(list_id)
        return recounted
