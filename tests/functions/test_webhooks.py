"""notify and deliver_webhook as Lambda runs them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from functions import deliver_webhook, notify, wiring
from functions.adapters.aws.errors import ConnectError, ReadTimeout, error_class
from functions.adapters.webhooks.webhook_queue import open_job
from functions.core.broadcasts.broadcast import place
from functions.core.broadcasts.jobs import RecountJob
from functions.core.errors import ContentRefused, Retry
from functions.core.sending.send import State
from functions.core.webhooks.webhook import DeliveryJob, DeliveryState, Job, ReplayJob
from functions.wiring import Container
from tests.support.aws.cloud import SETTINGS
from tests.support.aws.lambdas import queued, store, stream
from tests.support.events import CONTEXT
from tests.support.examples import NOON_TEXT, a_message
from tests.support.webhooks import SECRET, MemoryWebhookQueue, an_endpoint, receiving

LATER = "2026-11-23T12:30:00.000Z"
SENT = a_message(state=State.SENT, settled_at=NOON_TEXT)


def registered(aws: Container, url: str) -> None:
    aws.get(wiring.adapters.webhooks.webhook_endpoints).save(
        an_endpoint(url=url, secret_version=aws.get(wiring.adapters.webhooks.webhook_secrets).put("w-1", SECRET))
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
    (delivery,) = aws.get(wiring.adapters.webhooks.webhook_deliveries).latest("w-1", 10)
    assert delivery.state is DeliveryState.DELIVERED


def test_a_message_with_another_outcome_lets_its_page_be_counted(aws: Container) -> None:
    """SES's event came after the page was counted. Each page has one job."""
    failed = a_message(state=State.FAILED, broadcast=place("b-1", 3, 0))
    sent = replace(failed, state=State.SENT)
    waiting = replace(failed, state=State.SENDING)
    notify.handler(stream((None, failed), (waiting, failed), (waiting, sent), (sent, sent), (sent, None)), CONTEXT)
    assert queued(aws, SETTINGS.broadcast_queue_url) == []
    notify.handler(stream((failed, sent), (failed, sent), (a_message(state=State.FAILED), SENT)), CONTEXT)
    (message,) = queued(aws, SETTINGS.broadcast_queue_url)
    assert aws.get(wiring.adapters.broadcasts.broadcast_queue).open(message["Body"]) == RecountJob("b-1", 3)


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
        (delivery,) = aws.get(wiring.adapters.webhooks.webhook_deliveries).latest("w-1", 10)
        assert (delivery.state, delivery.made) == (DeliveryState.RETRYING, 1)
        notify.handler(stream((None, a_message("s-2", state=State.FAILED))), CONTEXT)
        deliver_webhook.handler(batch(aws), CONTEXT)
    output = capsys.readouterr().out
    assert '"WebhookRetrying"' in output
    assert '"WebhookPaused"' in output


def test_a_replay_is_worked_off(aws: Container) -> None:
    with receiving(200) as receiver:
        registered(aws, receiver.url)
        store(aws, SENT)
        job = ReplayJob(
            endpoint_id="w-1",
            since=NOON_TEXT,
            until="2026-11-23T13:00:00.000Z",
            again=False,
            email_id=7,
            accepted_since=NOON_TEXT,
        )
        aws.get(wiring.adapters.webhooks.webhook_queue).put([job])
        deliver_webhook.handler(batch(aws), CONTEXT)
        (message,) = queued(aws, SETTINGS.webhook_queue_url)
        following = open_job(message["Body"])
        assert isinstance(following, DeliveryJob)
        assert (following.event.type, following.event.message) == ("email.sent", SENT.key)


FAILED = [a_message(f"s-{number}", state=State.FAILED) for number in range(1, 5)]


class PoisonedQueue(MemoryWebhookQueue):
    """Refuses the events of one send, always. The error is that of a service, or of the whole batch."""

    def __init__(self, send_id: str, error: Exception) -> None:
        super().__init__()
        self.send_id, self.error = send_id, error

    def put(self, jobs: Sequence[Job], *, delay_seconds: int = 0) -> None:
        if any(isinstance(job, DeliveryJob) and job.event.data["statusId"] == self.send_id for job in jobs):
            raise self.error
        super().put(jobs, delay_seconds=delay_seconds)

    def sends(self) -> set[str]:
        return {job.event.data["statusId"] for job, _ in self.jobs if isinstance(job, DeliveryJob)}


def poisoned(aws: Container, send_id: str, error: Exception) -> PoisonedQueue:
    registered(aws, "https://hooks.example.net/in")
    queue = PoisonedQueue(send_id, error)
    replacement: Any = queue
    wiring.container().override(wiring.adapters.webhooks.webhook_queue, replacement)
    return queue


REFUSED = ContentRefused("SQS refuses it")
UNCLEAR = error_class("InvalidSomething")({"Error": {"Code": "X"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "Put")
BUSY = error_class("Busy")({"Error": {"Code": "Busy"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "Put")


@pytest.mark.parametrize("error", [REFUSED, UNCLEAR, ValueError("our own error")])
@pytest.mark.parametrize("refused", range(4))
def test_a_refused_change_is_set_apart_and_its_neighbours_pass(
    aws: Container, error: Exception, refused: int, capsys: pytest.CaptureFixture[str]
) -> None:
    send_id = FAILED[refused].key.send_id
    queue = poisoned(aws, send_id, error)
    notify.handler(stream(*((None, message) for message in FAILED)), CONTEXT)
    assert queue.sends() == {message.key.send_id for message in FAILED} - {send_id}
    (letter,) = queued(aws, SETTINGS.unnotified_queue_url)
    assert json.loads(letter["Body"]) == {
        "sequenceNumber": f"442158450000000001745043900{refused + 1}",
        "statusId": send_id,
        "recipient": 0,
    }
    assert str(error) in letter["MessageAttributes"]["reason"]["StringValue"]
    assert '"ChangeUnpublished":[1.0]' in capsys.readouterr().out


def test_a_refused_change_does_not_block_even_by_itself(aws: Container) -> None:
    poisoned(aws, "s-1", REFUSED)
    notify.handler(stream((None, FAILED[0])), CONTEXT)
    assert len(queued(aws, SETTINGS.unnotified_queue_url)) == 1


def test_a_change_that_cannot_be_read_is_set_apart(aws: Container) -> None:
    queue = poisoned(aws, "", REFUSED)
    event = stream((None, FAILED[0]), (None, FAILED[1]))
    event["Records"][0]["dynamodb"]["NewImage"]["state"] = {"S": "UNHEARD OF"}
    notify.handler(event, CONTEXT)
    assert queue.sends() == {"s-2"}
    (letter,) = queued(aws, SETTINGS.unnotified_queue_url)
    assert json.loads(letter["Body"])["statusId"] == "s-1"


@pytest.mark.parametrize("error", [Retry("busy"), BUSY, ReadTimeout("silent"), ConnectError("no connection")])
def test_while_a_service_does_not_answer_the_batch_waits(aws: Container, error: Exception) -> None:
    poisoned(aws, "s-2", error)
    with pytest.raises(type(error)):
        notify.handler(stream(*((None, message) for message in FAILED)), CONTEXT)
    assert queued(aws, SETTINGS.unnotified_queue_url) == []


def test_an_error_of_every_change_is_not_theirs(aws: Container) -> None:
    poisoned(aws, "s-1", UNCLEAR)
    with pytest.raises(type(UNCLEAR)):
        notify.handler(
            stream((None, FAILED[0]), (FAILED[0], replace(FAILED[0], attempts=3, settled_at=LATER))), CONTEXT
        )
    assert queued(aws, SETTINGS.unnotified_queue_url) == []
