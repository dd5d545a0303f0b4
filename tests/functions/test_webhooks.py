"""notify and deliver_webhook as Lambda runs them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions import deliver_webhook, notify, wiring
from functions.adapters.webhooks.webhook_queue import open_job
from functions.core.sending.send import State
from functions.core.webhooks.webhook import DeliveryJob, DeliveryState, ReplayJob
from functions.wiring import Container
from tests.support.aws.cloud import SETTINGS
from tests.support.aws.lambdas import queued, stream
from tests.support.events import CONTEXT
from tests.support.examples import NOON_TEXT, a_message
from tests.support.webhooks import SECRET, an_endpoint, receiving

SENT = a_message(state=State.SENT, settled_at=NOON_TEXT)


def registered(aws: Container, url: str) -> None:
    aws.get(wiring.adapters.webhook_endpoints).save(
        an_endpoint(url=url, secret_version=aws.get(wiring.adapters.webhook_secrets).put("w-1", SECRET))
    )


def batch(aws: Container, *more: str) -> dict[str, Any]:
    bodies = [message["Body"] for message in queued(aws, SETTINGS.webhook_queue_url)]
    return {"Records": [{"messageId": str(n), "body": body} for n, body in enumerate([*bodies, *more])]}


def test_a_change_of_the_stream_reaches_the_receiver(aws: Container) -> None:
    with receiving(204) as receiver:
        registered(aws, receiver.url)
        notify.handler(stream((None, a_message()), (a_message(), SENT), (SENT, replace(SENT, attempts=2))), CONTEXT)
        assert deliver_webhook.handler(batch(aws), CONTEXT) == {"batchItemFailures": []}
        (event,) = receiver.events(SECRET)
    assert (event["type"], event["data"]["statusId"]) == ("email.sent", "s-1")
    (delivery,) = aws.get(wiring.adapters.webhook_deliveries).latest("w-1", 10)
    assert delivery.state is DeliveryState.DELIVERED


def test_one_that_is_no_job_takes_no_other_with_it(aws: Container) -> None:
    with receiving(200) as receiver:
        registered(aws, receiver.url)
        notify.handler(stream((None, SENT)), CONTEXT)
        answer = deliver_webhook.handler(batch(aws, "{}", '{"deliver":'), CONTEXT)
        assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]}
        assert len(receiver.requests) == 1


def test_a_failure_is_requeued_and_a_pause_reported(aws: Container, capsys: pytest.CaptureFixture[str]) -> None:
    with receiving(500, 410) as receiver:
        registered(aws, receiver.url)
        notify.handler(stream((None, SENT)), CONTEXT)
        deliver_webhook.handler(batch(aws), CONTEXT)
        (delivery,) = aws.get(wiring.adapters.webhook_deliveries).latest("w-1", 10)
        assert (delivery.state, delivery.made) == (DeliveryState.RETRYING, 1)
        notify.handler(stream((None, a_message("s-2", state=State.FAILED))), CONTEXT)
        deliver_webhook.handler(batch(aws), CONTEXT)
    output = capsys.readouterr().out
    assert '"WebhookRetrying"' in output
    assert '"WebhookPaused"' in output


def test_a_replay_is_worked_off(aws: Container) -> None:
    with receiving(200) as receiver:
        registered(aws, receiver.url)
        aws.get(wiring.adapters.sends).create([SENT])
        job = ReplayJob(
            endpoint_id="w-1",
            since=NOON_TEXT,
            until="2026-11-23T13:00:00.000Z",
            again=False,
            email_id=7,
            accepted_since=NOON_TEXT,
        )
        aws.get(wiring.adapters.webhook_queue).put([job])
        deliver_webhook.handler(batch(aws), CONTEXT)
        (message,) = queued(aws, SETTINGS.webhook_queue_url)
        following = open_job(message["Body"])
        assert isinstance(following, DeliveryJob)
        assert (following.event.type, following.event.message) == ("email.sent", SENT.key)
