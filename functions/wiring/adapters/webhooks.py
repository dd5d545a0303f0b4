"""Settings → the adapters of webhooks and EventBridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import dynamodb, events, sqs, ssm

if TYPE_CHECKING:
    from functions.adapters.webhooks.event_bridge import EventBridge
    from functions.adapters.webhooks.unpublished_changes import SqsUnpublishedChanges
    from functions.adapters.webhooks.webhook_client import HttpWebhookClient
    from functions.adapters.webhooks.webhook_queue import SqsWebhookQueue
    from functions.adapters.webhooks.webhook_secrets import SsmWebhookSecrets
    from functions.adapters.webhooks.webhooks import DynamoWebhookDeliveries, DynamoWebhookEndpoints
    from functions.wiring.container import Container


def webhook_endpoints(c: Container) -> DynamoWebhookEndpoints:
    from functions.adapters.webhooks.webhooks import DynamoWebhookEndpoints

    return DynamoWebhookEndpoints(c.get(dynamodb), c.settings.webhooks_table)


def webhook_deliveries(c: Container) -> DynamoWebhookDeliveries:
    from functions.adapters.webhooks.webhooks import DynamoWebhookDeliveries

    return DynamoWebhookDeliveries(c.get(dynamodb), c.settings.webhooks_table, c.clock)


def webhook_secrets(c: Container) -> SsmWebhookSecrets:
    from functions.adapters.webhooks.webhook_secrets import SsmWebhookSecrets

    return SsmWebhookSecrets(c.get(ssm), c.settings.webhook_secrets_prefix)


def webhook_queue(c: Container) -> SqsWebhookQueue:
    from functions.adapters.webhooks.webhook_queue import SqsWebhookQueue

    return SqsWebhookQueue(c.get(sqs), c.settings.webhook_queue_url)


def unpublished_changes(c: Container) -> SqsUnpublishedChanges:
    from functions.adapters.webhooks.unpublished_changes import SqsUnpublishedChanges

    return SqsUnpublishedChanges(c.get(sqs), c.settings.unnotified_queue_url)


def webhook_client(c: Container) -> HttpWebhookClient:
    from functions.adapters.webhooks.webhook_client import HttpWebhookClient

    return HttpWebhookClient(localhost=bool(c.settings.webhooks_to_localhost))


def event_bridge(c: Container) -> EventBridge:
    from functions.adapters.webhooks.event_bridge import EventBridge

    return EventBridge(c.get(events), c.settings.stage)
