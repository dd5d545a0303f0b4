"""ports.AutomationQueue on SQS."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec import Struct, json

from functions.adapters.aws.sqs_batch import put_batches
from functions.core.automations.jobs import BusEventHappened, Job

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DELAY_MAX_SECONDS = 900

_decoder: json.Decoder[Job] = json.Decoder(Job)


class SqsAutomationQueue(Struct, frozen=True):
    sqs: SQSClient
    queue_url: str

    def put(self, jobs: Collection[Job], *, delay_seconds: int = 0) -> None:
        self.put_later([(job, delay_seconds) for job in jobs])

    def put_later(self, delayed: Collection[tuple[Job, int]]) -> None:
        entries = ((json.encode(job).decode(), min(seconds, DELAY_MAX_SECONDS)) for job, seconds in delayed)
        put_batches(self.sqs, self.queue_url, entries, "jobs")


def open_job(body: str) -> Job:
    """A queue message's body → the job. EventBridge's messages have no tag of ours. Raises msgspec.DecodeError for other content."""
    if '"detail-type"' in body and isinstance(event := json.decode(body), dict) and "detail-type" in event:
        return BusEventHappened(event=event)
    return _decoder.decode(body)
