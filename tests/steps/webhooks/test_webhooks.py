"""Webhooks: told, tried again, paused, replayed; and every fault of a registration."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from functions.core import timestamps
from functions.core.errors import Conflict, NotFound, Rejected
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message, State
from functions.core.webhooks import webhook, webhook_events, webhook_signature
from functions.core.webhooks.webhook import (
    ENDPOINTS_MAX,
    RETRY_SECONDS,
    DeliveryJob,
    DeliveryState,
    Job,
    ReplayJob,
    WebhookEndpoint,
)
from functions.core.webhooks.webhook_events import MessageEvent
from functions.ports.statistics import Counters
from functions.steps.webhooks import replay as replay_webhooks
from functions.steps.webhooks.deliver_webhook import DeliverWebhook, DeliveryResult
from functions.steps.webhooks.manage_webhooks import WebhookManager
from functions.steps.webhooks.notify import EventPublisher
from functions.steps.webhooks.replay import LOOK_BACK_SECONDS, ReplayDelivery, ReplayRange
from tests.fakes import Clock, Killed, Life
from tests.fakes.messages import MemoryAccepted, MemorySends
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import NOON, NOON_TEXT, a_message
from tests.support.webhooks import (
    SECRET,
    MemoryBus,
    MemoryDeliveries,
    MemoryEndpoints,
    MemorySecrets,
    MemoryWebhookClient,
    MemoryWebhookQueue,
    an_endpoint,
)

URL = an_endpoint().url
SENT = a_message(state=State.SENT, settled_at=NOON_TEXT)
(EVENT,) = webhook_events.new_events(None, SENT)
HOUR = 3600


class WebhookScenario:
    """One endpoint, and everything around it."""

    def __init__(self, **endpoint: Any) -> None:
        self.clock = Clock()
        self.endpoints, self.deliveries = MemoryEndpoints(), MemoryDeliveries()
        self.secrets, self.queue, self.receivers = (
            MemorySecrets({"w-1": [SECRET]}),
            MemoryWebhookQueue(),
            MemoryWebhookClient(),
        )
        self.endpoints.save(an_endpoint(**endpoint))
        self.sends, self.metrics = MemorySends(), MemoryCounters()

    @property
    def endpoint(self) -> WebhookEndpoint:
        return self.endpoints.stored["w-1"]

    def delivery(self, event: MessageEvent = EVENT) -> webhook.WebhookDelivery:
        return self.deliveries.stored["w-1", webhook.delivery_id(event)]

    def deliver(self, job: Job | None = None, life: Life | None = None) -> DeliveryResult:
        given = job or DeliveryJob(endpoint_id="w-1", event=EVENT)
        assert isinstance(given, DeliveryJob)
        guard = (life or Life(10**6)).guard
        return DeliverWebhook(
            endpoints=guard(self.endpoints),
            deliveries=guard(self.deliveries),
            secrets=guard(self.secrets),
            queue=guard(self.queue),
            receivers=guard(self.receivers),
            clock=self.clock,
        )(given)

    def deliver_all(self) -> None:
        """Each job when it is due, until none is left."""
        while self.queue.jobs:
            (job,) = self.queue.take()
            assert isinstance(job, DeliveryJob)
            self.clock.now = max(self.clock.now, job.due)
            self.deliver(job)

    def span_replay(self, metrics: Counters | None = None) -> ReplayRange:
        return ReplayRange(
            endpoints=self.endpoints,
            metrics=metrics or self.metrics,
            accepted=MemoryAccepted(self.sends),
            queue=self.queue,
        )

    def manager(self) -> WebhookManager:
        return WebhookManager(
            endpoints=self.endpoints,
            secrets=self.secrets,
            receivers=self.receivers,
            queue=self.queue,
            clock=self.clock,
            new_id=lambda: f"w-{len(self.endpoints.stored) + 1}",
            new_bytes=lambda length: bytes([len(self.queue.jobs)]) * length,
        )


def delivered(seconds: int = 5, send_id: str = "s-1") -> Message:
    """A message that was accepted at noon and delivered so many seconds after."""
    fact = TimelineEvent(type=TimelineEventType.DELIVERED, at=timestamps.iso(NOON + seconds))
    return replace(a_message(send_id, state=State.SENT, settled_at=NOON_TEXT), timeline={fact.key: fact.to_item()})


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


def test_a_webhook_is_signed() -> None:
    scenario = WebhookScenario()
    assert scenario.deliver().state is DeliveryState.DELIVERED
    ((url, headers, body),) = scenario.receivers.posted
    assert (url, json.loads(body)) == (URL, EVENT.body())
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (EVENT.id, str(int(NOON)))
    signed = Webhook(SECRET).sign(EVENT.id, datetime.fromtimestamp(NOON, UTC), body)
    assert headers["webhook-signature"] == signed


def test_both_secrets_sign_during_a_rotation() -> None:
    now = datetime.now(UTC).timestamp()
    old, new = (webhook_signature.secret_of(letter * 32) for letter in (b"o", b"n"))
    headers = dict(webhook_signature.signed("evt_1", now, "{}", [new, old]))
    assert Webhook(old).verify("{}", headers) == Webhook(new).verify("{}", headers) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify("{}", headers)


def test_a_failed_delivery_is_retried_until_it_succeeds() -> None:
    scenario = WebhookScenario()
    scenario.receivers.answers[URL] = [500, 0, 302]
    scenario.deliver()
    assert scenario.endpoint.failing_since == NOON_TEXT
    assert (scenario.delivery().state, scenario.delivery().next_at) == (
        DeliveryState.RETRYING,
        timestamps.iso(NOON + 5),
    )
    scenario.deliver_all()
    assert [attempt.status for attempt in scenario.delivery().attempts] == [500, 0, 302, 200]
    assert scenario.clock.now == NOON + sum(RETRY_SECONDS[:3])
    assert scenario.delivery().state is DeliveryState.DELIVERED
    assert scenario.endpoint.failing_since == ""


def test_a_delivery_is_given_up_within_a_day() -> None:
    scenario = WebhookScenario()
    scenario.receivers.answers[URL] = [503] * 20
    scenario.deliver()
    scenario.deliver_all()
    assert (scenario.delivery().state, scenario.delivery().made) == (DeliveryState.FAILED, len(RETRY_SECONDS) + 1)
    assert 23 * HOUR < scenario.clock.now - NOON < 24 * HOUR


def test_a_day_of_failures_pauses_an_endpoint() -> None:
    scenario = WebhookScenario(failing_since=timestamps.iso(NOON - 24 * HOUR))
    scenario.receivers.answers[URL] = [500]
    result = scenario.deliver()
    assert result.paused
    assert result.paused.pause_reason.startswith("every try since")
    assert scenario.queue.jobs == []
    assert scenario.delivery().state is DeliveryState.FAILED
    after = scenario.deliver(DeliveryJob(endpoint_id="w-1", event=webhook_events.sample("w-1", NOON_TEXT)))
    assert (after.paused, len(scenario.receivers.posted)) == (None, 1), (
        "nothing is sent to a paused endpoint, and the log says so"
    )


def test_an_endpoint_that_is_gone_is_paused_at_once() -> None:
    scenario = WebhookScenario()
    scenario.receivers.answers[URL] = [410]
    assert scenario.deliver().paused
    assert not scenario.endpoint.is_active


def test_an_early_job_is_queued_again() -> None:
    """SQS delays a quarter of an hour at most."""
    scenario = WebhookScenario()
    job = DeliveryJob(endpoint_id="w-1", event=EVENT, due=NOON + 5000)
    assert scenario.deliver(job) == DeliveryResult()
    assert scenario.queue.jobs == [(job, 5000)]
    assert scenario.receivers.posted == []


def test_a_duplicate_job_is_not_delivered() -> None:
    """Of a batch that notify told twice, or SQS delivered twice, before and after a retry."""
    scenario = WebhookScenario()
    scenario.receivers.answers[URL] = [500]
    scenario.deliver()
    assert scenario.deliver() == DeliveryResult()
    scenario.deliver_all()
    assert scenario.deliver() == DeliveryResult()
    assert len(scenario.receivers.posted) == 2


def test_a_delivered_replay_is_not_retried() -> None:
    """Two workers had it: one was told 500 and queued another try, the other delivered it."""
    scenario = WebhookScenario()
    scenario.receivers.answers[URL] = [500]
    scenario.deliver(DeliveryJob(endpoint_id="w-1", event=EVENT, made=None, again=True))
    key = ("w-1", webhook.delivery_id(EVENT))
    scenario.deliveries.stored[key] = replace(scenario.delivery(), state=DeliveryState.DELIVERED)
    scenario.deliver_all()
    assert len(scenario.receivers.posted) == 1


def test_a_deleted_endpoint_receives_nothing() -> None:
    scenario = WebhookScenario()
    scenario.endpoints.delete("w-1")
    assert scenario.deliver() == DeliveryResult()
    assert (scenario.receivers.posted, scenario.deliveries.stored) == ([], {})


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("calls", range(14))
def test_a_worker_killed_at_any_call_loses_no_event(calls: int, after: bool) -> None:
    """The job comes again, and the event arrives all the same, after a failure too."""
    scenario = WebhookScenario()
    scenario.receivers.answers[URL] = [500]
    life = Life(calls, after)
    scenario.queue.put([DeliveryJob(endpoint_id="w-1", event=EVENT)])
    while scenario.queue.jobs:
        (job, _), *scenario.queue.jobs = scenario.queue.jobs
        assert isinstance(job, DeliveryJob)
        scenario.clock.now = max(scenario.clock.now, job.due)
        try:
            scenario.deliver(job, life)
        except Killed:
            life = Life(10**6)
            scenario.queue.jobs.append((job, 0))
    assert scenario.delivery().state is DeliveryState.DELIVERED
    assert len(scenario.receivers.posted) in {2, 3}


def test_one_delivery_is_replayed_from_its_message() -> None:
    scenario = WebhookScenario()
    scenario.sends.create([SENT])
    replay = ReplayDelivery(sends=scenario.sends, deliveries=scenario.deliveries, queue=scenario.queue)
    with pytest.raises(NotFound):
        replay(scenario.endpoint, webhook.delivery_id(EVENT))
    scenario.deliver()
    replay(scenario.endpoint, webhook.delivery_id(EVENT))
    scenario.deliver_all()
    assert [body for _, _, body in scenario.receivers.posted] == [scenario.receivers.posted[0][2]] * 2
    assert scenario.delivery().made == 2
    scenario.sends.stored.clear()
    with pytest.raises(Conflict, match="cannot be sent again"):
        replay(scenario.endpoint, webhook.delivery_id(EVENT))
    with pytest.raises(Conflict, match="paused"):
        replay(replace(scenario.endpoint, paused_at=NOON_TEXT), webhook.delivery_id(EVENT))


class OneEmail(MemoryCounters):
    def emails(self, first: str, last: str) -> list[int]:
        assert first <= "2026-11-20" < last
        return [7]


def span(**given: Any) -> ReplayJob:
    since, until = timestamps.iso(NOON), timestamps.iso(NOON + HOUR)
    return ReplayJob(**{"endpoint_id": "w-1", "since": since, "until": until, "again": False, **given})


def replayed(scenario: WebhookScenario, job: ReplayJob) -> int:
    """All that follows from it; how many pages that were."""
    replay, pages = scenario.span_replay(OneEmail()), 0
    scenario.queue.put([job])
    while scenario.queue.jobs:
        (first, _), *scenario.queue.jobs = scenario.queue.jobs
        if isinstance(first, ReplayJob):
            replay(first)
            pages += 1
        else:
            scenario.deliver(first)
    return pages


def test_a_range_is_replayed_without_delivered_events() -> None:
    scenario = WebhookScenario(event_types=("email.delivered",))
    scenario.sends.create([delivered(5), delivered(60, "s-2"), delivered(2 * HOUR, "s-3")])
    replayed(scenario, span())
    result = [json.loads(body)["data"]["statusId"] for _, _, body in scenario.receivers.posted]
    assert sorted(result) == ["s-1", "s-2"], "what happened after the span is none of it"
    replayed(scenario, span())
    assert len(scenario.receivers.posted) == 2
    replayed(scenario, span(again=True))
    assert len(scenario.receivers.posted) == 4


def test_a_range_includes_messages_accepted_before_it() -> None:
    scenario = WebhookScenario(event_types=("email.delivered",))
    early = timestamps.iso(NOON - LOOK_BACK_SECONDS)
    scenario.sends.create([replace(delivered(5), accepted_at=early)])
    replayed(scenario, span())
    assert len(scenario.receivers.posted) == 1


def test_a_long_range_is_replayed_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where more than a page was accepted in the same millisecond, it comes to an end."""
    monkeypatch.setattr(replay_webhooks, "PAGE", 3)
    scenario = WebhookScenario(event_types=("email.delivered",))
    for number in range(8):
        at = timestamps.iso(NOON + number // 2)
        scenario.sends.create([replace(delivered(5, f"s-{number}"), accepted_at=at)])
    assert replayed(scenario, span()) > 3
    assert len({json.loads(body)["data"]["statusId"] for _, _, body in scenario.receivers.posted}) == 8
    assert len(scenario.receivers.posted) == 8
    for number in range(20):
        scenario.sends.create([replace(delivered(5, f"t-{number}"), accepted_at=timestamps.iso(NOON))])
    replayed(scenario, span())


def test_a_replay_to_a_paused_endpoint_does_nothing() -> None:
    scenario = WebhookScenario(active=False)
    assert replayed(scenario, span()) == 1
    assert scenario.receivers.posted == []


def test_a_secret_is_created_and_rotated() -> None:
    scenario = WebhookScenario()
    manager = scenario.manager()
    endpoint, secret = manager.create(URL, ("*",), "orders", active=True)
    assert scenario.endpoints.get(endpoint.id) == endpoint
    assert scenario.secrets.stored[endpoint.id] == [secret]
    rotated, fresh = manager.rotate(endpoint.id)
    assert scenario.secrets.stored[endpoint.id] == [secret, fresh]
    assert rotated.secret_versions(NOON_TEXT) == (2, 1)
    assert rotated.secret_versions(timestamps.iso(NOON + 24 * HOUR)) == (2,)
    manager.delete(endpoint.id)
    assert endpoint.id not in scenario.secrets.stored
    for ended in (manager.get, manager.delete, manager.rotate, manager.test):
        with pytest.raises(NotFound):
            ended(endpoint.id)


def test_every_error_of_a_webhook_is_reported() -> None:
    scenario = WebhookScenario()
    scenario.receivers.refused["https://intranet.example/"] = "names a host that is not on the public Internet"
    with pytest.raises(Rejected) as refused:
        scenario.manager().create("https://intranet.example/", ("email.sunk",), "x" * 300, active=True)
    assert {error.field for error in refused.value.errors} == {"url", "eventTypes", "description"}
    for types in ((), ("webhook.test",)):
        with pytest.raises(Rejected, match="must be a list of at least one of"):
            scenario.manager().update("w-1", {"event_types": types})
    assert scenario.endpoint == replace(an_endpoint(), version=1)


def test_there_is_an_end_to_how_many() -> None:
    scenario = WebhookScenario()
    for _ in range(ENDPOINTS_MAX - 1):
        scenario.manager().create(URL, ("*",), "", active=True)
    with pytest.raises(Conflict, match="delete one first"):
        scenario.manager().create(URL, ("*",), "", active=True)


def test_whoever_sets_it_active_resumes_it() -> None:
    scenario = WebhookScenario(paused_at=NOON_TEXT, pause_reason="gone", failing_since=NOON_TEXT)
    manager = scenario.manager()
    with pytest.raises(Conflict, match="active"):
        manager.test("w-1")
    assert not manager.update("w-1", {"description": "orders"}).is_active
    assert manager.update("w-1", {"active": True}).is_active
    assert manager.test("w-1").startswith("20261123T120000000-evt_")


class Contested(MemoryEndpoints):
    def save(self, endpoint: WebhookEndpoint) -> WebhookEndpoint | None:
        """Somebody was quicker."""
        return None


def test_a_change_does_not_overwrite_another() -> None:
    scenario = WebhookScenario()
    scenario.endpoints = Contested(scenario.endpoints.stored)
    with pytest.raises(Conflict, match="changed meanwhile"):
        scenario.manager().update("w-1", {"description": "orders"})
