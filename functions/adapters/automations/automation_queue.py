"""ports.AutomationQueue on SQS."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct, json

from functions.adapters.aws.content_errors import content_refused
from functions.adapters.aws.sqs_text import sqs_text
from functions.core.automations.jobs import BusEventHappened, Job
from functions.core.errors import ContentRefused, Retry

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH = 10
DELAY_MAX_SECONDS = 900

_decoder: json.Decoder[Job] = json.Decoder(Job)


class SqsAutomationQueue(Struct, frozen=True):
    sqs: SQSClient
    queue_url: str

    def put(self, jobs: Collection[Job], *, delay_seconds: int = 0) -> None:
        self.put_later([(job, delay_seconds) for job in jobs])

    def put_later(self, delayed: Collection[tuple[Job, int]]) -> None:
        left = iter(delayed)
        while batch := list(islice(left, BATCH)):
            entries: list[Any] = [
                {
                    "Id": str(number),
                    "MessageBody": sqs_text(json.encode(job).decode()),
                    "DelaySeconds": min(delay_seconds, DELAY_MAX_SECONDS),
                }
                for number, (job, delay_seconds) in enumerate(batch)
            ]
            with content_refused():
                answer = self.sqs.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
            failed = answer.get("Failed", [])
            for entry in sorted(failed, key=lambda entry: not entry["SenderFault"]):
                error = ContentRefused if entry["SenderFault"] else Retry
                raise error(f"{len(failed)} jobs could not be queued: {entry.get('Message') or entry['Code']}")


def open_job(body: str) -> Job:
    """A queue message's body → the job. EventBridge's messages have no tag of ours. Raises msgspec.DecodeError for other content."""
    if '"detail-type"' in body and isinstance(event := json.decode(body), dict) and "detail-type" in event:
        return BusEventHappened(event=event)
    return _decoder.decode(body)
