"""Detect a burst of one email, so that its messages spread over the partitions of the index by email.

A partition takes 1,000 writes a second. A lone message is listed in its email's own partition, so a listing of many emails reads one
partition each. Each worker lists at most one message of an email a second there, so 5,000 a second from a hundred workers are a tenth
of the limit. The worker's further messages are spread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from functions.ports import Clock

BURST_SECONDS = 1.0
EMAILS_MAX = 1000  # remembered by one worker: callers may name any number


class DetectBurst(Struct, frozen=True):
    """The step with its dependencies."""

    clock: Clock
    _listed: dict[int, float] = field(default_factory=dict)  # when this worker last used an email's own partition

    def __call__(self, email_id: int) -> bool:
        """Returns whether the email's next message is part of a burst."""
        now = self.clock()
        if now < self._listed.get(email_id, 0.0) + BURST_SECONDS:
            return True
        if len(self._listed) >= EMAILS_MAX:
            self._listed.clear()
        self._listed[email_id] = now
        return False
