"""Until when a worker may wait for AWS. A function that is stopped in the middle of a call gives its caller no answer of ours, and undoes
nothing; so its calls come to an end before that.

Lambda gives a worker one invocation at a time, so a worker has one deadline. Without one, calls take the time that they are given.
"""

from __future__ import annotations

import math
import time

RESERVE_SECONDS = 4  # of a function's time, to undo what was begun and to answer
LEAST_SECONDS = 1  # that each call is given, for undoing is calls too


class Deadline:
    def __init__(self) -> None:
        self._at = math.inf

    def begin(self, remaining_ms: int) -> None:
        """Of an invocation that Lambda stops after so long."""
        self._at = time.monotonic() + remaining_ms / 1000 - RESERVE_SECONDS

    def passed(self) -> bool:
        return time.monotonic() >= self._at

    def at_most(self, seconds: float) -> float:
        """As long as a call may wait which would wait for so long."""
        return max(LEAST_SECONDS, min(seconds, self._at - time.monotonic()))


DEADLINE = Deadline()
