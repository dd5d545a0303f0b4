"""ports.WebhookQueue on SQS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from functions.adapters.aws.sqs_batch import put_batches
from functions.core.webhooks.webhook import DeliveryJob, Job, ReplayJob

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

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
        put_batches(self.sqs, self.queue_url, ((_body(job), delay) for job in jobs), "webhooks")


def open_job(body: str) -> Job:
    """A queue message's body → the job. Raises msgspec.DecodeError for any other content."""
    envelope = _decoder.decode(body)
    job = envelope.deliver or envelope.replay
    if job is None:
        raise msgspec.ValidationError("neither a delivery nor a replay")
    return job


def _body(job: Job) -> str:
    envelope = _Envelope(deliver=job) if isinstance(job, DeliveryJob) else _Envelope(replay=job)
    return msgspec.json.encode(envelope).decode()
