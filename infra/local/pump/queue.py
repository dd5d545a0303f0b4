"""SQS → function: success deletes; failure leaves the message for its visibility timeout, and the queue's redrive."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

from infra.local.pump.batch import failures
from infra.local.pump.filters import passes
from infra.local.pump.poller import Poller

if TYPE_CHECKING:
    from infra.local.cloud import Cloud
    from infra.local.lambdas import JSON, Functions
    from infra.local.pump.mapping import Mapping

EXPECTING_S = 0.25  # visibility timeouts and delays end unannounced,
NOTHING_LEFT_S = 5.0  # and an empty queue has none: every message announces itself
RECEIVE_LIMIT = 10  # messages of one ReceiveMessage or DeleteMessageBatch
COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class QueuePoller(Poller):
    """Receives while the function has room: no more batches at once than it has environments, or MaximumConcurrency."""

    def __init__(self, cloud: Cloud, functions: Functions, mapping: Mapping) -> None:
        super().__init__(cloud, functions, mapping)
        self.tick_s = EXPECTING_S
        self._client = cloud.client("sqs")
        self._url: str | None = None
        self._batches: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Stop at once; messages under way come again after their visibility timeout."""
        await super().stop()
        for batch in self._batches:
            batch.cancel()
        if self._batches:
            await asyncio.wait(self._batches)

    @property
    def busy(self) -> bool:
        return bool(self._batches) or super().busy

    def settled(self) -> bool:
        return not (self.busy or self._left())

    def _left(self) -> bool:
        """Some message is in the queue: visible, in flight or delayed."""
        response = self._client.get_queue_attributes(QueueUrl=self._queue_url(), AttributeNames=list(COUNTS))
        return any(int(response["Attributes"][name]) for name in COUNTS)

    async def work(self) -> None:
        while len(self._batches) < self._concurrency():
            messages = await asyncio.to_thread(self._receive)
            if not messages:
                self.tick_s = EXPECTING_S if await asyncio.to_thread(self._left) else NOTHING_LEFT_S
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
        wanted = [record for record in records if passes(self.mapping.filters, record)]
        failed: set[str] = set()
        if wanted:
            result = await self._invoke(wanted)
            failed = failures(result, [record["messageId"] for record in wanted], partial=self.mapping.partial)
        # What a filter stops is deleted too: Lambda takes it off the queue.
        await asyncio.to_thread(self._delete, [m for m in messages if m["MessageId"] not in failed])

    def _queue_url(self) -> str:
        if self._url is None:
            name = self.mapping.source.rpartition(":")[2]
            self._url = self._client.get_queue_url(QueueName=name)["QueueUrl"]
        return self._url

    def _receive(self) -> list[dict[str, Any]]:
        """Up to a batch of messages: what is there now, no waiting for more."""
        messages: list[dict[str, Any]] = []
        while (missing := self.mapping.batch_size - len(messages)) > 0:
            response = self._client.receive_message(
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
                {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                for place, message in enumerate(messages[start : start + RECEIVE_LIMIT])
            ]
            self._client.delete_message_batch(QueueUrl=self._queue_url(), Entries=entries)
            self.finished += len(entries)


def record_of(message: dict[str, Any], source: str, region: str) -> JSON:
    """A received message as Lambda's SQS event shows it."""
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
    shown: dict[str, JSON] = {"stringListValues": [], "binaryListValues": [], "dataType": attribute["DataType"]}
    if "StringValue" in attribute:
        shown["stringValue"] = attribute["StringValue"]
    if "BinaryValue" in attribute:
        shown["binaryValue"] = base64.b64encode(attribute["BinaryValue"]).decode()
    return shown
