"""A pause: an email, or all mail that is not transactional, is not sent until somebody resumes it. What is accepted meanwhile is refused with
the reason, and nothing is held back to go out days late.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

REPUTATION = "reputation"  # who pauses by itself: see core.statistics.reputation


class Pause(Struct, frozen=True):
    """The latest one; `resumed_at` tells that it is over, and since when."""

    at: str
    by: str  # an email address, or REPUTATION
    reason: str
    resumed_at: str = ""
    resumed_by: str = ""

    @property
    def is_active(self) -> bool:
        return not self.resumed_at

    def resumed(self, at: str, by: str) -> Pause:
        """The same where it is over already."""
        return replace(self, resumed_at=at, resumed_by=by) if self.is_active else self
