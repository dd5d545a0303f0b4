"""Whom we tell of what becomes of mails."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.sending.messages_by_email import DynamoAccepted
from functions.adapters.webhooks.event_bridge import EventBridge
from functions.steps.webhooks.deliver_webhook import WebhookDelivery
from functions.steps.webhooks.manage_webhooks import WebhookRegistration
from functions.steps.webhooks.notify import Notification
from functions.steps.webhooks.replay import Replay, SpanReplay
from functions.wiring.chance import new_id

if TYPE_CHECKING:
    from functions.wiring import Wiring


class Webhooks:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def notification(self) -> Notification:
        bus = (
            EventBridge(self.wired.clients.events, self.wired.settings.stage)
            if self.wired.settings.event_bridge
            else None
        )
        return Notification(endpoints=self.wired.webhook_endpoints, queue=self.wired.webhook_queue, bus=bus)

    @cached_property
    def delivery(self) -> WebhookDelivery:
        return WebhookDelivery(
            endpoints=self.wired.webhook_endpoints,
            deliveries=self.wired.webhook_deliveries,
            secrets=self.wired.webhook_secrets,
            queue=self.wired.webhook_queue,
            receivers=self.wired.receivers,
            clock=self.wired.clock,
        )

    @cached_property
    def registration(self) -> WebhookRegistration:
        return WebhookRegistration(
            endpoints=self.wired.webhook_endpoints,
            secrets=self.wired.webhook_secrets,
            receivers=self.wired.receivers,
            queue=self.wired.webhook_queue,
            clock=self.wired.clock,
            new_id=new_id,
            new_bytes=secrets.token_bytes,
        )

    @cached_property
    def replay(self) -> Replay:
        return Replay(sends=self.wired.sends, deliveries=self.wired.webhook_deliveries, queue=self.wired.webhook_queue)

    @cached_property
    def span_replay(self) -> SpanReplay:
        return SpanReplay(
            endpoints=self.wired.webhook_endpoints,
            metrics=self.wired.metrics,
            accepted=DynamoAccepted(self.wired.clients.dynamodb, self.wired.settings.sends_table),
            queue=self.wired.webhook_queue,
        )
