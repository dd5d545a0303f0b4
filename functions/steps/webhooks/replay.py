"""Replay: send events to an endpoint again. The events are derived from the messages, as they were the first time. A step of an automation
has none: a delivery has no address, since no erasure could find it there, and so it does not lead to its run.

The queue's worker replays a span, one page of an email's messages at a time, and each page queues the next. A broadcast has pages of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT
from functions.core.errors import Conflict, NotFound
from functions.core.events import pagination
from functions.core.sending.send import Message, MessageKey
from functions.core.statistics import periods
from functions.core.webhooks import webhook_events
from functions.core.webhooks.webhook import DeliveryJob, ReplayJob, WebhookEndpoint
from functions.core.webhooks.webhook_events import MessageEvent
from functions.ports.broadcasts import BroadcastPages, Broadcasts
from functions.ports.sending import MessageIndex, PageMessages, Sends
from functions.ports.statistics import Counters
from functions.ports.webhooks import WebhookDeliveries, WebhookEndpoints, WebhookQueue

PAGE = 200  # messages
LOOK_BACK_SECONDS = 3 * 86_400  # a span's events may belong to messages accepted this long before it


class ReplayDelivery(Struct, frozen=True, kw_only=True):
    """Replays one delivery: the step with its dependencies."""

    sends: Sends
    deliveries: WebhookDeliveries
    queue: WebhookQueue

    def __call__(self, endpoint: WebhookEndpoint, delivery_id: str, by: Actor) -> None:
        """Raises Forbidden, NotFound, and Conflict if the message no longer has the event, or the endpoint is not active."""
        by.require(ACCOUNT)
        require_active(endpoint)
        delivery = self.deliveries.get(endpoint.id, delivery_id)
        if delivery is None:
            raise NotFound(f"there is no delivery with the id {delivery_id!r}")
        message = self.sends.get(MessageKey(delivery.send_id, delivery.recipient)) if delivery.send_id else None
        event = webhook_events.of(message).get(delivery.event_id)
        if event is None:
            raise Conflict(
                "the event cannot be sent again: its message has expired or changed, or it was a test or a step of an automation"
            )
        self.queue.put([DeliveryJob(endpoint_id=endpoint.id, event=event, made=None, again=True)])


class ReplayRange(Struct, frozen=True, kw_only=True):
    """Replays a span of time: the step with its dependencies."""

    endpoints: WebhookEndpoints
    metrics: Counters
    messages: MessageIndex
    broadcasts: Broadcasts
    broadcast_pages: BroadcastPages
    broadcast_messages: PageMessages
    queue: WebhookQueue

    def __call__(self, job: ReplayJob) -> int:
        """Returns how many events it queued."""
        endpoint = self.endpoints.get(job.endpoint_id)
        if endpoint is None or not endpoint.is_active:
            return 0
        if job.page:
            return self._queue_events(job, endpoint, self.broadcast_messages(job.broadcast_id, job.page))
        if job.broadcast_id:
            self.queue.put(list(self._by_page(job)))
            return 0
        if not job.email_id:
            self.queue.put([*self._by_email(job), *self._by_broadcast(job)])
            return 0
        messages = self.messages.by_email(job.email_id, job.accepted_since, job.until, PAGE)
        queued = self._queue_events(job, endpoint, messages)
        if len(messages) == PAGE:
            self.queue.put([replace(job, accepted_since=pagination.next_since(job.accepted_since, messages[-1]))])
        return queued

    def _queue_events(self, job: ReplayJob, endpoint: WebhookEndpoint, messages: Sequence[Message]) -> int:
        events = [event for message in messages for event in self._matching(job, endpoint, message)]
        again, endpoint_id = job.again, endpoint.id
        self.queue.put([DeliveryJob(endpoint_id=endpoint_id, event=e, made=None, again=again) for e in events])
        return len(events)

    def _by_broadcast(self, job: ReplayJob) -> Iterator[ReplayJob]:
        since = timestamps.shifted(job.since, -LOOK_BACK_SECONDS)
        for one in self.broadcasts.all():
            if one.pages and one.started_at < job.until and (one.ended_at or since) >= since:
                yield replace(job, broadcast_id=one.id, accepted_since=since)

    def _by_page(self, job: ReplayJob) -> Iterator[ReplayJob]:
        for page in self.broadcast_pages.all(job.broadcast_id):
            if page.accepted_between(job.accepted_since, job.until):
                yield replace(job, page=page.number)

    def _by_email(self, job: ReplayJob) -> Iterator[ReplayJob]:
        since = timestamps.shifted(job.since, -LOOK_BACK_SECONDS)
        for email_id in self.metrics.emails(periods.day(since), periods.day(job.until)):
            yield replace(job, email_id=email_id, accepted_since=since)

    def _matching(self, job: ReplayJob, endpoint: WebhookEndpoint, message: Message) -> Iterator[MessageEvent]:
        for event in webhook_events.of(message).values():
            if job.since <= event.at < job.until and endpoint.subscribes_to(event):
                yield event


def require_active(endpoint: WebhookEndpoint) -> None:
    """Raises Conflict."""
    if not endpoint.is_active:
        raise Conflict("the webhook is paused, or not active: switch it on first (`active` is true then)")
