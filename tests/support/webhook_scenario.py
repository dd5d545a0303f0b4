"""One webhook endpoint, with the steps over fakes."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from functions.core import timestamps
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message, State
from functions.core.webhooks import webhook, webhook_events
from functions.core.webhooks.webhook import (
    DeliveryJob,
    Job,
    WebhookEndpoint,
)
from functions.core.webhooks.webhook_events import MessageEvent
from functions.ports.statistics import Counters
from functions.steps.broadcasts.list_messages import ListBroadcastMessages
from functions.steps.webhooks.deliver_webhook import DeliverWebhook, DeliveryResult
from functions.steps.webhooks.manage_webhooks import WebhookManager
from functions.steps.webhooks.replay import ReplayRange
from tests.fakes import Clock, Life
from tests.fakes.broadcasts import MemoryBroadcastFiles, MemoryBroadcastPages, MemoryBroadcasts
from tests.fakes.contacts import MemoryContacts
from tests.fakes.sending import MemoryMessageIndex, MemorySends
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import NOON, NOON_TEXT, a_message
from tests.support.webhooks import (
    SECRET,
    MemoryDeliveries,
    MemoryEndpoints,
    MemorySecrets,
    MemoryWebhookClient,
    MemoryWebhookQueue,
    an_endpoint,
)

URL = an_endpoint().url
SENT = a_message(state=State.SENT, settled_at=NOON_TEXT)
(EVENT,) = webhook_events.new_events(None, SENT)
HOUR = 3600


class WebhookScenario:
    """One endpoint, and everything around it."""

    def __init__(self, **endpoint: Any) -> None:
        self.clock = Clock()
        self.endpoints, self.deliveries = MemoryEndpoints(), MemoryDeliveries()
        self.secrets, self.queue, self.receivers = (
            MemorySecrets({"w-1": [SECRET]}),
            MemoryWebhookQueue(),
            MemoryWebhookClient(),
        )
        self.endpoints.save(an_endpoint(**endpoint))
        self.sends, self.metrics, self.contacts = MemorySends(), MemoryCounters(), MemoryContacts()
        self.broadcasts, self.pages, self.files = MemoryBroadcasts(), MemoryBroadcastPages(), MemoryBroadcastFiles()

    @property
    def endpoint(self) -> WebhookEndpoint:
        return self.endpoints.stored["w-1"]

    def delivery(self, event: MessageEvent = EVENT) -> webhook.WebhookDelivery:
        return self.deliveries.stored["w-1", webhook.delivery_id(event)]

    def deliver(self, job: Job | None = None, life: Life | None = None) -> DeliveryResult:
        job = job or DeliveryJob(endpoint_id="w-1", event=EVENT)
        assert isinstance(job, DeliveryJob)
        guard = (life or Life(10**6)).guard
        return DeliverWebhook(
            endpoints=guard(self.endpoints),
            deliveries=guard(self.deliveries),
            secrets=guard(self.secrets),
            messages=guard(MemoryMessageIndex(self.sends)),
            contacts=guard(self.contacts),
            queue=guard(self.queue),
            receivers=guard(self.receivers),
            clock=self.clock,
        )(job)

    def deliver_all(self) -> None:
        """Each job when it is due, until none is left."""
        while self.queue.jobs:
            (job,) = self.queue.take()
            assert isinstance(job, DeliveryJob)
            self.clock.now = max(self.clock.now, job.due)
            self.deliver(job)

    def span_replay(self, metrics: Counters | None = None) -> ReplayRange:
        return ReplayRange(
            endpoints=self.endpoints,
            metrics=metrics or self.metrics,
            messages=MemoryMessageIndex(self.sends),
            broadcasts=self.broadcasts,
            broadcast_pages=self.pages,
            broadcast_messages=ListBroadcastMessages(
                broadcasts=self.broadcasts,
                pages=self.pages,
                files=self.files,
                messages=MemoryMessageIndex(self.sends),
            ).of_page,
            queue=self.queue,
        )

    def manager(self) -> WebhookManager:
        return WebhookManager(
            endpoints=self.endpoints,
            secrets=self.secrets,
            receivers=self.receivers,
            queue=self.queue,
            clock=self.clock,
            new_id=lambda: f"w-{len(self.endpoints.stored) + 1}",
            new_bytes=lambda length: bytes([len(self.queue.jobs)]) * length,
        )


def delivered(seconds: int = 5, send_id: str = "s-1") -> Message:
    """A message that was accepted at noon and delivered so many seconds after."""
    fact = TimelineEvent(type=TimelineEventType.DELIVERED, at=timestamps.iso(NOON + seconds))
    return replace(a_message(send_id, state=State.SENT, settled_at=NOON_TEXT), timeline={fact.key: fact.to_item()})
