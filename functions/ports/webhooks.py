"""Whom we tell, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.webhooks.webhook import Job, WebhookDelivery, WebhookEndpoint
    from functions.core.webhooks.webhook_events import MessageEvent


class WebhookEndpoints(Protocol):
    def get(self, endpoint_id: str) -> WebhookEndpoint | None: ...

    def all(self) -> list[WebhookEndpoint]:
        """The oldest first; a change may show a moment late."""

    def save(self, endpoint: WebhookEndpoint) -> WebhookEndpoint | None:
        """As it is stored. None where somebody saved, or deleted it, since this one was read: nothing is overwritten."""

    def delete(self, endpoint_id: str) -> bool:
        """False where there was none."""


class WebhookDeliveries(Protocol):
    """What became of the events at each endpoint; kept for a month."""

    def get(self, endpoint_id: str, delivery_id: str) -> WebhookDelivery | None: ...

    def save(self, delivery: WebhookDelivery) -> bool:
        """False, and nothing is changed, where as many tries or more are noted already."""

    def latest(self, endpoint_id: str, most: int, before: str = "") -> list[WebhookDelivery]:
        """Of the latest events first; `before`: the id of a delivery to go on after."""


class WebhookSecrets(Protocol):
    """The secrets that webhooks are signed with, encrypted by AWS's KMS. Who makes them cannot read them, and who reads cannot make."""

    def put(self, endpoint_id: str, secret: str) -> int:
        """Its version, which is never changed."""

    def get(self, endpoint_id: str, version: int) -> str: ...

    def delete(self, endpoint_id: str) -> None: ...


class WebhookQueue(Protocol):
    def put(self, jobs: Sequence[Job], *, delay_seconds: int = 0) -> None:
        """All of them, or an exception; then some may be queued."""


class HttpResult(Struct, frozen=True):
    """What a receiver answered; `status` 0: nothing, and `error` says why."""

    status: int
    milliseconds: int
    error: str = ""


class WebhookClient(Protocol):
    """Hosts of webhooks, which may be anybody's: no address is connected to that is not of the public Internet."""

    def validate(self, url: str) -> str:
        """Why nothing would be posted there; empty where it would."""

    def post(self, url: str, headers: Mapping[str, str], body: str) -> HttpResult:
        """Follows no redirect, reads no body, takes seconds at most."""


class EventBus(Protocol):
    def put(self, events: Sequence[MessageEvent]) -> None:
        """All of them, or Retry; then some may be on it."""
