"""ports.WebhookQueue on SQS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters.aws.content_errors import content_refused
from functions.adapters.aws.sqs_text import sqs_text
from functions.core.errors import ContentRefused, Retry
from functions.core.webhooks.webhook import DeliveryJob, Job, ReplayJob

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH = 10
DELAY_MAX_SECONDS = 900


class _Envelope(msgspec.Struct, omit_defaults=True):
    """Contains either a delivery or a replay."""

    deliver: DeliveryJob | None = None
    replay: ReplayJob | None = None


_decoder = msgspec.json.Decoder(_Envelope)


class SqsWebhookQueue(Struct, frozen=True):
    sqs: SQSClient
    queue_url: str

    def put(self, jobs: Sequence[Job], *, delay_seconds: int = 0) -> None:
        delay = min(delay_seconds, DELAY_MAX_SECONDS)
        for start in range(0, len(jobs), BATCH):
            entries: list[Any] = [
                {"Id": str(number), "MessageBody": _body(job), "DelaySeconds": delay}
                for number, job in enumerate(jobs[start : start + BATCH])
            ]
            with content_refused():
                answer = self.sqs.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
            failed = answer.get("Failed", [])
            for entry in sorted(failed, key=lambda entry: not entry["SenderFault"]):
                error = ContentRefused if entry["SenderFault"] else Retry
                raise error(f"{len(failed)} webhooks could not be queued: {entry.get('Message') or entry['Code']}")


def open_job(body: str) -> Job:
    """A queue message's body → the job. Raises msgspec.DecodeError for any other content."""
    envelope = _decoder.decode(body)
    job = envelope.deliver or envelope.replay
    if job is None:
        raise msgspec.ValidationError("neither a delivery nor a replay")
    return job


def _body(job: Job) -> str:
    envelope = _Envelope(deliver=job) if isinstance(job, DeliveryJob) else _Envelope(replay=job)
    return sqs_text(msgspec.json.encode(envelope).decode())
