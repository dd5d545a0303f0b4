"""A webhook: an endpoint that wants to hear of events, and the log of what was delivered to it.

An endpoint that answers nothing but failures for a day is paused: it hears no more until its owner resumes it, and can then have replayed
what it missed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.webhooks.webhook_events import MessageEvent

ALL = "*"  # every type of event, later ones too
ENDPOINTS_MAX = 20
ATTEMPTS_KEPT = 25  # of one delivery, the latest
ROTATION_SECONDS = 86_400  # in which the secret before the current one signs too
PAUSE_AFTER_SECONDS = 86_400
# Until the next try, by the tries so far: twelve within a day.
RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 18_000, 18_000, 18_000, 18_000)

SUCCESS = range(200, 300)
GONE = 410


class WebhookEndpoint(Struct, frozen=True, kw_only=True):
    """Instants are ISO-8601 text."""

    id: str
    url: str
    event_types: tuple[str, ...]
    description: str
    active: bool  # its owner's word
    created_at: str
    updated_at: str
    secret_version: int
    former_version: int = 0  # of the secret before it, which signs too
    former_until: str = ""  # ... until then
    failing_since: str = ""  # since when every try has failed
    paused_at: str = ""  # our word, until its owner resumes it
    pause_reason: str = ""
    version: int = 0  # counts the changes; 0: it is not stored yet

    @property
    def is_active(self) -> bool:
        return self.active and not self.paused_at

    def wants(self, event: MessageEvent) -> bool:
        return self.is_active and (ALL in self.event_types or event.type in self.event_types)

    def secret_versions(self, now: str) -> tuple[int, ...]:
        """Those that sign at an instant, the current one first."""
        former = (self.former_version,) if self.former_until > now else ()
        return (self.secret_version, *former)

    def resumed(self) -> WebhookEndpoint:
        return replace(self, active=True, failing_since="", paused_at="", pause_reason="")

    def after_success(self) -> WebhookEndpoint:
        return replace(self, failing_since="")

    def after_failure(self, status: int, now: float) -> WebhookEndpoint:
        """Paused where that is one too many, or the receiver wants no more."""
        if status == GONE:
            return self._paused(now, "the receiver answered 410 Gone")
        if self.failing_since and now - timestamps.parse(self.failing_since) >= PAUSE_AFTER_SECONDS:
            return self._paused(now, f"every try since {self.failing_since} failed")
        return replace(self, failing_since=self.failing_since or timestamps.iso(now))

    def _paused(self, now: float, reason: str) -> WebhookEndpoint:
        return replace(self, paused_at=timestamps.iso(now), pause_reason=reason)


class DeliveryState(StrEnum):
    RETRYING = "RETRYING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class DeliveryAttempt(Struct, frozen=True):
    at: str
    status: int  # of HTTP; 0: there was no answer
    milliseconds: int
    error: str = ""

    @property
    def succeeded(self) -> bool:
        return self.status in SUCCESS


class WebhookDelivery(Struct, frozen=True, kw_only=True):
    """What became of one event at one endpoint. It names the message and has nothing of it: that is told from the message itself."""

    endpoint_id: str
    id: str
    event_id: str
    event_type: str
    at: str  # of the event
    send_id: str = ""  # empty: it was a test
    recipient: int = 0
    state: DeliveryState = DeliveryState.RETRYING
    attempts: tuple[DeliveryAttempt, ...] = ()  # the latest
    made: int = 0  # how many there were in all
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
    """Such ids sort in the order of the events: '20261123T120000000-evt_...'."""
    at = datetime.fromtimestamp(timestamps.parse(event.at), UTC)
    return f"{at:%Y%m%dT%H%M%S}{at.microsecond // 1000:03}-{event.id}"


def attempted(delivery: WebhookDelivery, attempt: DeliveryAttempt, next_seconds: int | None) -> WebhookDelivery:
    """`next_seconds`: until the next try, if there is one."""
    state = DeliveryState.DELIVERED if attempt.succeeded else DeliveryState.RETRYING
    if not attempt.succeeded and next_seconds is None:
        state = DeliveryState.FAILED
    next_at = timestamps.iso(timestamps.parse(attempt.at) + next_seconds) if next_seconds is not None else ""
    kept = (*delivery.attempts, attempt)[-ATTEMPTS_KEPT:]
    return replace(delivery, state=state, attempts=kept, made=delivery.made + 1, next_at=next_at)


class DeliveryJob(Struct, frozen=True, kw_only=True):
    """In the queue: tell an endpoint of an event."""

    endpoint_id: str
    event: MessageEvent
    made: int | None = 0  # tries that were made before it was queued; None: whatever they are, this is another
    tries: int = 0  # of this round, which began with the event or with a replay
    due: float = 0  # not before, in seconds since the epoch
    again: bool = False  # also where it was delivered already


class ReplayJob(Struct, frozen=True, kw_only=True):
    """In the queue: tell an endpoint anew of the events between two instants (the last not included)."""

    endpoint_id: str
    since: str
    until: str
    again: bool  # what was delivered, too
    email_id: int = 0  # 0: of all, which are to be found first
    accepted_since: str = ""  # where among the email's messages to go on


Job = DeliveryJob | ReplayJob
