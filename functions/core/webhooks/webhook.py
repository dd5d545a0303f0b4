"""A webhook: an endpoint that receives events, and the log of its deliveries.

An endpoint that fails for a whole day is paused. It receives no events until its owner resumes it, and a replay can then deliver the
missed ones.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.webhooks.webhook_events import MessageEvent

ALL = "*"  # every type of event, future types included
ENDPOINTS_MAX = 20
ATTEMPTS_STORED = 25  # the latest of one delivery
ROTATION_SECONDS = 86_400  # for which the former secret signs too
FORMER_MAX = 5  # secrets of rotations within a day: each adds a signature to a request
PAUSE_AFTER_SECONDS = 86_400
# Until the next attempt, by the attempts so far: twelve within a day.
RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 18_000, 18_000, 18_000, 18_000)

SUCCESS = range(200, 300)
GONE = 410


class FormerSecret(Struct, frozen=True):
    """A secret that signs too, until a time."""

    version: int
    until: str


class WebhookEndpoint(Struct, frozen=True, kw_only=True):
    """Times are ISO-8601 text."""

    id: str
    url: str
    event_types: tuple[str, ...]
    description: str
    active: bool  # as its owner set it
    created_at: str
    updated_at: str
    secret_version: int
    former: tuple[FormerSecret, ...] = ()  # the latest first
    failing_since: str = ""  # the first of an unbroken row of failures
    paused_at: str = ""  # when we paused it, until its owner resumes it
    pause_reason: str = ""
    version: int = 0  # counts the changes; 0: it is not stored yet

    @property
    def label(self) -> str:
        """For people. The address may have a secret in it: the host identifies it."""
        host = urlsplit(self.url).hostname or self.id
        return f"{self.description} ({host})" if self.description else host

    @property
    def is_active(self) -> bool:
        return self.active and not self.paused_at

    def subscribes_to(self, event: MessageEvent) -> bool:
        return self.is_active and (ALL in self.event_types or event.type in self.event_types)

    def secret_versions(self, now: str) -> tuple[int, ...]:
        """Returns the secrets that sign at an instant, the current one first."""
        return (self.secret_version, *(one.version for one in self.former if one.until > now))

    def rotated(self, version: int, now: float) -> WebhookEndpoint:
        """Returns the endpoint with another secret. Each earlier one signs for a day from when it was replaced: its receiver may still use
        the one before the last.
        """
        present = FormerSecret(self.secret_version, timestamps.iso(now + ROTATION_SECONDS))
        valid = [one for one in self.former if one.until > timestamps.iso(now)]
        return replace(self, secret_version=version, former=(present, *valid)[:FORMER_MAX])

    def resumed(self) -> WebhookEndpoint:
        return replace(self, active=True, failing_since="", paused_at="", pause_reason="")

    def after_success(self) -> WebhookEndpoint:
        return replace(self, failing_since="")

    def after_failure(self, status: int, now: float) -> WebhookEndpoint:
        """Returns the endpoint after a failed attempt. It is paused after a day of failures, or if the receiver is gone."""
        if status == GONE:
            return self._paused(now, "the receiver answered 410 Gone")
        if self.failing_since and now - timestamps.parse(self.failing_since) >= PAUSE_AFTER_SECONDS:
            return self._paused(now, f"every attempt since {self.failing_since} failed")
        return replace(self, failing_since=self.failing_since or timestamps.iso(now))

    def _paused(self, now: float, reason: str) -> WebhookEndpoint:
        return replace(self, paused_at=timestamps.iso(now), pause_reason=reason)


class DeliveryState(StrEnum):
    RETRYING = "RETRYING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class DeliveryAttempt(Struct, frozen=True):
    at: str
    status: int  # of HTTP; 0: no response
    milliseconds: int
    error: str = ""

    @property
    def succeeded(self) -> bool:
        return self.status in SUCCESS


class WebhookDelivery(Struct, frozen=True, kw_only=True):
    """The delivery of one event to one endpoint. It has the message's id only, and the event is derived from the message itself."""

    endpoint_id: str
    id: str
    event_id: str
    event_type: str
    at: str  # of the event
    send_id: str = ""  # empty: it was a test
    recipient: int = 0
    state: DeliveryState = DeliveryState.RETRYING
    attempts: tuple[DeliveryAttempt, ...] = ()  # the latest
    made: int = 0  # the number of all attempts
    next_at: str = ""


def first(endpoint_id: str, event: MessageEvent) -> WebhookDelivery:
    key = event.message
    return WebhookDelivery(
        endpoint_id=endpoint_id,
        id=delivery_id(event),
        event_id=event.id,
        event_type=event.type,
        at=event.at,
        send_id=key.send_id if key else "",
        recipient=key.recipient if key else 0,
    )


def delivery_id(event: MessageEvent) -> str:
    """Returns an id like '20261123T120000000-evt_...'. These ids sort in the order of the events."""
    at = datetime.fromtimestamp(timestamps.parse(event.at), UTC)
    return f"{at:%Y%m%dT%H%M%S}{at.microsecond // 1000:03}-{event.id}"


def attempted(delivery: WebhookDelivery, attempt: DeliveryAttempt, next_seconds: int | None) -> WebhookDelivery:
    """Returns the delivery after an attempt. `next_seconds` is the time until the next attempt, if there is one."""
    state = DeliveryState.DELIVERED if attempt.succeeded else DeliveryState.RETRYING
    if not attempt.succeeded and next_seconds is None:
        state = DeliveryState.FAILED
    next_at = timestamps.iso(timestamps.parse(attempt.at) + next_seconds) if next_seconds is not None else ""
    attempts = (*delivery.attempts, attempt)[-ATTEMPTS_STORED:]
    return replace(delivery, state=state, attempts=attempts, made=delivery.made + 1, next_at=next_at)


class DeliveryJob(Struct, frozen=True, kw_only=True):
    """In the queue: deliver an event to an endpoint."""

    endpoint_id: str
    event: MessageEvent
    made: int | None = 0  # attempts before it was queued; None: any number, so this is one more
    tries: int = 0  # attempts since the event or the replay
    due: float = 0  # not before, in seconds since the epoch
    again: bool = False  # even if it was delivered already


class ReplayJob(Struct, frozen=True, kw_only=True):
    """In the queue: deliver the events between two instants (the last not included) to an endpoint again."""

    endpoint_id: str
    since: str
    until: str
    again: bool  # delivered events too
    email_id: int = 0  # 0: of all emails and broadcasts, which the step lists first
    accepted_since: str = ""  # the position among the email's messages
    broadcast_id: str = ""  # of a broadcast, whose messages no email lists
    page: int = 0  # of the broadcast; 0: all pages, which the step lists first


Job = DeliveryJob | ReplayJob
