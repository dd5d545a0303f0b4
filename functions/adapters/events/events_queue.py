"""ports.EventsQueue on SQS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from functions.adapters.aws import queue_depth

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsEventsQueue(Struct, frozen=True):
    sqs: SQSClient
    url: str
    dead_letters_url: str

    def is_empty(self) -> bool:
        return queue_depth.is_empty(self.sqs, self.url)

    def has_dead_letters(self) -> bool:
        return not queue_depth.is_empty(self.sqs, self.dead_letters_url)
