"""The routes of webhooks."""

from __future__ import annotations

from functions.core.access.scopes import ACCOUNT
from functions.http.route import Route

WEBHOOKS = tuple(
    Route(method, f"/staffetta/v1/webhooks{path}", operation, "api", (ACCOUNT,), success)
    for method, path, operation, success in (
        ("POST", "", "create_webhook", 201),
        ("GET", "", "list_webhooks", 200),
        ("GET", "/{webhookId}", "get_webhook", 200),
        ("PATCH", "/{webhookId}", "update_webhook", 200),
        ("DELETE", "/{webhookId}", "delete_webhook", 204),
        ("POST", "/{webhookId}/rotate-secret", "rotate_webhook_secret", 200),
        ("POST", "/{webhookId}/test", "test_webhook", 202),
        ("GET", "/{webhookId}/deliveries", "list_webhook_deliveries", 200),
        ("POST", "/{webhookId}/deliveries/{deliveryId}/replay", "replay_webhook_delivery", 202),
        ("POST", "/{webhookId}/replay", "replay_webhook_deliveries", 202),
    )
)
