"""One suite for each port of webhooks' and its adapter; and what only the adapters promise."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from functions import wiring
from functions.adapters.aws.errors import error_class
from functions.adapters.webhooks.event_bridge import EventBridge
from functions.adapters.webhooks.webhook_queue import open_job
from functions.core.errors import ContentRefused, Retry
from functions.core.sending.send import State
from functions.core.webhooks import webhook, webhook_events
from functions.core.webhooks.webhook import DeliveryAttempt, DeliveryJob, Job, ReplayJob
from functions.ports.webhooks import WebhookDeliveries, WebhookEndpoints, WebhookSecrets
from functions.wiring import Container
from tests.support.aws.cloud import SETTINGS, aws_of
from tests.support.examples import NOON_TEXT, a_message
from tests.support.webhooks import MemoryDeliveries, MemoryEndpoints, MemorySecrets, an_endpoint

SENT = a_message(state=State.SENT, settled_at=NOON_TEXT, tags={"shop": "7"})
(EVENT,) = webhook_events.new_events(None, SENT)


@pytest.fixture(params=["memory", "aws"])
def endpoints(request: pytest.FixtureRequest) -> WebhookEndpoints:
    if request.param == "memory":
        return MemoryEndpoints()
    stored: WebhookEndpoints = aws_of(request).get(wiring.adapters.webhooks.webhook_endpoints)
    for endpoint in stored.all():
        stored.delete(endpoint.id)
    return stored


@pytest.fixture(params=["memory", "aws"])
def deliveries(request: pytest.FixtureRequest) -> WebhookDeliveries:
    return (
        MemoryDeliveries()
        if request.param == "memory"
        else aws_of(request).get(wiring.adapters.webhooks.webhook_deliveries)
    )


@pytest.fixture(params=["memory", "aws"])
def secrets(request: pytest.FixtureRequest) -> WebhookSecrets:
    return (
        MemorySecrets() if request.param == "memory" else aws_of(request).get(wiring.adapters.webhooks.webhook_secrets)
    )


def test_an_endpoint_is_saved_only_over_the_version_read(endpoints: WebhookEndpoints) -> None:
    assert endpoints.get("w-1") is None
    first = endpoints.save(an_endpoint(event_types=("email.sent", "email.bounced"), description="é"))
    assert first
    assert first == replace(an_endpoint(event_types=("email.sent", "email.bounced"), description="é"), version=1)
    assert endpoints.get("w-1") == first
    assert endpoints.save(an_endpoint()) is None, "there is one"
    paused = endpoints.save(replace(first, paused_at=NOON_TEXT, pause_reason="gone"))
    assert endpoints.save(first) is None
    assert endpoints.get("w-1") == paused
    endpoints.save(an_endpoint("w-0", created_at="2026-11-24T12:00:00.000Z"))
    assert [endpoint.id for endpoint in endpoints.all()] == ["w-1", "w-0"]
    assert endpoints.delete("w-1")
    assert not endpoints.delete("w-1")
    assert paused
    assert endpoints.save(paused) is None, "a change of what was deleted makes it no more"
    assert endpoints.get("w-1") is None


def test_deliveries_are_noted_and_listed_by_their_events(deliveries: WebhookDeliveries) -> None:
    noted = []
    for hour in range(5):
        event = replace(EVENT, at=f"2026-11-23T{hour:02}:00:00.000Z")
        delivery = webhook.attempted(webhook.first("w-9", event), DeliveryAttempt(NOON_TEXT, 500, 12, "x"), 30)
        assert deliveries.save(delivery)
        noted.append(delivery)
    assert deliveries.get("w-9", noted[0].id) == noted[0]
    assert deliveries.get("w-8", noted[0].id) is None
    assert deliveries.latest("w-9", 2) == [noted[4], noted[3]]
    assert deliveries.latest("w-9", 9, before=noted[3].id) == [noted[2], noted[1], noted[0]]
    assert deliveries.latest("w-8", 9) == []


def test_a_later_try_is_not_overwritten_by_an_earlier(deliveries: WebhookDeliveries) -> None:
    first = webhook.attempted(webhook.first("w-7", EVENT), DeliveryAttempt(NOON_TEXT, 500, 12), 30)
    second = webhook.attempted(first, DeliveryAttempt(NOON_TEXT, 200, 12), None)
    assert deliveries.save(first)
    assert deliveries.save(second)
    assert not deliveries.save(first)
    assert not deliveries.save(replace(second, attempts=()))
    assert deliveries.get("w-7", second.id) == second


def test_a_version_of_a_secret_never_changes(secrets: WebhookSecrets) -> None:
    first, second = secrets.put("w-1", "whsec_one"), secrets.put("w-1", "whsec_two")
    assert first != second
    assert (secrets.get("w-1", second), secrets.get("w-1", first)) == ("whsec_two", "whsec_one")
    secrets.delete("w-1")
    secrets.delete("w-1")


def test_a_secret_is_stored_encrypted_and_read_once(aws: Container) -> None:
    version = aws.get(wiring.adapters.webhooks.webhook_secrets).put("w-5", "whsec_secret")
    name = f"{SETTINGS.webhook_secrets_prefix}w-5"
    stored = aws.get(wiring.clients.ssm).get_parameter(Name=name)["Parameter"]
    assert (stored["Type"], stored["Version"]) == ("SecureString", version)
    assert stored["Value"] != "whsec_secret", "without being asked to, SSM decrypts nothing"
    assert aws.get(wiring.adapters.webhooks.webhook_secrets).get("w-5", version) == "whsec_secret"
    aws.get(wiring.adapters.webhooks.webhook_secrets).delete("w-5")
    assert aws.get(wiring.adapters.webhooks.webhook_secrets).get("w-5", version) == "whsec_secret", (
        "the worker knows it"
    )
    assert "whsec_secret" not in repr(aws.get(wiring.adapters.webhooks.webhook_secrets))


def received(aws: Container) -> list[Any]:
    bodies = []
    while (
        messages := aws.get(wiring.clients.sqs)
        .receive_message(QueueUrl=SETTINGS.webhook_queue_url, MaxNumberOfMessages=10)
        .get("Messages")
    ):
        for message in messages:
            bodies.append(open_job(message["Body"]))
            aws.get(wiring.clients.sqs).delete_message(
                QueueUrl=SETTINGS.webhook_queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
    return bodies


def test_jobs_come_out_as_they_went_in(aws: Container) -> None:
    """More than fit into one call."""
    jobs: list[Job] = [
        *(DeliveryJob(endpoint_id=f"w-{number}", event=EVENT, made=None, due=1.5, again=True) for number in range(11)),
        ReplayJob(endpoint_id="w-1", since=NOON_TEXT, until=NOON_TEXT, again=False, email_id=7),
    ]
    aws.get(wiring.adapters.webhooks.webhook_queue).put(jobs)
    key: Callable[[Any], str] = repr
    assert sorted(received(aws), key=key) == sorted(jobs, key=key)


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"deliver": {"endpoint_id": 5}}', '{"deliver": null}', "nothing"])
def test_a_queue_message_without_a_job_is_an_error(body: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        open_job(body)


def test_a_job_that_the_queue_refuses_is_an_error(aws: Container) -> None:
    class Full:
        def send_message_batch(self, **_: Any) -> dict[str, Any]:
            return {"Successful": [], "Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    with pytest.raises(Retry, match="1 webhooks could not be queued: InternalError"):
        replace(aws.get(wiring.adapters.webhooks.webhook_queue), sqs=Full()).put(
            [DeliveryJob(endpoint_id="w-1", event=EVENT)]
        )


def test_a_rule_of_the_event_bus_finds_our_events(aws: Container) -> None:
    """On the account's default bus, by source, type and stage."""
    sqs, events = aws.get(wiring.clients.sqs), aws.get(wiring.clients.events)
    url = sqs.create_queue(QueueName="rule")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": ["staffetta"], "detail-type": ["email.sent"], "detail": {"stage": ["test"]}}
    events.put_rule(Name="ours", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="ours", Targets=[{"Id": "queue", "Arn": arn}])
    other = replace(EVENT, type=webhook_events.MessageEventType.OPENED)
    EventBridge(events, "test").put([EVENT, other] * 6)
    EventBridge(events, "else").put([EVENT])
    events = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        events += [json.loads(message["Body"])["detail"] for message in messages]
    assert events == [{"stage": "test", **EVENT.body()}] * 6


def test_an_event_that_the_bus_refuses_is_an_error() -> None:
    class Throttled:
        def put_events(self, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
            return {"FailedEntryCount": 1, "Entries": [{"EventId": "1"}, {"ErrorCode": "ThrottlingException"}]}

    with pytest.raises(Retry, match="did not accept 1 events: ThrottlingException"):
        EventBridge(Throttled(), "test").put([EVENT, EVENT])


def refusing(error: type[Exception] | str) -> Any:
    """Returns a client whose every call is refused: as a whole, or its last entry with a code."""

    class Refusing:
        def send_message_batch(self, **_: Any) -> dict[str, Any]:
            busy = {"Id": "0", "Code": "InternalError", "SenderFault": False}
            return {"Failed": [busy, {"Id": "1", "Code": self.code(), "SenderFault": True}]}

        def put_events(self, **_: Any) -> dict[str, Any]:
            entries = [{"ErrorCode": "InternalFailure"}, {"EventId": "1"}, {"ErrorCode": self.code()}]
            return {"FailedEntryCount": 2, "Entries": entries}

        def code(self) -> str:
            if isinstance(error, str):
                return error
            raise error({"Error": {"Code": error.__name__}}, "Send")

    return Refusing()


@pytest.mark.parametrize(
    "error",
    ["InvalidMessageContents", "MalformedDetail", *map(error_class, ["InvalidMessageContents", "ValidationException"])],
)
def test_content_that_a_service_refuses_is_no_reason_to_retry(aws: Container, error: type[Exception] | str) -> None:
    with pytest.raises(ContentRefused):
        EventBridge(refusing(error), "test").put([EVENT])
    with pytest.raises(ContentRefused):
        replace(aws.get(wiring.adapters.webhooks.webhook_queue), sqs=refusing(error)).put(
            [DeliveryJob(endpoint_id="w-1", event=EVENT)]
        )


def test_a_missing_right_is_no_refusal_of_content() -> None:
    with pytest.raises(error_class("AccessDeniedException")):
        EventBridge(refusing(error_class("AccessDeniedException")), "test").put([EVENT])
