"""ports.BroadcastDeadLetters on the broadcast queue's dead-letter queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters.account.dead_letters import delete, peek, received, show
from functions.adapters.broadcasts.queue import SqsBroadcastQueue
from functions.ports.broadcasts import BroadcastDeadLetter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsBroadcastDeadLetters(Struct, frozen=True):
    sqs: SQSClient
    queue: SqsBroadcastQueue  # it wrote the letters, and can read them
    url: str

    def batches(self) -> Iterator[Sequence[BroadcastDeadLetter]]:
        return ([self._letter(message) for message in batch] for batch in received(self.sqs, self.url))

    def peek(self, most: int) -> list[BroadcastDeadLetter]:
        return [self._letter(message) for message in peek(self.sqs, self.url, most)]

    def remove(self, *letters: BroadcastDeadLetter) -> None:
        delete(self.sqs, self.url, [letter.handle for letter in letters])

    def put_back(self, *letters: BroadcastDeadLetter) -> None:
        show(self.sqs, self.url, [letter.handle for letter in letters])

    def _letter(self, message: Mapping[str, Any]) -> BroadcastDeadLetter:
        reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
        try:
            job = self.queue.open(message["Body"])
        except msgspec.DecodeError:
            return BroadcastDeadLetter(None, reason, message["ReceiptHandle"])
        return BroadcastDeadLetter(job, reason, message["ReceiptHandle"])
