"""Webhooks over HTTP, a Staffetta extension. Only the response that creates a secret shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from msgspec import structs

from functions import wiring
from functions.core import timestamps
from functions.core.errors import Rejected
from functions.core.models.field_errors import FieldErrors
from functions.core.webhooks.webhook import DeliveryAttempt, WebhookDelivery, WebhookEndpoint
from functions.core.webhooks.webhook_events import MessageEventType
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import query_of, read_body
from functions.routes.http.paging import cut_page
from functions.routes.webhooks.models import (
    DeliveriesQuery,
    DeliveryAttemptView,
    ReplayQueued,
    ReplayRequest,
    WebhookCreateRequest,
    WebhookDeliveryList,
    WebhookDeliveryView,
    WebhookList,
    WebhookQueued,
    WebhookSecretView,
    WebhookUpdateRequest,
    WebhookView,
)

Body = TypeVar("Body", WebhookCreateRequest, WebhookUpdateRequest)


def create_webhook(request: ApiRequest) -> WebhookSecretView:
    body = _read(request, WebhookCreateRequest)
    endpoint, secret = wiring.get(wiring.webhooks.manage_webhooks).create(
        body.url, _once(body.event_types), body.description, request.caller, active=body.active
    )
    return WebhookSecretView(secret=secret, **_fields(endpoint))


def list_webhooks(request: ApiRequest) -> WebhookList:
    return WebhookList(
        results=[_view(endpoint) for endpoint in wiring.get(wiring.adapters.webhooks.webhook_endpoints).all()]
    )


def get_webhook(request: ApiRequest) -> WebhookView:
    return _view(wiring.get(wiring.webhooks.manage_webhooks).get(_id(request)))


def update_webhook(request: ApiRequest) -> WebhookView:
    body = structs.asdict(_read(request, WebhookUpdateRequest))
    changes = {name: value for name, value in body.items() if value is not None}
    if "event_types" in changes:
        changes["event_types"] = _once(changes["event_types"])
    endpoint = wiring.get(wiring.webhooks.manage_webhooks).update(_id(request), changes, request.caller)
    return _view(endpoint)


def delete_webhook(request: ApiRequest) -> None:
    wiring.get(wiring.webhooks.manage_webhooks).delete(_id(request), request.caller)


def rotate_webhook_secret(request: ApiRequest) -> WebhookSecretView:
    endpoint, secret = wiring.get(wiring.webhooks.manage_webhooks).rotate(_id(request), request.caller)
    return WebhookSecretView(secret=secret, **_fields(endpoint))


def test_webhook(request: ApiRequest) -> WebhookQueued:
    delivery_id = wiring.get(wiring.webhooks.manage_webhooks).test(_id(request), request.caller)
    return WebhookQueued(delivery_id=delivery_id)


def list_webhook_deliveries(request: ApiRequest) -> WebhookDeliveryList:
    query = query_of(request, DeliveriesQuery)
    deliveries = wiring.get(wiring.webhooks.list_deliveries)(_id(request), query.limit + 1, query.after)
    page, paging = cut_page(request, deliveries, query.limit, lambda delivery: delivery.id)
    return WebhookDeliveryList(results=[_delivery(delivery) for delivery in page], paging=paging)


def replay_webhook_delivery(request: ApiRequest) -> WebhookQueued:
    delivery_id = request.path_parameters["deliveryId"]
    endpoint = wiring.get(wiring.webhooks.manage_webhooks).get(_id(request))
    wiring.get(wiring.webhooks.replay_delivery)(endpoint, delivery_id, request.caller)
    return WebhookQueued(delivery_id=delivery_id)


def replay_webhook_deliveries(request: ApiRequest) -> ReplayQueued:
    errors = FieldErrors()
    body = read_body(ReplayRequest, request.json(), errors)
    until = body.until or timestamps.iso(wiring.container().clock())
    if not errors.errors and body.since >= until:
        errors.add("since", f"must be before `until`, which is {until}")
    errors.check()
    wiring.get(wiring.webhooks.manage_webhooks).replay(
        _id(request), body.since, until, request.caller, again=body.delivered
    )
    return ReplayQueued(since=body.since, until=until, delivered=body.delivered)


def _id(request: ApiRequest) -> str:
    return request.path_parameters["webhookId"]


def _read(request: ApiRequest, model: type[Body]) -> Body:
    """Raises Rejected with every error, those of the URL included."""
    errors = FieldErrors()
    body = read_body(model, request.json(), errors)
    if errors.errors and body.url:
        try:
            wiring.get(wiring.webhooks.manage_webhooks).check(url=body.url)
        except Rejected as error:
            errors.extend(error.errors)
    errors.check()
    return body


def _once(event_types: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(event_types))


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
