"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.webhooks import models

OPERATION_DOCS = {
    "create_webhook": OperationDoc(
        "Register a webhook and show its secret once: its host must be of the public Internet",
        models.WebhookSecretView,
        models.WebhookCreateRequest,
    ),
    "list_webhooks": OperationDoc("Every webhook", models.WebhookList),
    "get_webhook": OperationDoc("A webhook, and how it fares", models.WebhookView),
    "update_webhook": OperationDoc(
        "Change a webhook, or resume one that was paused", models.WebhookView, models.WebhookUpdateRequest
    ),
    "delete_webhook": OperationDoc("End a webhook", None),
    "rotate_webhook_secret": OperationDoc(
        "Give a webhook a new secret and show it once; for a day the old one signs too", models.WebhookSecretView
    ),
    "test_webhook": OperationDoc("Post a sample event to a webhook", models.WebhookQueued),
    "list_webhook_deliveries": OperationDoc(
        "What became of events at a webhook, the latest events first; kept for 30 days",
        models.WebhookDeliveryList,
        query=models.DeliveriesQuery,
    ),
    "replay_webhook_delivery": OperationDoc("Post one event again", models.WebhookQueued),
    "replay_webhook_deliveries": OperationDoc(
        "Post the events of a span that the webhook missed", models.ReplayQueued, models.ReplayRequest
    ),
}
