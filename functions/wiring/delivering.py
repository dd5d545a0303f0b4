"""From the queue to SES."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from functions.steps.sending.deliver import Delivery, templates
from functions.steps.sending.dry_run import Rehearsal
from functions.steps.sending.throttle import Governed
from functions.wiring.chance import new_secret

if TYPE_CHECKING:
    from functions.wiring import Wiring


class Delivering:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def delivery(self) -> Delivery:
        governed = Governed(
            mailer=self.wired.mailer, governors=self.wired.governors, clock=self.wired.clock, sleep=time.sleep
        )
        return Delivery(
            sends=self.wired.sends,
            contacts=self.wired.contacts,
            templates=templates(self.wired.emails),
            pauses=self.wired.accepting.pauses,
            mailer=governed,
            queue=self.wired.send_queue,
            uploads=self.wired.uploads,
            clock=self.wired.clock,
            new_secret=new_secret,
            public_url=self.wired.settings.public_url,
            lease_seconds=self.wired.settings.lease_seconds,
            grace_seconds=self.wired.settings.grace_seconds,
            max_receives=self.wired.settings.max_receives,
        )

    @cached_property
    def rehearsal(self) -> Rehearsal:
        return Rehearsal(
            acceptance=self.wired.accepting.acceptance,
            contacts=self.wired.contacts,
            templates=templates(self.wired.emails),
            uploads=self.wired.uploads,
            clock=self.wired.clock,
            public_url=self.wired.settings.public_url,
        )
