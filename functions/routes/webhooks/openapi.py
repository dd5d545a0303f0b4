"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.webhooks import models

OPERATION_DOCS = {
    "create_webhook": OperationDoc(
        "Register a webhook and show its secret once. Its host must have only public addresses",
        models.WebhookSecretView,
        models.WebhookCreateRequest,
    ),
    "list_webhooks": OperationDoc("List the webhooks", models.WebhookList),
    "get_webhook": OperationDoc("Get a webhook and its status", models.WebhookView),
    "update_webhook": OperationDoc(
        "Change a webhook, or resume a paused one", models.WebhookView, models.WebhookUpdateRequest
    ),
    "delete_webhook": OperationDoc("Delete a webhook", None),
    "rotate_webhook_secret": OperationDoc(
        "Rotate a webhook's secret and show the new one once. Each earlier one signs too for a day",
        models.WebhookSecretView,
    ),
    "test_webhook": OperationDoc("Post a sample event to a webhook", models.WebhookQueued),
    "list_webhook_deliveries": OperationDoc(
        "List a webhook's deliveries of the last 30 days, the latest event first",
        models.WebhookDeliveryList,
        query=models.DeliveriesQuery,
    ),
    "replay_webhook_delivery": OperationDoc("Replay one delivery", models.WebhookQueued),
    "replay_webhook_deliveries": OperationDoc(
        "Replay the events of a span that the webhook missed", models.ReplayQueued, models.ReplayRequest
    ),
}
