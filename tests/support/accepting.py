"""The accept step over fakes, and the sweeper's step for scheduled sends."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from functions.core import timestamps
from functions.core.sending.send import Send, SendRequest, State
from functions.steps.sending.accept import AcceptResult, AcceptSend
from functions.steps.sending.email_leases import EmailLeases
from functions.steps.sending.enqueue_due import EnqueueDue, FindDue
from tests.fakes import Clock, Life
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import (
    MemoryDueWatermark,
    MemoryMessageIndex,
    MemoryQueue,
    MemorySends,
    MemoryUploads,
    never_paused,
)
from tests.support.examples import DOMAIN, NOON, a_request, a_subscription_type, an_email, recipients

TWO = recipients(cc=("bob@example.net",))


@dataclass
class AcceptScenario:
    """Accepts requests for email 7. A `life` ends its worker at one of its calls."""

    clock: Clock = field(default_factory=Clock)
    sends: MemorySends = field(default_factory=MemorySends)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    emails: MemoryEmails = field(default_factory=lambda: MemoryEmails(live={7: an_email()}))
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    types: MemorySubscriptionTypes = field(
        default_factory=lambda: MemorySubscriptionTypes({"news": a_subscription_type()})
    )

    def step(self, life: Life | None = None) -> AcceptSend:
        guard = life.guard if life else lambda port: port
        new_ids = itertools.count(len(self.sends.stored))
        return AcceptSend(
            domains=connected(DOMAIN),
            sends=guard(self.sends),
            emails=EmailLeases(emails=self.emails, clock=self.clock),
            contacts=self.contacts,
            subscription_types=self.types,
            pauses=never_paused(),
            queue=guard(self.queue),
            uploads=self.uploads,
            clock=self.clock,
            new_id=lambda: f"id-{next(new_ids)}",
        )

    def accept(self, request: SendRequest, life: Life | None = None) -> AcceptResult:
        return self.step(life)(request, "key-1")

    def queued(self) -> list[Send]:
        return [send for send, _ in self.queue.waiting]

    def states(self) -> set[State]:
        return {message.state for message in self.sends.stored.values()}


@dataclass
class ScheduleScenario(AcceptScenario):
    """Accepts a send for later, and runs the sweeper's step at other times."""

    watermark: MemoryDueWatermark = field(default_factory=MemoryDueWatermark)

    def accept_for(self, later: float, life: Life | None = None) -> AcceptResult:
        request = a_request(send_id="one", recipients=TWO, send_at=timestamps.iso(NOON + later))
        return self.accept(request, life)

    def enqueue_due(self, later: float, life: Life | None = None) -> int:
        guard = life.guard if life else lambda port: port
        self.clock.now = NOON + later
        step = EnqueueDue(
            sends=guard(self.sends),
            queue=guard(self.queue),
            due=FindDue(
                messages=guard(MemoryMessageIndex(self.sends)), watermark=guard(self.watermark), clock=self.clock
            ),
            watermark=guard(self.watermark),
            clock=self.clock,
        )
        return step()

    def delays(self) -> list[int]:
        return [delay for _, delay in self.queue.waiting]
