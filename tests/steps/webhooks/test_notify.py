from __future__ import annotations

from functions.core.webhooks.webhook import (
    DeliveryJob,
)
from functions.steps.webhooks.notify import EventPublisher
from tests.support.examples import a_message
from tests.support.webhook_scenario import WebhookScenario, delivered
from tests.support.webhooks import (
    MemoryBus,
    an_endpoint,
)


def test_an_event_is_queued_for_each_subscribed_endpoint() -> None:
    scenario = WebhookScenario(event_types=("email.sent",))
    scenario.endpoints.save(an_endpoint("w-2", event_types=("email.delivered", "email.sent")))
    scenario.endpoints.save(an_endpoint("w-3", active=False))
    bus = MemoryBus()
    notify = EventPublisher(endpoints=scenario.endpoints, queue=scenario.queue, bus=bus)
    assert notify([(a_message(), delivered()), (delivered(), delivered()), (delivered(), None)]) == 3
    result = [(job.endpoint_id, job.event.type) for job in scenario.queue.take() if isinstance(job, DeliveryJob)]
    assert sorted(result) == [("w-1", "email.sent"), ("w-2", "email.delivered"), ("w-2", "email.sent")]
    assert [event.type for event in bus.events] == ["email.sent", "email.delivered"]


def test_without_active_endpoints_no_event_is_queued() -> None:
    scenario = WebhookScenario(active=False)
    assert EventPublisher(endpoints=scenario.endpoints, queue=scenario.queue, bus=None)([(None, delivered())]) == 0
    assert scenario.queue.jobs == []
