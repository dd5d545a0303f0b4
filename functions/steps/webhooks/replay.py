"""Replay: tell an endpoint anew of what it missed. What there is to tell follows from the messages themselves, as it did the first time.

A span is replayed by the queue's worker, a page of an email's messages at a time, each page queueing the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.errors import Conflict, NotFound
from functions.core.sending.send import Message, MessageKey
from functions.core.statistics import periods
from functions.core.webhooks import webhook_events
from functions.core.webhooks.webhook import DeliveryJob, ReplayJob, WebhookEndpoint
from functions.core.webhooks.webhook_events import MessageEvent
from functions.ports.sending import MessageIndex, Sends
from functions.ports.statistics import Counters
from functions.ports.webhooks import WebhookDeliveries, WebhookEndpoints, WebhookQueue

PAGE = 200  # messages
# A span's events are looked for in the messages that were accepted in it, and up to so long before it.
LOOK_BACK_SECONDS = 3 * 86_400


class ReplayDelivery(Struct, frozen=True, kw_only=True):
    """Of one delivery: the step with its dependencies."""

    sends: Sends
    deliveries: WebhookDeliveries
    queue: WebhookQueue

    def __call__(self, endpoint: WebhookEndpoint, delivery_id: str) -> None:
        """Raises NotFound, or Conflict where the event is not the message's any more, or the endpoint hears nothing."""
        require_active(endpoint)
        delivery = self.deliveries.get(endpoint.id, delivery_id)
        if delivery is None:
            raise NotFound(f"there is no delivery with the id {delivery_id!r}")
        message = self.sends.get(MessageKey(delivery.send_id, delivery.recipient)) if delivery.send_id else None
        event = webhook_events.of(message).get(delivery.event_id)
        if event is None:
            raise Conflict(
                "what that told of is not known any more: the message is gone, or went another way; or it was a test"
            )
        self.queue.put([DeliveryJob(endpoint_id=endpoint.id, event=event, made=None, again=True)])


class ReplayRange(Struct, frozen=True, kw_only=True):
    """Of a span: the step with its dependencies."""

    endpoints: WebhookEndpoints
    metrics: Counters
    messages: MessageIndex
    queue: WebhookQueue

    def __call__(self, job: ReplayJob) -> int:
        """How many events it queued."""
        endpoint = self.endpoints.get(job.endpoint_id)
        if endpoint is None or not endpoint.is_active:
            return 0
        if not job.email_id:
            self.queue.put(list(self._by_email(job)))
            return 0
        messages = self.messages.by_email(job.email_id, job.accepted_since, job.until, PAGE)
        events = [event for message in messages for event in self._wanted(job, endpoint, message)]
        if events:
            again, endpoint_id = job.again, endpoint.id
            self.queue.put([DeliveryJob(endpoint_id=endpoint_id, event=e, made=None, again=again) for e in events])
        if len(messages) == PAGE:
            self.queue.put([replace(job, accepted_since=_next(job.accepted_since, messages[-1]))])
        return len(events)

    def _by_email(self, job: ReplayJob) -> Iterator[ReplayJob]:
        since = timestamps.iso(timestamps.parse(job.since) - LOOK_BACK_SECONDS)
        for email_id in self.metrics.emails(periods.day(since), periods.day(job.until)):
            yield replace(job, email_id=email_id, accepted_since=since)

    def _wanted(self, job: ReplayJob, endpoint: WebhookEndpoint, message: Message) -> Iterator[MessageEvent]:
        for event in webhook_events.of(message).values():
            if job.since <= event.at < job.until and endpoint.wants(event):
                yield event


def require_active(endpoint: WebhookEndpoint) -> None:
    """Raises Conflict."""
    if not endpoint.is_active:
        raise Conflict('the endpoint is paused, or not active: PATCH it with {"active": true} first')


def _next(since: str, last: Message) -> str:
    """The last message's instant again, since others may share it; where all of a page do, the millisecond after."""
    at = last.accepted_at
    return at if at > since else timestamps.iso(timestamps.parse(at) + 0.001)
