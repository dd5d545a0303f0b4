"""What watches over sending: its quota, its schedule, what is left over, and its reputation."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.account.dead_letters import SqsDeadLetters
from functions.adapters.account.sending_account import SesAccount
from functions.core.sending.throttle import Governor
from functions.steps.account.monitor_reputation import Watch
from functions.steps.account.pause import Pausing
from functions.steps.account.redrive import Redrive
from functions.steps.account.sweep import Sweep
from functions.steps.sending.schedule import DueSends
from functions.steps.sending.throttle import tell_quota

if TYPE_CHECKING:
    from functions.wiring import Wiring


class Watching:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def due_sends(self) -> DueSends:
        return DueSends(sends=self.wired.sends, queue=self.wired.send_queue, clock=self.wired.clock)

    @cached_property
    def sweep(self) -> Sweep:
        return Sweep(
            sends=self.wired.sends,
            metrics=self.wired.metrics,
            queue=self.wired.send_queue,
            clock=self.wired.clock,
            grace_seconds=self.wired.settings.grace_seconds,
        )

    @cached_property
    def redrive(self) -> Redrive:
        letters = SqsDeadLetters(
            self.wired.clients.sqs, self.wired.send_queue, self.wired.settings.dead_letter_queue_url
        )
        return Redrive(
            letters=letters,
            sends=self.wired.sends,
            queue=self.wired.send_queue,
            clock=self.wired.clock,
            grace_seconds=self.wired.settings.grace_seconds,
        )

    def tell_quota(self) -> Governor:
        return tell_quota(
            account=SesAccount(self.wired.clients.sesv2), governors=self.wired.governors, clock=self.wired.clock
        )

    @cached_property
    def pausing(self) -> Pausing:
        return Pausing(
            emails=self.wired.emails,
            account=self.wired.account_pause,
            audit=self.wired.access.audit_log,
            clock=self.wired.clock,
        )

    @cached_property
    def watch(self) -> Watch:
        return Watch(
            metrics=self.wired.metrics,
            emails=self.wired.emails,
            account=self.wired.account_pause,
            pausing=self.pausing,
            clock=self.wired.clock,
        )
