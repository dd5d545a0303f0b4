"""Queues to functions: the results of a batch that succeeds, fails, or fails in part."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.event_sources import EventSources, UnsupportedMapping
from infra.local.event_sources.queue import BUSY_TICK_S, EMPTY_TICK_S
from tests.support.local.deployed import Handlers, deploy_function, deploy_queue, eventually, polling, run

if TYPE_CHECKING:
    from infra.local.cloud import Cloud

PARTIAL: dict[str, Any] = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def connect(cloud: Cloud, queue_arn: str, function: str = "f", **settings: Any) -> str:
    """Deploys a function behind the queue and returns the mapping's id."""
    deploy_function(cloud, function)
    response = cloud.client("lambda").create_event_source_mapping(
        EventSourceArn=queue_arn, FunctionName=function, **settings
    )
    identifier: str = response["UUID"]
    return identifier


def bodies(functions: Handlers, function: str = "f") -> list[list[str]]:
    return [[record["body"] for record in event["Records"]] for event in functions.events[function]]


def counts(cloud: Cloud, url: str) -> dict[str, int]:
    """Returns the numbers of messages in a queue: visible, in flight, delayed."""
    attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {
        "visible": int(attributes["ApproximateNumberOfMessages"]),
        "in flight": int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        "delayed": int(attributes["ApproximateNumberOfMessagesDelayed"]),
    }


EMPTY = {"visible": 0, "in flight": 0, "delayed": 0}


def test_message_reaches_the_function_once(cloud: Cloud) -> None:
    """A sent message is delivered with every field of Lambda's SQS event, and deleted."""
    url, arn = deploy_queue(cloud, "q")
    connect(cloud, arn)
    functions = Handlers(f=lambda event: None)

    async def scenario() -> str:
        async with polling(cloud, functions) as event_sources:
            sent = cloud.client("sqs").send_message(
                QueueUrl=url,
                MessageBody='{"a": "ü"}',
                MessageAttributes={
                    "kind": {"DataType": "String", "StringValue": "x"},
                    "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
                },
            )
            assert await event_sources.drain(10)
            return str(sent["MessageId"])

    identifier = run(scenario())
    assert counts(cloud, url) == EMPTY
    ((record,),) = [event["Records"] for event in functions.events["f"]]
    assert record.pop("receiptHandle")
    assert record.pop("md5OfMessageAttributes")
    attributes = record.pop("attributes")
    assert attributes["ApproximateReceiveCount"] == "1"
    assert attributes.keys() >= {"SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"}
    empty: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    assert record == {
        "messageId": identifier,
        "body": '{"a": "ü"}',
        "messageAttributes": {
            "kind": {"dataType": "String", "stringValue": "x", **empty},
            "raw": {"dataType": "Binary", "binaryValue": "AP8=", **empty},
        },
        "md5OfBody": hashlib.md5('{"a": "ü"}'.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": "us-east-1",
    }


def test_waiting_messages_are_delivered_in_batches(cloud: Cloud) -> None:
    """Messages from before the start come in batches of the deployed size, which may exceed SQS's ten."""
    url, arn = deploy_queue(cloud, "q")
    connect(cloud, arn, BatchSize=12, MaximumBatchingWindowInSeconds=1)
    for number in range(25):
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody=str(number))
    functions = Handlers(f=lambda event: None)

    async def scenario() -> None:
        async with polling(cloud, functions) as event_sources:
            assert await event_sources.drain(10)

    run(scenario())
    assert [len(batch) for batch in bodies(functions)] == [12, 12, 1]
    assert sorted(int(body) for batch in bodies(functions) for body in batch) == list(range(25))


def test_failed_batch_comes_again_and_ends_in_the_dead_letters(cloud: Cloud) -> None:
    """A failed message waits for its visibility timeout. After maxReceiveCount it is a dead letter."""
    dead_url, dead_arn = deploy_queue(cloud, "dead")
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 3})
    url, arn = deploy_queue(cloud, "q", VisibilityTimeout="0", RedrivePolicy=redrive)
    connect(cloud, arn)
    functions = Handlers(capacity=1, f=lambda event: 1 / 0)

    async def scenario() -> None:
        async with polling(cloud, functions) as event_sources:
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody="bad")
            assert await event_sources.drain(10)

    run(scenario())
    assert counts(cloud, url) == EMPTY
    received = [event["Records"][0]["attributes"]["ApproximateReceiveCount"] for event in functions.events["f"]]
    assert received == ["1", "2", "3"]
    (dead,) = cloud.client("sqs").receive_message(QueueUrl=dead_url)["Messages"]
    assert dead["Body"] == "bad"


def test_failed_message_waits_for_its_visibility_timeout(cloud: Cloud) -> None:
    """It stays in flight, so the stack is not idle. If it is made visible, it is received at once."""
    url, arn = deploy_queue(cloud, "q", VisibilityTimeout="600")
    connect(cloud, arn)
    functions = Handlers(f=lambda event: 1 / 0)

    async def scenario() -> None:
        async with polling(cloud, functions) as event_sources:
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody="x")
            assert not await event_sources.drain(0.3)
            assert len(functions.events["f"]) == 1
            assert counts(cloud, url) == EMPTY | {"in flight": 1}
            functions.handlers["f"] = lambda event: None
            handle = functions.events["f"][0]["Records"][0]["receiptHandle"]
            cloud.client("sqs").change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
            assert await event_sources.drain(10)
            assert len(functions.events["f"]) == 2

    run(scenario())


def test_only_reported_failures_are_received_again(cloud: Cloud) -> None:
    """ReportBatchItemFailures leaves only the named messages in the queue."""
    url, arn = deploy_queue(cloud, "q", VisibilityTimeout="1")
    connect(cloud, arn, **PARTIAL)
    tries: Counter[str] = Counter()

    def handler(event: Any) -> Any:
        failed = []
        for record in event["Records"]:
            tries[record["body"]] += 1
            if record["body"] == "b" and tries["b"] == 1:
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}

    for body in "abc":
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody=body)

    async def scenario() -> None:
        async with polling(cloud, Handlers(f=handler)) as event_sources:
            assert await event_sources.drain(10)

    run(scenario())
    assert tries == {"a": 1, "b": 2, "c": 1}


def test_filtered_messages_are_dropped(cloud: Cloud) -> None:
    """A message that no filter passes is deleted without an invocation."""
    url, arn = deploy_queue(cloud, "q")
    connect(cloud, arn, FilterCriteria={"Filters": [{"Pattern": json.dumps({"body": {"kind": ["send"]}})}]})
    for body in ('{"kind": "send"}', '{"kind": "other"}', "no json"):
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody=body)
    functions = Handlers(f=lambda event: None)

    async def scenario() -> None:
        async with polling(cloud, functions) as event_sources:
            assert await event_sources.drain(10)

    run(scenario())
    assert bodies(functions) == [['{"kind": "send"}']]
    assert counts(cloud, url) == EMPTY


@pytest.mark.parametrize(("settings", "at_once"), [({}, 3), ({"ScalingConfig": {"MaximumConcurrency": 2}}, 2)])
def test_concurrent_batches_are_limited(cloud: Cloud, settings: Any, at_once: int) -> None:
    """The limits are the function's environments and the mapping's MaximumConcurrency."""
    url, arn = deploy_queue(cloud, "q")
    connect(cloud, arn, BatchSize=1, **settings)
    for number in range(6):
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody=str(number))

    async def scenario() -> None:
        release = asyncio.Event()
        functions = Handlers(capacity=3, f=lambda event: release.wait())
        async with polling(cloud, functions) as event_sources:
            await eventually(lambda: len(functions.events["f"]) == at_once)
            assert counts(cloud, url) == EMPTY | {"visible": 6 - at_once, "in flight": at_once}
            release.set()
            assert await event_sources.drain(10)
            assert len(functions.events["f"]) == 6

    run(scenario())


def test_drain_follows_a_chain(cloud: Cloud) -> None:
    """A function that sends to the next queue delays the drain until the last one is done."""
    first_url, first = deploy_queue(cloud, "first")
    second_url, second = deploy_queue(cloud, "second")
    topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=second)
    connect(cloud, first, "one", BatchSize=1)
    connect(cloud, second, "two")

    async def publish() -> None:
        await asyncio.to_thread(cloud.client("sns").publish, TopicArn=topic, Message="x")

    async def scenario() -> None:
        functions = Handlers(one=lambda event: publish(), two=lambda event: None)
        async with polling(cloud, functions) as event_sources:
            for _ in range(5):
                await asyncio.to_thread(cloud.client("sqs").send_message, QueueUrl=first_url, MessageBody="x")
            assert await event_sources.drain(10)
            assert sum(len(event["Records"]) for event in functions.events["two"]) == 5

    run(scenario())
    assert counts(cloud, second_url) == EMPTY


def test_refused_invocation_leaves_the_messages(cloud: Cloud) -> None:
    """A missing function counts as a failure: no message is lost."""
    url, arn = deploy_queue(cloud, "q", VisibilityTimeout="600")
    connect(cloud, arn)

    async def scenario() -> None:
        async with polling(cloud, Handlers()):
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody="x")
            await eventually(lambda: counts(cloud, url)["in flight"] == 1)

    run(scenario())


def test_deployed_mappings_are_followed(cloud: Cloud) -> None:
    """A created, changed, disabled or deleted mapping has effect without a restart."""
    url, arn = deploy_queue(cloud, "q")
    functions = Handlers(f=lambda event: None)
    client, sqs = cloud.client("lambda"), cloud.client("sqs")

    async def scenario() -> None:
        async with polling(cloud, functions) as event_sources:
            sqs.send_message(QueueUrl=url, MessageBody="1")
            identifier = connect(cloud, arn, BatchSize=1)
            await eventually(lambda: bodies(functions) == [["1"]])
            client.update_event_source_mapping(UUID=identifier, Enabled=False)
            await eventually(lambda: not event_sources._pollers[identifier].mapping.enabled)
            sqs.send_message(QueueUrl=url, MessageBody="2")
            assert await event_sources.drain(10)
            assert counts(cloud, url)["visible"] == 1
            client.update_event_source_mapping(UUID=identifier, Enabled=True)
            await eventually(lambda: bodies(functions) == [["1"], ["2"]])
            client.delete_event_source_mapping(UUID=identifier)
            await eventually(lambda: not event_sources._pollers)
            sqs.send_message(QueueUrl=url, MessageBody="3")
            assert await event_sources.drain(10)

    run(scenario())
    assert counts(cloud, url)["visible"] == 1


@pytest.mark.parametrize("turns", range(6))
def test_a_stop_in_the_moment_of_a_wake_ends_it(cloud: Cloud, turns: int) -> None:
    _, arn = deploy_queue(cloud, "q")
    connect(cloud, arn)

    async def scenario() -> None:
        event_sources = EventSources(cloud, Handlers(f=lambda event: None))  # type: ignore[arg-type]  # a fake
        await event_sources.start()
        (poller,) = event_sources._pollers.values()
        await eventually(lambda: not poller._awake.is_set())
        event_sources.wake()
        event_sources.schedules.wake()
        for _ in range(turns):
            await asyncio.sleep(0)
        async with asyncio.timeout(60):
            await event_sources.stop()

    run(scenario())


def test_fifo_queue_is_refused(cloud: Cloud) -> None:
    """Order per group is not implemented, so it is refused."""
    _, arn = deploy_queue(cloud, "q.fifo", FifoQueue="true")
    connect(cloud, arn)

    async def scenario() -> None:
        with pytest.raises(UnsupportedMapping, match="only standard SQS queues"):
            await EventSources(cloud, Handlers()).start()  # type: ignore[arg-type]  # a fake

    run(scenario())


def test_a_queue_is_polled_often_only_while_it_has_messages(cloud: Cloud) -> None:
    """Polls of an empty queue are rare. A delayed message or one in flight makes them frequent."""
    url, arn = deploy_queue(cloud, "q")
    identifier = connect(cloud, arn)

    async def scenario() -> None:
        async with polling(cloud, Handlers(f=lambda event: None)) as event_sources:
            poller = event_sources._pollers[identifier]
            await eventually(lambda: poller.tick_s == EMPTY_TICK_S)
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody="x", DelaySeconds=1)
            await eventually(lambda: poller.tick_s == BUSY_TICK_S)
            assert not event_sources.idle()
            await eventually(lambda: poller.invocations == 1)
            await eventually(lambda: poller.tick_s == EMPTY_TICK_S)

    run(scenario())
