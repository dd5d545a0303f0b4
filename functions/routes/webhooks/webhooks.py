"""Webhooks on the wire. Ours: HubSpot has no such resource. A secret is shown once, in the answer that makes it."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.core import timestamps
from functions.core.errors import FieldError, Rejected
from functions.core.webhooks.webhook import ALL, DeliveryAttempt, WebhookDelivery, WebhookEndpoint
from functions.core.webhooks.webhook_events import MessageEventType
from functions.routes.http.dispatch import Operation, Request
from functions.routes.http.paging import further
from functions.routes.webhooks.models import (
    DeliveryAttemptView,
    ReplayQueued,
    WebhookDeliveryList,
    WebhookDeliveryView,
    WebhookList,
    WebhookQueued,
    WebhookSecretView,
    WebhookView,
)

PAGE_MAX = 100
_NAMES = {"url": "url", "eventTypes": "event_types", "description": "description", "active": "active"}


def create_webhook(request: Request) -> WebhookSecretView:
    given = {"event_types": (ALL,), "description": "", "active": True, **_given(request, required=("url",))}
    endpoint, secret = wiring.get(wiring.webhooks.manage_webhooks).create(**given)
    return WebhookSecretView(secret=secret, **_fields(endpoint))


def list_webhooks(request: Request) -> WebhookList:
    return WebhookList(results=[_view(endpoint) for endpoint in wiring.get(wiring.adapters.webhook_endpoints).all()])


def get_webhook(request: Request) -> WebhookView:
    return _view(wiring.get(wiring.webhooks.manage_webhooks).get(_id(request)))


def update_webhook(request: Request) -> WebhookView:
    return _view(wiring.get(wiring.webhooks.manage_webhooks).update(_id(request), _given(request)))


def delete_webhook(request: Request) -> None:
    wiring.get(wiring.webhooks.manage_webhooks).delete(_id(request))


def rotate_webhook_secret(request: Request) -> WebhookSecretView:
    endpoint, secret = wiring.get(wiring.webhooks.manage_webhooks).rotate(_id(request))
    return WebhookSecretView(secret=secret, **_fields(endpoint))


def test_webhook(request: Request) -> WebhookQueued:
    return WebhookQueued(delivery_id=wiring.get(wiring.webhooks.manage_webhooks).test(_id(request)))


def list_webhook_deliveries(request: Request) -> WebhookDeliveryList:
    endpoint = wiring.get(wiring.webhooks.manage_webhooks).get(_id(request))
    most = _limit(request.query.get("limit", str(PAGE_MAX)))
    found = wiring.get(wiring.adapters.webhook_deliveries).latest(endpoint.id, most + 1, request.query.get("after", ""))
    page = found[:most]
    paging = further(request.path, request.query, page[-1].id) if len(found) > most else None
    return WebhookDeliveryList(results=[_delivery(delivery) for delivery in page], paging=paging)


def replay_webhook_delivery(request: Request) -> WebhookQueued:
    delivery_id = request.path_parameters["deliveryId"]
    wiring.get(wiring.webhooks.replay_delivery)(
        wiring.get(wiring.webhooks.manage_webhooks).get(_id(request)), delivery_id
    )
    return WebhookQueued(delivery_id=delivery_id)


def replay_webhook_deliveries(request: Request) -> ReplayQueued:
    body, faults = request.json(), list[FieldError]()
    now = timestamps.iso(wiring.container().clock())
    since, until = _instant(body, "since", None, faults), _instant(body, "until", now, faults)
    delivered = body.get("delivered", False)
    if not isinstance(delivered, bool):
        faults.append(FieldError("delivered", "must be true or false"))
    if not faults and since >= until:
        faults.append(FieldError("since", f"must be before `until`, which is {until}"))
    if faults:
        raise Rejected(faults)
    wiring.get(wiring.webhooks.manage_webhooks).replay(_id(request), since, until, again=delivered)
    return ReplayQueued(since=since, until=until, delivered=delivered)


OPERATIONS: dict[str, Operation] = {
    "create_webhook": create_webhook,
    "list_webhooks": list_webhooks,
    "get_webhook": get_webhook,
    "update_webhook": update_webhook,
    "delete_webhook": delete_webhook,
    "rotate_webhook_secret": rotate_webhook_secret,
    "test_webhook": test_webhook,
    "list_webhook_deliveries": list_webhook_deliveries,
    "replay_webhook_delivery": replay_webhook_delivery,
    "replay_webhook_deliveries": replay_webhook_deliveries,
}


def _id(request: Request) -> str:
    return request.path_parameters["webhookId"]


def _given(request: Request, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the body names, by our names. Values other than `active` are the step's to check, so that every fault is told."""
    body = request.json()
    faults = [FieldError(name, "is not a field of a webhook") for name in body if name not in _NAMES]
    faults += [FieldError(name, "is required", "REQUIRED_FIELD") for name in required if name not in body]
    given = {ours: body[name] for name, ours in _NAMES.items() if name in body}
    if not isinstance(given.get("active", True), bool):
        faults.append(FieldError("active", "must be true or false"))
    if "event_types" in given:
        given["event_types"] = _types(given["event_types"])
    if faults:
        raise Rejected(faults)
    return given


def _types(given: Any) -> tuple[Any, ...]:
    """Each once, as far as they are texts; the step refuses the rest."""
    return tuple(dict.fromkeys(map(str, given))) if isinstance(given, list) else ()


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= PAGE_MAX:
        raise Rejected([FieldError("limit", f"must be 1 to {PAGE_MAX}, not {text!r}")])
    return int(text)


def _instant(body: dict[str, Any], name: str, default: str | None, faults: list[FieldError]) -> str:
    given = body.get(name, default)
    try:
        return timestamps.normalized(given if isinstance(given, str) else "")
    except (ValueError, OverflowError):
        faults.append(FieldError(name, "must be an ISO-8601 instant, such as 2026-11-23T15:00:00Z"))
        return ""


def _view(endpoint: WebhookEndpoint) -> WebhookView:
    return WebhookView(**_fields(endpoint))


def _fields(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "event_types": list(endpoint.event_types),
        "description": endpoint.description,
        "active": endpoint.active,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
        "failing_since": endpoint.failing_since or None,
        "paused_at": endpoint.paused_at or None,
        "pause_reason": endpoint.pause_reason or None,
    }


def _delivery(delivery: WebhookDelivery) -> WebhookDeliveryView:
    return WebhookDeliveryView(
        id=delivery.id,
        event_id=delivery.event_id,
        event_type=MessageEventType(delivery.event_type),
        event_at=delivery.at,
        state=delivery.state,
        attempts=[_attempt(attempt) for attempt in delivery.attempts],
        next_attempt_at=delivery.next_at or None,
        status_id=delivery.send_id or None,
        recipient=delivery.recipient if delivery.send_id else None,
    )


def _attempt(attempt: DeliveryAttempt) -> DeliveryAttemptView:
    return DeliveryAttemptView(
        at=attempt.at, status=attempt.status, milliseconds=attempt.milliseconds, error=attempt.error
    )
