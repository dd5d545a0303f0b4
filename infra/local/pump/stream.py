"""DynamoDB stream → function: in order, one batch of a shard at a time, and a failing batch holds up what is behind it."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infra.local.pump.batch import failures
from infra.local.pump.filters import passes
from infra.local.pump.poller import Poller

if TYPE_CHECKING:
    from infra.local.cloud import Cloud
    from infra.local.lambdas import JSON, Functions, Result
    from infra.local.pump.mapping import Mapping

READ_LIMIT = 1000  # records of one GetRecords
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0


@dataclass(slots=True)
class Shard:
    """Where the poller is in one shard."""

    id: str
    iterator: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Records still to be delivered together, and how often that failed."""

    records: tuple[JSON, ...]
    attempts: int = 0

    def halves(self) -> tuple[Batch, Batch]:
        """Splitting costs no attempt."""
        middle = len(self.records) // 2
        return Batch(self.records[:middle], self.attempts), Batch(self.records[middle:], self.attempts)


class StreamPoller(Poller):
    """Reads each shard from the mapping's starting position on."""

    tick_s = 5.0  # every write announces itself; moto also keeps an iterator for ever for each look we take

    def __init__(
        self, cloud: Cloud, functions: Functions, mapping: Mapping, *, first_pause_s: float = FIRST_PAUSE_S
    ) -> None:
        super().__init__(cloud, functions, mapping)
        self._client = cloud.client("dynamodbstreams")
        self._first_pause_s = first_pause_s
        self._shards: dict[str, Shard] = {}
        self._delivering = 0

    @property
    def busy(self) -> bool:
        return self._delivering > 0 or super().busy

    def settled(self) -> bool:
        if self.busy or not self._shards:
            return False
        return not any(self._look(shard, 1)["Records"] for shard in tuple(self._shards.values()))

    async def work(self) -> None:
        await asyncio.to_thread(self._find_shards)
        await asyncio.gather(*(self._follow(shard) for shard in tuple(self._shards.values())))

    async def _follow(self, shard: Shard) -> None:
        while True:
            self._delivering += 1
            try:
                response = await asyncio.to_thread(self._look, shard, min(self.mapping.batch_size, READ_LIMIT))
                records = [record_of(record, self.mapping.source) for record in response["Records"]]
                await self._deliver(shard, [record for record in records if passes(self.mapping.filters, record)])
                shard.iterator = response["NextShardIterator"]
                self.finished += len(records)
            finally:
                self._delivering -= 1
            if not records:
                return

    def _find_shards(self) -> None:
        stream = self._client.describe_stream(StreamArn=self.mapping.source)["StreamDescription"]
        for found in stream["Shards"]:
            if found["ShardId"] not in self._shards:
                self._shards[found["ShardId"]] = Shard(found["ShardId"], self._first_iterator(found["ShardId"]))

    def _first_iterator(self, shard_id: str) -> str:
        response = self._client.get_shard_iterator(
            StreamArn=self.mapping.source, ShardId=shard_id, ShardIteratorType=self.mapping.starting_position
        )
        iterator: str = response["ShardIterator"]
        return iterator

    def _look(self, shard: Shard, limit: int) -> dict[str, Any]:
        response: dict[str, Any] = self._client.get_records(ShardIterator=shard.iterator, Limit=limit)
        return response

    async def _deliver(self, shard: Shard, records: list[JSON]) -> None:
        """Deliver until all is done or given up; the settings of the mapping may change meanwhile."""
        pending = deque([Batch(tuple(records))] if records else [])
        while pending:
            batch = pending.popleft()
            result = await self._invoke(list(batch.records), **self._window(shard))
            rest = self._unfinished(batch, result)
            if rest is None:
                continue
            if len(rest.records) > 1 and self.mapping.bisect:
                pending.extendleft(reversed(rest.halves()))
            elif -1 < self.mapping.maximum_retries < rest.attempts:
                await asyncio.to_thread(self._give_up, shard, rest, result)
            else:
                await asyncio.sleep(min(self._first_pause_s * 2 ** min(rest.attempts, 10), LONGEST_PAUSE_S))
                pending.appendleft(rest)

    def _window(self, shard: Shard) -> dict[str, JSON]:
        """What a mapping with a tumbling window tells besides the records. No state is carried, and so no final call made."""
        length = self.mapping.tumbling_window_s
        if not length:
            return {}
        start = time.time() // length * length
        return {
            "window": {"start": _iso(start), "end": _iso(start + length)},
            "state": {},
            "shardId": shard.id,
            "eventSourceARN": self.mapping.source,
            "isFinalInvokeForWindow": False,
            "isWindowTerminatedEarly": False,
        }

    def _unfinished(self, batch: Batch, result: Result) -> Batch | None:
        """From the first failure on. What lies before it is checkpointed, and that progress resets the attempts."""
        ids = [_sequence_number(record) for record in batch.records]
        failed = failures(result, ids, partial=self.mapping.partial)
        if not failed:
            return None
        first = min(ids.index(identifier) for identifier in failed)
        return Batch(batch.records[first:], 1 if first else batch.attempts + 1)

    def _give_up(self, shard: Shard, batch: Batch, result: Result) -> None:
        """Tell the on-failure queue where the records are, not what they are; then the stream goes on behind them."""
        if self.mapping.on_failure is None:
            return
        body = json.dumps(discarded(batch, shard.id, self.mapping, result, datetime.now(UTC)))
        if self.mapping.on_failure.split(":")[2] == "sns":
            self._cloud.client("sns").publish(TopicArn=self.mapping.on_failure, Message=body)
            return
        sqs = self._cloud.client("sqs")
        url = sqs.get_queue_url(QueueName=self.mapping.on_failure.rpartition(":")[2])["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=body)


def discarded(batch: Batch, shard_id: str, mapping: Mapping, result: Result, now: datetime) -> JSON:
    """The document of an on-failure destination for a discarded batch."""
    first, last = batch.records[0], batch.records[-1]
    return {
        "version": "1.0",
        "timestamp": _iso(now.timestamp()),
        "requestContext": {
            "requestId": result.request_id,
            "functionArn": mapping.function,
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": batch.attempts,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled" if result.error is not None else None,
        },
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": _sequence_number(first),
            "endSequenceNumber": _sequence_number(last),
            "approximateArrivalOfFirstRecord": _iso(first["dynamodb"]["ApproximateCreationDateTime"]),
            "approximateArrivalOfLastRecord": _iso(last["dynamodb"]["ApproximateCreationDateTime"]),
            "batchSize": len(batch.records),
            "streamArn": mapping.source,
        },
    }


def record_of(record: dict[str, Any], source: str) -> JSON:
    """A stream record as Lambda's DynamoDB event shows it: epoch seconds, and binary values in base64."""
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = int(change["ApproximateCreationDateTime"].timestamp())
    for image in ("Keys", "NewImage", "OldImage"):
        if image in change:
            change[image] = _plain(change[image])
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": source.split(":")[3],
        "dynamodb": change,
        "eventSourceARN": source,
    }


def _sequence_number(record: JSON) -> str:
    number: str = record["dynamodb"]["SequenceNumber"]
    return number


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: Any) -> JSON:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
