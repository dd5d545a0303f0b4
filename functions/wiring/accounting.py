"""What SES told, and the counters that follow from it."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.sending.message_scan import DynamoCensus
from functions.steps.events.record import Recording
from functions.steps.statistics.rebuild import Rebuild

if TYPE_CHECKING:
    from functions.wiring import Wiring


class Accounting:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def recording(self) -> Recording:
        return Recording(
            sends=self.wired.sends,
            contacts=self.wired.contacts,
            tokens=self.wired.smtp_tokens,
            clock=self.wired.clock,
            retention_days=self.wired.settings.retention_days,
        )

    @cached_property
    def rebuild(self) -> Rebuild:
        return Rebuild(
            messages=DynamoCensus(self.wired.clients.dynamodb, self.wired.settings.sends_table),
            sends=self.wired.sends,
            events=self.wired.raw_events,
            recording=self.recording,
            metrics=self.wired.metrics,
            clock=self.wired.clock,
            sleep=time.sleep,
            retention_days=self.wired.settings.retention_days,
        )
