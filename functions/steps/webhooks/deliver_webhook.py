"""Deliver a webhook: one attempt to send one event to one endpoint, and its outcome.

The next attempt is queued before this one is stored: a worker that dies in between causes an attempt too many, never one too few. A
receiver deduplicates events by their id.
"""

from __future__ import annotations

import math

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.webhooks import webhook, webhook_signature
from functions.core.webhooks.webhook import (
    RETRY_SECONDS,
    DeliveryAttempt,
    DeliveryJob,
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
)
from functions.core.webhooks.webhook_events import MessageEventType
from functions.ports import Clock
from functions.ports.contacts import Contacts
from functions.ports.sending import MessageIndex
from functions.ports.webhooks import WebhookClient, WebhookDeliveries, WebhookEndpoints, WebhookQueue, WebhookSecrets

EARLY_SECONDS = 1  # an attempt may be this early: SQS's delays are whole seconds


class DeliveryResult(Struct, frozen=True):
    """The outcome of a job. The state is None if there was no attempt."""

    state: DeliveryState | None = None
    paused: WebhookEndpoint | None = None  # by this attempt


class DeliverWebhook(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    endpoints: WebhookEndpoints
    deliveries: WebhookDeliveries
    secrets: WebhookSecrets
    messages: MessageIndex
    contacts: Contacts
    queue: WebhookQueue
    receivers: WebhookClient
    clock: Clock

    def __call__(self, job: DeliveryJob) -> DeliveryResult:
        wait = job.due - self.clock()
        if wait > EARLY_SECONDS:
            self.queue.put([job], delay_seconds=math.ceil(wait))
            return DeliveryResult()
        endpoint = self.endpoints.get(job.endpoint_id)
        if endpoint is None:  # deleted, with its deliveries
            return DeliveryResult()
        stored = self.deliveries.get(endpoint.id, webhook.delivery_id(job.event))
        delivery = stored or webhook.first(endpoint.id, job.event)
        if self._already_delivered(job, delivery):
            return DeliveryResult()
        return self._attempt(replace(job, made=delivery.made if job.made is None else job.made), endpoint, delivery)

    def _already_delivered(self, job: DeliveryJob, delivery: WebhookDelivery) -> bool:
        """Returns whether another copy of the job made its attempt, or the event is delivered already."""
        delivered = delivery.state is DeliveryState.DELIVERED and not job.again
        return delivered or (job.made is not None and delivery.made > job.made)

    def _attempt(self, job: DeliveryJob, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> DeliveryResult:
        if reason := self._refusal(job, endpoint):
            attempt = DeliveryAttempt(timestamps.iso(self.clock()), 0, 0, reason)
            return self._save_attempt(webhook.attempted(delivery, attempt, None), None)
        attempt = self._post(job, endpoint)
        after = endpoint.after_success() if attempt.succeeded else endpoint.after_failure(attempt.status, self.clock())
        retry = not attempt.succeeded and after.is_active and job.tries < len(RETRY_SECONDS)
        seconds = RETRY_SECONDS[job.tries] if retry else None
        if seconds is not None:
            self._requeue(job, seconds)
        if after != endpoint:
            self.endpoints.save(after)  # after a concurrent change, the next attempt saves the same
        return self._save_attempt(webhook.attempted(delivery, attempt, seconds), None if after.is_active else after)

    def _refusal(self, job: DeliveryJob, endpoint: WebhookEndpoint) -> str:
        """Returns why nothing is sent, or an empty text."""
        if not endpoint.is_active:
            return "nothing was sent: the endpoint is paused, or not active"
        return "nothing was sent: the person was erased" if self._was_erased(job) else ""

    def _was_erased(self, job: DeliveryJob) -> bool:
        """A retry, or a job from the dead letters, has the event of hours ago. A step of an automation has its contact in place of a message."""
        event = job.event
        if event.type is MessageEventType.AUTOMATION:
            contact = self.contacts.get(event.data["contact"])
            return contact is not None and contact.was_erased_since(event.data["enteredAt"])
        if not (job.tries and event.message):
            return False
        return any(message.erased for message in self.messages.read_all([event.message]).values())

    def _post(self, job: DeliveryJob, endpoint: WebhookEndpoint) -> DeliveryAttempt:
        now = self.clock()
        body = msgspec.json.encode(job.event.body()).decode()
        secrets = [self.secrets.get(endpoint.id, version) for version in endpoint.secret_versions(timestamps.iso(now))]
        headers = webhook_signature.signed(job.event.id, now, body, secrets)
        answer = self.receivers.post(endpoint.url, headers, body)
        return DeliveryAttempt(timestamps.iso(now), answer.status, answer.milliseconds, answer.error)

    def _requeue(self, job: DeliveryJob, seconds: int) -> None:
        due = self.clock() + seconds
        later = replace(job, made=(job.made or 0) + 1, tries=job.tries + 1, due=due, again=False)
        self.queue.put([later], delay_seconds=seconds)

    def _save_attempt(self, delivery: WebhookDelivery, paused: WebhookEndpoint | None) -> DeliveryResult:
        self.deliveries.save(delivery)
        return DeliveryResult(delivery.state, paused)
