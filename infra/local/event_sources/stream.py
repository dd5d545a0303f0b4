"""DynamoDB stream → function: in order, one batch of a shard at a time. A failing batch blocks the records behind it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infra.local.event_sources.batch import failures
from infra.local.event_sources.event_filters import passes
from infra.local.event_sources.poller import Poller

if TYPE_CHECKING:
    from infra.local.cloud import Cloud
    from infra.local.event_sources.mapping import Mapping
    from infra.local.lambdas import JSON, Functions, Result

READ_LIMIT = 1000  # records of one GetRecords
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0


@dataclass(slots=True)
class Shard:
    """The poller's position in one shard."""

    id: str
    position: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to deliver together, and the number of failed attempts."""

    records: tuple[JSON, ...]
    attempts: int = 0

    def halves(self) -> tuple[Batch, Batch]:
        """Splits the batch. Splitting is not counted as an attempt."""
        middle = len(self.records) // 2
        return Batch(self.records[:middle], self.attempts), Batch(self.records[middle:], self.attempts)


class StreamPoller(Poller):
    """Reads each shard from the mapping's starting position."""

    tick_s = 5.0  # every write announces itself

    def __init__(
        self, cloud: Cloud, functions: Functions, mapping: Mapping, *, first_pause_s: float = FIRST_PAUSE_S
    ) -> None:
        super().__init__(cloud, functions, mapping)
        self._first_pause_s = first_pause_s
        self._shards: dict[str, Shard] = {}
        self._delivering = 0

    @property
    def busy(self) -> bool:
        return self._delivering > 0 or super().busy

    def settled(self, *, later: bool = False) -> bool:  # noqa: ARG002 - a stream delays nothing
        if self.busy or not self._shards:
            return False
        return not any(self._read(shard, 1) for shard in tuple(self._shards.values()))

    async def work(self) -> None:
        await asyncio.to_thread(self._find_shards)
        await asyncio.gather(*(self._follow(shard) for shard in tuple(self._shards.values())))

    async def _follow(self, shard: Shard) -> None:
        while True:
            self._delivering += 1
            try:
                records = await asyncio.to_thread(self._read, shard, min(self.mapping.batch_size, READ_LIMIT))
                await self._deliver(shard, [record for record in records if passes(self.mapping.filters, record)])
                shard.position += len(records)
                self.finished += len(records)
            finally:
                self._delivering -= 1
            if not records:
                return

    def _find_shards(self) -> None:
        identifier, length = self._cloud.shard(self.mapping.source)
        if identifier not in self._shards:
            first = 0 if self.mapping.starting_position == "TRIM_HORIZON" else length
            self._shards[identifier] = Shard(identifier, first)

    def _read(self, shard: Shard, limit: int) -> list[JSON]:
        records = self._cloud.stream_records(self.mapping.source, shard.position, limit)
        return [record_of(record, self.mapping.source) for record in records]

    async def _deliver(self, shard: Shard, records: list[JSON]) -> None:
        """Delivers until every record succeeded or was given up. The mapping's settings may change meanwhile."""
        pending = deque([Batch(tuple(records))] if records else [])
        while pending:
            batch = pending.popleft()
            result = await self._invoke(list(batch.records), **self._window(shard))
            remaining = self._unfinished(batch, result)
            if remaining is None:
                continue
            if len(remaining.records) > 1 and self.mapping.bisect:
                pending.extendleft(reversed(remaining.halves()))
            elif -1 < self.mapping.maximum_retries < remaining.attempts:
                await asyncio.to_thread(self._give_up, shard, remaining, result)
            else:
                await asyncio.sleep(min(self._first_pause_s * 2 ** min(remaining.attempts, 10), LONGEST_PAUSE_S))
                pending.appendleft(remaining)

    def _window(self, shard: Shard) -> dict[str, JSON]:
        """Returns the event's fields of a tumbling window. No state is carried between windows, so there is no final invocation."""
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
        """Returns the batch from the first failure on. Records before it are checkpointed, and that progress resets the attempts."""
        ids = [_sequence_number(record) for record in batch.records]
        failed = failures(result, ids, partial=self.mapping.partial)
        if not failed:
            return None
        first = min(ids.index(identifier) for identifier in failed)
        return Batch(batch.records[first:], 1 if first else batch.attempts + 1)

    def _give_up(self, shard: Shard, batch: Batch, result: Result) -> None:
        """Sends the position of the records, not their content, to the on-failure destination. The stream then continues after them."""
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
    """Returns the document that an on-failure destination receives for a discarded batch."""
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
    """Converts a stream record to a record of Lambda's DynamoDB event, whose time is in seconds. JSON has its binary values in base64."""
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = int(change["ApproximateCreationDateTime"].replace(tzinfo=UTC).timestamp())
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
