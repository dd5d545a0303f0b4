from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from functions.core import timestamps
from functions.core.contacts.erasure import anonymous
from functions.core.webhooks import webhook, webhook_events, webhook_signature
from functions.core.webhooks.webhook import (
    RETRY_SECONDS,
    DeliveryJob,
    DeliveryState,
)
from functions.core.webhooks.webhook_events import MessageEvent, MessageEventType
from functions.steps.webhooks.deliver_webhook import DeliveryResult
from tests.fakes import Killed, Life
from tests.support.examples import NOON, NOON_TEXT
from tests.support.webhook_scenario import EVENT, HOUR, SENT, URL, WebhookScenario
from tests.support.webhooks import (
    SECRET,
)


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


def test_an_erased_persons_event_is_not_retried() -> None:
    scenario = WebhookScenario()
    scenario.sends.create([SENT])
    scenario.receivers.answers[URL] = [500, 500]
    scenario.deliver()
    scenario.sends.replace(SENT, anonymous(SENT))
    scenario.deliver_all()
    assert len(scenario.receivers.posted) == 1
    assert scenario.delivery().state is DeliveryState.FAILED
    assert scenario.delivery().attempts[-1].error == "nothing was sent: the person was erased"


def test_an_erased_persons_step_is_not_sent() -> None:
    """A step of an automation has no message. Its job may be a retry, or come from the dead letters."""
    scenario = WebhookScenario()
    scenario.receivers.answers[URL] = [500]
    step = MessageEvent(
        "evt_1", MessageEventType.AUTOMATION, NOON_TEXT, {"contact": "ada@example.net", "enteredAt": NOON_TEXT}
    )
    scenario.deliver(DeliveryJob(endpoint_id="w-1", event=step))
    scenario.contacts.erase("ada@example.net", NOON_TEXT)
    scenario.deliver_all()
    assert len(scenario.receivers.posted) == 1
    assert scenario.delivery(step).attempts[-1].error == "nothing was sent: the person was erased"


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
    assert result.paused.pause_reason.startswith("every attempt since")
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
    """Notify or SQS may deliver a job twice, before and after a retry."""
    scenario = WebhookScenario()
    scenario.receivers.answers[URL] = [500]
    scenario.deliver()
    assert scenario.deliver() == DeliveryResult()
    scenario.deliver_all()
    assert scenario.deliver() == DeliveryResult()
    assert len(scenario.receivers.posted) == 2


def test_a_delivered_replay_is_not_retried() -> None:
    """Two workers had the job: one got a 500 and queued another attempt, and the other delivered it."""
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
