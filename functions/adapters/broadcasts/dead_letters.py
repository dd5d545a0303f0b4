"""ports.BroadcastDeadLetters on the broadcast queue's dead-letter queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters.account.dead_letters import peek, receive_all
from functions.adapters.broadcasts.queue import SqsBroadcastQueue
from functions.ports.broadcasts import BroadcastDeadLetter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsBroadcastDeadLetters(Struct, frozen=True):
    sqs: SQSClient
    queue: SqsBroadcastQueue  # it wrote the letters, and can read them
    url: str

    def all(self) -> list[BroadcastDeadLetter]:
        return [self._letter(message) for message in receive_all(self.sqs, self.url)]

    def peek(self, most: int) -> list[BroadcastDeadLetter]:
        return [self._letter(message) for message in peek(self.sqs, self.url, most)]

    def remove(self, letter: BroadcastDeadLetter) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=letter.handle)

    def put_back(self, letter: BroadcastDeadLetter) -> None:
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=letter.handle, VisibilityTimeout=0)

    def _letter(self, message: Mapping[str, Any]) -> BroadcastDeadLetter:
        reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
        try:
            job = self.queue.open(message["Body"])
        except msgspec.DecodeError:
            return BroadcastDeadLetter(None, reason, message["ReceiptHandle"])
        return BroadcastDeadLetter(job, reason, message["ReceiptHandle"])
