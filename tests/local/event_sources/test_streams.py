"""Streams to functions: in order, retried in place, bisected and given up by the mapping's settings."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.event_sources import stream
from tests.support.local.deployed import (
    Handlers,
    deploy_function,
    deploy_queue,
    deploy_table,
    eventually,
    polling,
    run,
)

if TYPE_CHECKING:
    from infra.local.cloud import Cloud

PARTIAL = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes retries immediate."""
    monkeypatch.setattr(stream, "LONGEST_PAUSE_S", 0.001)


def connect(cloud: Cloud, **settings: Any) -> str:
    """Deploys table `t` with function `f` behind its stream and returns the stream's ARN."""
    arn = deploy_table(cloud, "t")
    deploy_function(cloud, "f")
    mapping_settings = {"StartingPosition": "TRIM_HORIZON"} | settings
    cloud.client("lambda").create_event_source_mapping(EventSourceArn=arn, FunctionName="f", **mapping_settings)
    return arn


def put(cloud: Cloud, *identifiers: int, **attributes: Any) -> None:
    for identifier in identifiers:
        cloud.client("dynamodb").put_item(TableName="t", Item={"id": {"S": str(identifier)}} | attributes)


def ids(event: Any) -> list[int]:
    return [int(record["dynamodb"]["Keys"]["id"]["S"]) for record in event["Records"]]


def batches(functions: Handlers) -> list[list[int]]:
    return [ids(event) for event in functions.events["f"]]


def drained(cloud: Cloud, functions: Handlers) -> None:
    """Runs the event sources until all records are delivered."""

    async def scenario() -> None:
        async with polling(cloud, functions) as event_sources:
            assert await event_sources.drain(10)

    run(scenario())


def test_records_have_lambdas_shape(cloud: Cloud) -> None:
    """Insert, change and removal have their images, epoch seconds, and base64 for binary values."""
    arn = connect(cloud)
    put(cloud, 1, raw={"B": b"\x00\xff"}, many={"BS": [b"a"]}, deep={"M": {"list": {"L": [{"B": b"b"}]}}})
    put(cloud, 1, n={"N": "2"})
    cloud.client("dynamodb").delete_item(TableName="t", Key={"id": {"S": "1"}})
    functions = Handlers(f=lambda event: None)
    drained(cloud, functions)
    inserted, modified, removed = functions.events["f"][0]["Records"]
    change = inserted.pop("dynamodb")
    assert inserted.pop("eventID")
    assert inserted == {
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "eventSourceARN": arn,
    }
    assert isinstance(change["ApproximateCreationDateTime"], int)
    assert change["SizeBytes"] > 0
    assert change["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert change["SequenceNumber"].isdigit()
    assert change["Keys"] == {"id": {"S": "1"}}
    assert change["NewImage"] == {
        "id": {"S": "1"},
        "raw": {"B": "AP8="},
        "many": {"BS": ["YQ=="]},
        "deep": {"M": {"list": {"L": [{"B": "Yg=="}]}}},
    }
    assert "OldImage" not in change
    assert (modified["eventName"], modified["dynamodb"]["NewImage"]["n"]) == ("MODIFY", {"N": "2"})
    assert (removed["eventName"], removed["dynamodb"]["OldImage"]["n"]) == ("REMOVE", {"N": "2"})


def test_a_tumbling_window_names_the_shard(cloud: Cloud) -> None:
    """Without a window, an event does not contain the shard of its records."""
    arn = connect(cloud, TumblingWindowInSeconds=60)
    put(cloud, 1)
    functions = Handlers(f=lambda event: None)
    drained(cloud, functions)
    (event,) = functions.events["f"]
    (shard,) = cloud.client("dynamodbstreams").describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    assert (event["shardId"], event["state"], event["isFinalInvokeForWindow"]) == (shard["ShardId"], {}, False)
    start, end = (datetime.fromisoformat(event["window"][edge]) for edge in ("start", "end"))
    assert (end - start).total_seconds() == 60


def test_batches_run_in_order_one_at_a_time(cloud: Cloud) -> None:
    """Records that are written during a batch come after it."""
    connect(cloud, BatchSize=2)
    functions = Handlers(capacity=5)
    running: list[int] = []

    async def handler(event: Any) -> None:
        running.append(1)
        assert len(running) == 1
        if ids(event)[-1] < 10:
            await asyncio.to_thread(put, cloud, ids(event)[-1] + 10)
        running.pop()

    functions.handlers["f"] = handler
    put(cloud, *range(1, 6))
    drained(cloud, functions)
    assert batches(functions) == [[1, 2], [3, 4], [5, 12], [14]]


def test_writes_wake_the_poller(cloud: Cloud) -> None:
    """A write is delivered long before the slow tick."""
    connect(cloud)
    functions = Handlers(f=lambda event: None)

    async def scenario() -> None:
        async with polling(cloud, functions) as event_sources:
            assert await event_sources.drain(10)
            await asyncio.to_thread(put, cloud, 7)
            assert await event_sources.drain(3)

    run(scenario())
    assert batches(functions) == [[7]]


def test_latest_skips_older_records(cloud: Cloud) -> None:
    """LATEST begins with the first write after the poller found the mapping."""
    connect(cloud, StartingPosition="LATEST")
    put(cloud, 1)
    functions = Handlers(f=lambda event: None)

    async def scenario() -> None:
        async with polling(cloud, functions) as event_sources:
            assert await event_sources.drain(10)
            await asyncio.to_thread(put, cloud, 2)
            assert await event_sources.drain(10)

    run(scenario())
    assert batches(functions) == [[2]]


def test_a_failing_batch_blocks_the_shard(cloud: Cloud) -> None:
    """The whole batch is retried until it succeeds, and no record overtakes it."""
    connect(cloud, BatchSize=2)
    functions = Handlers()

    def handler(event: Any) -> None:
        if len(functions.events["f"]) < 4:
            raise ValueError

    functions.handlers["f"] = handler
    put(cloud, 1, 2, 3)
    drained(cloud, functions)
    assert batches(functions) == [[1, 2], [1, 2], [1, 2], [1, 2], [3]]


def test_partial_failure_is_a_checkpoint(cloud: Cloud) -> None:
    """The next batch begins with the first failed record, and has those after it."""
    connect(cloud, **PARTIAL)
    functions = Handlers()

    def handler(event: Any) -> Any:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        first = len(functions.events["f"]) == 1
        return {
            "batchItemFailures": [{"itemIdentifier": number} for number in (numbers[3], numbers[2])] if first else []
        }

    functions.handlers["f"] = handler
    put(cloud, 1, 2, 3, 4, 5)
    drained(cloud, functions)
    assert batches(functions) == [[1, 2, 3, 4, 5], [3, 4, 5]]


def test_retries_end_and_the_batch_is_reported(cloud: Cloud) -> None:
    """After MaximumRetryAttempts its position goes to the on-failure queue, and the stream continues."""
    url, arn = deploy_queue(cloud, "failed")
    destination = {"DestinationConfig": {"OnFailure": {"Destination": arn}}}
    stream_arn = connect(cloud, BatchSize=1, MaximumRetryAttempts=2, **destination)

    def handler(event: Any) -> None:
        if ids(event) == [1]:
            raise ValueError

    functions = Handlers(f=handler)
    put(cloud, 1, 2)
    drained(cloud, functions)
    assert batches(functions) == [[1], [1], [1], [2]]
    (message,) = cloud.client("sqs").receive_message(QueueUrl=url)["Messages"]
    document = json.loads(message["Body"])
    number = functions.events["f"][0]["Records"][0]["dynamodb"]["SequenceNumber"]
    info = document["DDBStreamBatchInfo"]
    assert (info["startSequenceNumber"], info["endSequenceNumber"], info["batchSize"]) == (number, number, 1)
    assert info["streamArn"] == stream_arn
    assert document["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert document["requestContext"]["approximateInvokeCount"] == 3
    assert document["responseContext"]["functionError"] == "Unhandled"


def test_bisecting_isolates_the_bad_record(cloud: Cloud) -> None:
    """Halves are retried in order. Only the bad record is given up."""
    connect(cloud, BisectBatchOnFunctionError=True, MaximumRetryAttempts=1)
    delivered: list[int] = []

    def handler(event: Any) -> None:
        if 3 in ids(event):
            raise ValueError
        delivered.extend(ids(event))

    put(cloud, *range(1, 8))
    drained(cloud, Handlers(f=handler))
    assert delivered == [1, 2, 4, 5, 6, 7]


def test_filtered_records_are_skipped(cloud: Cloud) -> None:
    """The function receives only records that the mapping's filter passes."""
    connect(cloud, FilterCriteria={"Filters": [{"Pattern": json.dumps({"eventName": ["REMOVE"]})}]})
    put(cloud, 1)
    cloud.client("dynamodb").delete_item(TableName="t", Key={"id": {"S": "1"}})
    functions = Handlers(f=lambda event: None)
    drained(cloud, functions)
    assert [[record["eventName"] for record in event["Records"]] for event in functions.events["f"]] == [["REMOVE"]]


def test_endless_failure_is_not_idle(cloud: Cloud) -> None:
    """A batch that never succeeds prevents a drain, and a stop is still prompt."""
    connect(cloud)
    put(cloud, 1)
    functions = Handlers(f=lambda event: 1 / 0)

    async def scenario() -> None:
        async with polling(cloud, functions) as event_sources:
            assert not await event_sources.drain(0.1)
            await eventually(lambda: len(functions.events["f"]) > 3)

    run(scenario())
