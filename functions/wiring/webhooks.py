"""Webhooks."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from functions.wiring.adapters.broadcasts import broadcast_pages, broadcast_store
from functions.wiring.adapters.contacts import contacts
from functions.wiring.adapters.sending import message_index, sends
from functions.wiring.adapters.statistics import counters
from functions.wiring.adapters.webhooks import (
    event_bridge,
    webhook_client,
    webhook_deliveries,
    webhook_endpoints,
    webhook_queue,
    webhook_secrets,
)
from functions.wiring.events import list_broadcast_messages
from functions.wiring.random_ids import new_id

if TYPE_CHECKING:
    from functions.steps.webhooks.deliver_webhook import DeliverWebhook
    from functions.steps.webhooks.list_deliveries import ListDeliveries
    from functions.steps.webhooks.manage_webhooks import WebhookManager
    from functions.steps.webhooks.notify import EventPublisher
    from functions.steps.webhooks.replay import ReplayDelivery, ReplayRange
    from functions.wiring.container import Container


def publish_events(c: Container) -> EventPublisher:
    from functions.steps.webhooks.notify import EventPublisher

    bus = c.get(event_bridge) if c.settings.event_bridge else None
    return EventPublisher(endpoints=c.get(webhook_endpoints), queue=c.get(webhook_queue), bus=bus)


def deliver_webhook(c: Container) -> DeliverWebhook:
    from functions.steps.webhooks.deliver_webhook import DeliverWebhook

    return DeliverWebhook(
        endpoints=c.get(webhook_endpoints),
        deliveries=c.get(webhook_deliveries),
        secrets=c.get(webhook_secrets),
        messages=c.get(message_index),
        contacts=c.get(contacts),
        queue=c.get(webhook_queue),
        receivers=c.get(webhook_client),
        clock=c.clock,
    )


def manage_webhooks(c: Container) -> WebhookManager:
    from functions.steps.webhooks.manage_webhooks import WebhookManager

    return WebhookManager(
        endpoints=c.get(webhook_endpoints),
        secrets=c.get(webhook_secrets),
        receivers=c.get(webhook_client),
        queue=c.get(webhook_queue),
        clock=c.clock,
        new_id=new_id,
        new_bytes=secrets.token_bytes,
    )


def list_deliveries(c: Container) -> ListDeliveries:
    from functions.steps.webhooks.list_deliveries import ListDeliveries

    return ListDeliveries(webhooks=c.get(manage_webhooks), deliveries=c.get(webhook_deliveries))


def replay_delivery(c: Container) -> ReplayDelivery:
    from functions.steps.webhooks.replay import ReplayDelivery

    return ReplayDelivery(sends=c.get(sends), deliveries=c.get(webhook_deliveries), queue=c.get(webhook_queue))


def replay_range(c: Container) -> ReplayRange:
    from functions.steps.webhooks.replay import ReplayRange

    return ReplayRange(
        endpoints=c.get(webhook_endpoints),
        metrics=c.get(counters),
        messages=c.get(message_index),
        broadcasts=c.get(broadcast_store),
        broadcast_pages=c.get(broadcast_pages),
        broadcast_messages=c.get(list_broadcast_messages).of_page,
        queue=c.get(webhook_queue),
    )
