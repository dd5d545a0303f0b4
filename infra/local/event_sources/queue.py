"""SQS → function: success deletes a message; failure leaves it to its visibility timeout and the queue's redrive policy."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from infra.local.event_sources.batch import failures
from infra.local.event_sources.event_filters import passes
from infra.local.event_sources.poller import Poller

if TYPE_CHECKING:
    from infra.local.cloud import Cloud
    from infra.local.event_sources.mapping import Mapping
    from infra.local.lambdas import JSON, Functions

BUSY_TICK_S = 0.25  # no call announces the end of a visibility timeout or a delay,
EMPTY_TICK_S = 5.0  # and an empty queue has neither: the call that sends a message announces it
RECEIVE_LIMIT = 10  # messages of one ReceiveMessage or DeleteMessageBatch


class QueuePoller(Poller):
    """Receives while the function has capacity: concurrent batches are limited by its environments and by MaximumConcurrency."""

    def __init__(self, cloud: Cloud, functions: Functions, mapping: Mapping) -> None:
        super().__init__(cloud, functions, mapping)
        self.tick_s = BUSY_TICK_S
        self._url: str | None = None
        self._batches: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Stops at once. Messages in flight are received again after their visibility timeout."""
        await super().stop()
        for batch in self._batches:
            batch.cancel()
        if self._batches:
            await asyncio.wait(self._batches)

    @property
    def busy(self) -> bool:
        return bool(self._batches) or super().busy

    def settled(self, *, later: bool = False) -> bool:
        if self.busy:
            return False
        state = self._cloud.queue_state(self.mapping.source)
        return not state.receivable if later else state.empty

    async def work(self) -> None:
        while len(self._batches) < self._concurrency():
            messages = await asyncio.to_thread(self._receive)
            if not messages:
                return
            batch = asyncio.create_task(self._process(messages))
            self._batches.add(batch)
            batch.add_done_callback(self._finished)

    def _finished(self, batch: asyncio.Task[None]) -> None:
        self._batches.discard(batch)
        self.wake()
        if not batch.cancelled() and (error := batch.exception()) is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"{self.mapping.source}: a batch was not finished", "exception": error, "task": batch}
            )

    def _concurrency(self) -> int:
        room = self._functions.capacity(self.mapping.function)
        return min(room, self.mapping.maximum_concurrency or room)

    async def _process(self, messages: list[dict[str, Any]]) -> None:
        records = [record_of(message, self.mapping.source, self._cloud.region) for message in messages]
        matching = [record for record in records if passes(self.mapping.filters, record)]
        failed: set[str] = set()
        if matching:
            result = await self._invoke(matching)
            failed = failures(result, [record["messageId"] for record in matching], partial=self.mapping.partial)
        # A message that no filter passes is deleted too, as in Lambda.
        await asyncio.to_thread(self._delete, [m for m in messages if m["MessageId"] not in failed])

    def _queue_url(self) -> str:
        if self._url is None:
            name = self.mapping.source.rpartition(":")[2]
            self._url = self._cloud.call("sqs", "GetQueueUrl", QueueName=name)["QueueUrl"]
        return self._url

    def _receive(self) -> list[dict[str, Any]]:
        """Receives up to a batch of the messages that are available now. Does not wait for more."""
        messages: list[dict[str, Any]] = []
        state = self._cloud.queue_state(self.mapping.source)
        self.tick_s = EMPTY_TICK_S if state.empty else BUSY_TICK_S
        if not state.receivable:
            return messages
        while (missing := self.mapping.batch_size - len(messages)) > 0:
            response = self._cloud.call(
                "sqs",
                "ReceiveMessage",
                QueueUrl=self._queue_url(),
                MaxNumberOfMessages=min(missing, RECEIVE_LIMIT),
                WaitTimeSeconds=0,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            received = response.get("Messages", [])
            messages += received
            if len(received) < RECEIVE_LIMIT:
                break
        return messages

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        for start in range(0, len(messages), RECEIVE_LIMIT):
            entries = [
                {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
                for index, message in enumerate(messages[start : start + RECEIVE_LIMIT])
            ]
            self._cloud.call("sqs", "DeleteMessageBatch", QueueUrl=self._queue_url(), Entries=entries)
            self.finished += len(entries)


def record_of(message: dict[str, Any], source: str, region: str) -> JSON:
    """Converts a received message, as SQS's JSON protocol has it, to a record of Lambda's SQS event. Both have binary values in base64."""
    attributes = message.get("MessageAttributes", {})
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {name: _attribute(attribute) for name, attribute in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": source,
        "awsRegion": region,
    }
    if "MD5OfMessageAttributes" in message:
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return record


def _attribute(attribute: dict[str, Any]) -> JSON:
    converted: dict[str, JSON] = {"stringListValues": [], "binaryListValues": [], "dataType": attribute["DataType"]}
    if "StringValue" in attribute:
        converted["stringValue"] = attribute["StringValue"]
    if "BinaryValue" in attribute:
        converted["binaryValue"] = attribute["BinaryValue"]
    return converted
