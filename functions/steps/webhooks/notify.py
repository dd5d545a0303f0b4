"""Notify: changes of messages → their events, for each webhook that wants them, and for the account's event bus where that is wanted.

A batch that comes again tells everything again: deliver_webhook knows what it delivered, and on the bus an event keeps its id.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from functions.core.sending.send import Message
from functions.core.webhooks import webhook_events
from functions.core.webhooks.webhook import DeliveryJob
from functions.ports.webhooks import EventBus, WebhookEndpoints, WebhookQueue


class EventPublisher(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    endpoints: WebhookEndpoints
    queue: WebhookQueue
    bus: EventBus | None  # None: the deployment wants none

    def __call__(self, changes: Iterable[tuple[Message | None, Message | None]]) -> int:
        """How many webhooks were queued. Raises Retry where not all could be told."""
        events = [event for before, after in changes for event in webhook_events.new_events(before, after)]
        if not events:
            return 0
        endpoints = self.endpoints.all()
        jobs = [
            DeliveryJob(endpoint_id=endpoint.id, event=event)
            for event in events
            for endpoint in endpoints
            if endpoint.subscribes_to(event)
        ]
        if jobs:
            self.queue.put(jobs)
        if self.bus:
            self.bus.put(events)
        return len(jobs)
