"""A pause stops one email, or all non-transactional mail, until it is resumed. While paused, sends are refused with the reason. They
are not queued: no mail goes out days late.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

DEFAULT_REASON = "by hand"  # of a person who gives none
REPUTATION = "reputation"  # the automatic pause: see core.account.reputation


class Pause(Struct, frozen=True):
    """The latest pause. It is over if it has a `resumed_at`."""

    at: str
    by: str  # an email address, or REPUTATION
    reason: str
    resumed_at: str = ""
    resumed_by: str = ""

    @property
    def is_active(self) -> bool:
        return not self.resumed_at

    def resumed(self, at: str, by: str) -> Pause:
        """Returns the ended pause. A pause that is already over stays unchanged."""
        return replace(self, resumed_at=at, resumed_by=by) if self.is_active else self
