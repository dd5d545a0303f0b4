"""Webhooks."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from functions.wiring.adapters import (
    accepted,
    event_bridge,
    metrics,
    receivers,
    sends,
    webhook_deliveries,
    webhook_endpoints,
    webhook_queue,
    webhook_secrets,
)
from functions.wiring.random_ids import new_id

if TYPE_CHECKING:
    from functions.steps.webhooks.deliver_webhook import WebhookDelivery
    from functions.steps.webhooks.manage_webhooks import WebhookRegistration
    from functions.steps.webhooks.notify import Notification
    from functions.steps.webhooks.replay import Replay, SpanReplay
    from functions.wiring.container import Container


def publish_events(c: Container) -> Notification:
    from functions.steps.webhooks.notify import Notification

    bus = c.get(event_bridge) if c.settings.event_bridge else None
    return Notification(endpoints=c.get(webhook_endpoints), queue=c.get(webhook_queue), bus=bus)


def deliver_webhook(c: Container) -> WebhookDelivery:
    from functions.steps.webhooks.deliver_webhook import WebhookDelivery

    return WebhookDelivery(
        endpoints=c.get(webhook_endpoints),
        deliveries=c.get(webhook_deliveries),
        secrets=c.get(webhook_secrets),
        queue=c.get(webhook_queue),
        receivers=c.get(receivers),
        clock=c.clock,
    )


def manage_webhooks(c: Container) -> WebhookRegistration:
    from functions.steps.webhooks.manage_webhooks import WebhookRegistration

    return WebhookRegistration(
        endpoints=c.get(webhook_endpoints),
        secrets=c.get(webhook_secrets),
        receivers=c.get(receivers),
        queue=c.get(webhook_queue),
        clock=c.clock,
        new_id=new_id,
        new_bytes=secrets.token_bytes,
    )


def replay_delivery(c: Container) -> Replay:
    from functions.steps.webhooks.replay import Replay

    return Replay(sends=c.get(sends), deliveries=c.get(webhook_deliveries), queue=c.get(webhook_queue))


def replay_range(c: Container) -> SpanReplay:
    from functions.steps.webhooks.replay import SpanReplay

    return SpanReplay(
        endpoints=c.get(webhook_endpoints),
        metrics=c.get(metrics),
        accepted=c.get(accepted),
        queue=c.get(webhook_queue),
    )
