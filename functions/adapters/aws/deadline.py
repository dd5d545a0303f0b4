"""Until when a worker may wait for AWS. If Lambda stops a function during a call, its caller gets no answer of ours and nothing is rolled
back. So calls end before that.

A worker has one invocation at a time, and so one deadline. It begins without one.
"""

from __future__ import annotations

import math
import time

RESERVE_SECONDS = 4  # of a function's time, to roll back and to answer
LEAST_SECONDS = 1  # for each call, since a rollback needs calls too


class Deadline:
    def __init__(self) -> None:
        self._at = math.inf

    def begin(self, remaining_ms: int) -> None:
        """Sets the deadline of an invocation that Lambda stops after `remaining_ms`."""
        self._at = time.monotonic() + remaining_ms / 1000 - RESERVE_SECONDS

    def passed(self) -> bool:
        return time.monotonic() >= self._at

    def at_most(self, seconds: float) -> float:
        """Returns how long a call may wait: `seconds`, or less if the deadline is near."""
        return max(LEAST_SECONDS, min(seconds, self._at - time.monotonic()))


DEADLINE = Deadline()
