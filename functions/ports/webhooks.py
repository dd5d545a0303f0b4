"""Webhooks: endpoints, deliveries, and the account's event bus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.sending.send import MessageKey
    from functions.core.webhooks.webhook import Job, WebhookDelivery, WebhookEndpoint
    from functions.core.webhooks.webhook_events import MessageEvent


class WebhookEndpoints(Protocol):
    def get(self, endpoint_id: str) -> WebhookEndpoint | None: ...

    def all(self) -> list[WebhookEndpoint]:
        """Returns all endpoints, the oldest first. May be a moment out of date."""

    def save(self, endpoint: WebhookEndpoint) -> WebhookEndpoint | None:
        """Returns the endpoint as stored, or None on a version conflict: it was changed or deleted."""

    def delete(self, endpoint_id: str) -> bool:
        """Returns False if it does not exist."""


class WebhookDeliveries(Protocol):
    """The deliveries of events to each endpoint, stored for a month."""

    def get(self, endpoint_id: str, delivery_id: str) -> WebhookDelivery | None: ...

    def save(self, delivery: WebhookDelivery) -> bool:
        """Returns False, and changes nothing, if as many attempts or more are stored."""

    def latest(self, endpoint_id: str, most: int, before: str = "") -> list[WebhookDelivery]:
        """Returns deliveries of the latest events first. `before` is the id of the delivery to continue after."""


class WebhookSecrets(Protocol):
    """The secrets that sign webhooks, encrypted by AWS KMS. A role that creates them cannot read them, and the reverse."""

    def put(self, endpoint_id: str, secret: str) -> int:
        """Returns the version of the secret. A version never changes."""

    def get(self, endpoint_id: str, version: int) -> str: ...

    def delete(self, endpoint_id: str) -> None: ...


class WebhookQueue(Protocol):
    def put(self, jobs: Sequence[Job], *, delay_seconds: int = 0) -> None:
        """Queues all jobs. Raises ContentRefused if SQS refuses a job, or Retry: some jobs may be queued then."""


class HttpResult(Struct, frozen=True):
    """A receiver's answer. A `status` of 0 means no answer, with the reason in `error`."""

    status: int
    milliseconds: int
    error: str = ""


class WebhookClient(Protocol):
    """Sends webhooks. Refuses non-public addresses (SSRF)."""

    def validate(self, url: str) -> str:
        """Returns why a URL is refused, or "" if it is accepted."""

    def post(self, url: str, headers: Mapping[str, str], body: str) -> HttpResult:
        """Follows no redirect, reads no body, and takes a few seconds at most."""


class EventBus(Protocol):
    def put(self, events: Sequence[MessageEvent]) -> None:
        """Publishes all events. Raises ContentRefused if the bus refuses an event, or Retry: some events may be published then."""


class UnpublishedChanges(Protocol):
    """The dead letters of changes whose events cannot be published."""

    def put(self, change: str, key: MessageKey, reason: str) -> None:
        """Stores the id of a change in the stream and its message. `reason` is for people."""
