"""Lists the deliveries of a webhook."""

from __future__ import annotations

from msgspec import Struct

from functions.core.webhooks.webhook import WebhookDelivery
from functions.ports.webhooks import WebhookDeliveries
from functions.steps.webhooks.manage_webhooks import WebhookManager


class ListDeliveries(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    webhooks: WebhookManager
    deliveries: WebhookDeliveries

    def __call__(self, endpoint_id: str, limit: int, before: str) -> list[WebhookDelivery]:
        """The latest events first. `before`: the id of a delivery, or empty. Raises NotFound for an unknown webhook."""
        return self.deliveries.latest(self.webhooks.get(endpoint_id).id, limit, before)
