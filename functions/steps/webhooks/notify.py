"""Notify: publish the events of changed messages to the subscribed webhooks, and to the account's event bus if there is one.

A batch that is delivered again publishes all its events again. deliver_webhook deduplicates them, and receivers on the bus do by id.
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
    bus: EventBus | None  # None if the deployment has no event bus

    def __call__(self, changes: Iterable[tuple[Message | None, Message | None]]) -> int:
        """Returns how many webhooks were queued. Raises Retry, or ContentRefused, if an event could not be published."""
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
