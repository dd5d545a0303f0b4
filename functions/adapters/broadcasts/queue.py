"""ports.BroadcastQueue on SQS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters.aws.sqs_batch import put_batches
from functions.adapters.sending.send_queue import printable
from functions.core.broadcasts.jobs import Job

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_decoder: msgspec.json.Decoder[Job] = msgspec.json.Decoder(Job)


class SqsBroadcastQueue(Struct, frozen=True):
    sqs: SQSClient
    queue_url: str
    dead_letter_queue_url: str

    def enqueue(self, *jobs: Job, delay_seconds: int = 0) -> None:
        """If SQS refuses one of them, the caller's work is repeated: a duplicate job is harmless."""
        entries = ((msgspec.json.encode(job).decode(), delay_seconds) for job in jobs)
        put_batches(self.sqs, self.queue_url, entries, "jobs")

    def dead_letter(self, job: Job, reason: str) -> None:
        attribute: Any = {"DataType": "String", "StringValue": printable(reason)}
        self.sqs.send_message(
            QueueUrl=self.dead_letter_queue_url,
            MessageBody=msgspec.json.encode(job).decode(),
            MessageAttributes={"reason": attribute},
        )

    def open(self, body: str) -> Job:
        """A queue message's body → the job. Raises msgspec.DecodeError for any other content."""
        return _decoder.decode(body)

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Makes a received message visible again after `seconds`."""
        self.sqs.change_message_visibility(
            QueueUrl=self.queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )
