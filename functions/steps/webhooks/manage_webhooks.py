"""Manage webhooks: create, change and delete them. A secret is shown once, when it is created; from then on only KMS can read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.core.webhooks import webhook_events, webhook_signature
from functions.core.webhooks.webhook import (
    ALL,
    ENDPOINTS_MAX,
    DeliveryJob,
    ReplayJob,
    WebhookEndpoint,
    delivery_id,
)
from functions.core.webhooks.webhook_events import MessageEventType
from functions.ports import Clock, NewId
from functions.ports.webhooks import WebhookClient, WebhookEndpoints, WebhookQueue, WebhookSecrets
from functions.steps.webhooks.replay import require_active

DESCRIPTION_MAX = 200  # characters
ATTEMPTS = 5
CHOICES = (
    ALL,
    *(str(type_) for type_ in MessageEventType if type_ not in {MessageEventType.TEST, MessageEventType.AUTOMATION}),
)
NewBytes = Callable[[int], bytes]


class WebhookManager(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. A step that changes something raises Forbidden for an actor without the scope."""

    endpoints: WebhookEndpoints
    secrets: WebhookSecrets
    receivers: WebhookClient
    queue: WebhookQueue
    clock: Clock
    new_id: NewId
    new_bytes: NewBytes

    def create(
        self, url: str, event_types: tuple[str, ...], description: str, by: Actor, *, active: bool
    ) -> tuple[WebhookEndpoint, str]:
        """Returns the endpoint and its secret. Raises Rejected with every error, and Conflict if there are too many webhooks."""
        by.require(ACCOUNT)
        self.check(url=url, event_types=event_types, description=description)
        if len(self.endpoints.all()) >= ENDPOINTS_MAX:
            raise Conflict(f"there are {ENDPOINTS_MAX} webhooks already: delete one first")
        now, endpoint_id, secret = timestamps.iso(self.clock()), self.new_id(), self._new_secret()
        endpoint = WebhookEndpoint(
            id=endpoint_id,
            url=url,
            event_types=event_types,
            description=description,
            active=active,
            created_at=now,
            updated_at=now,
            secret_version=self.secrets.put(endpoint_id, secret),
        )
        saved = self.endpoints.save(endpoint)
        if saved is None:
            raise Conflict("the webhook's id is taken: try again")
        return saved, secret

    def get(self, endpoint_id: str) -> WebhookEndpoint:
        """Raises NotFound."""
        endpoint = self.endpoints.get(endpoint_id)
        if endpoint is None:
            raise NotFound(f"there is no webhook with the id {endpoint_id!r}")
        return endpoint

    def update(self, endpoint_id: str, changes: Mapping[str, Any], by: Actor) -> WebhookEndpoint:
        """`changes` may have url, event_types, description and active. Setting `active` resumes a paused endpoint."""
        by.require(ACCOUNT)
        self.get(endpoint_id)
        self.check(**{name: changes[name] for name in _CHECKS if name in changes})

        def changed(endpoint: WebhookEndpoint) -> WebhookEndpoint:
            endpoint = endpoint.resumed() if changes.get("active") else endpoint
            return replace(endpoint, **changes, updated_at=timestamps.iso(self.clock()))

        return self._edit(endpoint_id, changed)

    def rotate(self, endpoint_id: str, by: Actor) -> tuple[WebhookEndpoint, str]:
        """Creates a new secret. The earlier ones sign too for a day."""
        by.require(ACCOUNT)
        secret, now = self._new_secret(), self.clock()
        version = self.secrets.put(self.get(endpoint_id).id, secret)

        def rotated(endpoint: WebhookEndpoint) -> WebhookEndpoint:
            return replace(endpoint.rotated(version, now), updated_at=timestamps.iso(now))

        return self._edit(endpoint_id, rotated), secret

    def delete(self, endpoint_id: str, by: Actor) -> None:
        """Deletes the secret first: after a crash in between, the endpoint can be deleted again. Raises NotFound."""
        by.require(ACCOUNT)
        self.secrets.delete(self.get(endpoint_id).id)
        self.endpoints.delete(endpoint_id)

    def test(self, endpoint_id: str, by: Actor) -> str:
        """Queues a sample event, whatever the endpoint's event types, and returns its delivery's id."""
        by.require(ACCOUNT)
        endpoint = self.get(endpoint_id)
        require_active(endpoint)
        event = webhook_events.sample(endpoint_id, timestamps.iso(self.clock()))
        self.queue.put([DeliveryJob(endpoint_id=endpoint_id, event=event)])
        return delivery_id(event)

    def replay(self, endpoint_id: str, since: str, until: str, by: Actor, *, again: bool) -> None:
        by.require(ACCOUNT)
        require_active(self.get(endpoint_id))
        self.queue.put([ReplayJob(endpoint_id=endpoint_id, since=since, until=until, again=again)])

    def _new_secret(self) -> str:
        return webhook_signature.secret_of(self.new_bytes(webhook_signature.SECRET_BYTES))

    def _edit(self, endpoint_id: str, change: Callable[[WebhookEndpoint], WebhookEndpoint]) -> WebhookEndpoint:
        """A worker that notes how a delivery ended is no conflict: the change is then made again. Another person's change is one."""
        first = endpoint = self.get(endpoint_id)
        for _ in range(ATTEMPTS):
            if saved := self.endpoints.save(change(endpoint)):
                return saved
            endpoint = self.get(endpoint_id)
            if endpoint.updated_at != first.updated_at:
                break
        raise Conflict("the webhook was changed meanwhile: read it, and try again")

    def check(self, **fields: Any) -> None:
        """Raises Rejected with every error."""
        messages = {name: _CHECKS[name](value) for name, value in fields.items()}
        if "url" in fields and not messages["url"]:
            messages["url"] = self.receivers.validate(fields["url"])
        errors = [FieldError(_WIRE.get(name, name), message) for name, message in messages.items() if message]
        if errors:
            raise Rejected(errors)


def _url(url: Any) -> str:
    return "" if isinstance(url, str) and url else "must be a text: the URL to post to"


def _event_types(types: Any) -> str:
    valid = types and all(type_ in CHOICES for type_ in types)
    return "" if valid else f"must be a list of at least one of {', '.join(CHOICES)}"


def _description(text: Any) -> str:
    valid = isinstance(text, str) and len(text) <= DESCRIPTION_MAX and text.isprintable()
    return "" if valid else f"must be a text of at most {DESCRIPTION_MAX} printable characters"


_CHECKS: Mapping[str, Callable[[Any], str]] = {"url": _url, "event_types": _event_types, "description": _description}
_WIRE = {"event_types": "eventTypes"}
