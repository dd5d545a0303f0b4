"""ports.DeadLetters on the send queue's dead-letter queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters.sending.send_queue import SqsSendQueue
from functions.core.sending.send import Send
from functions.ports.account import DeadLetter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH = 10  # messages in one call
HIDDEN_SECONDS = 900  # from other readers, while this one handles them


class SqsDeadLetters(Struct, frozen=True):
    sqs: SQSClient
    queue: SqsSendQueue  # it wrote the letters, and can read them
    url: str

    def batches(self) -> Iterator[Sequence[DeadLetter]]:
        return ([self._letter(message) for message in batch] for batch in received(self.sqs, self.url))

    def peek(self, most: int) -> list[DeadLetter]:
        return [self._letter(message) for message in peek(self.sqs, self.url, most)]

    def remove(self, *letters: DeadLetter) -> None:
        delete(self.sqs, self.url, [letter.handle for letter in letters])

    def put_back(self, *letters: DeadLetter) -> None:
        show(self.sqs, self.url, [letter.handle for letter in letters])

    def _letter(self, message: Mapping[str, Any]) -> DeadLetter:
        reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
        return DeadLetter(self._opened(message["Body"]), reason, message["ReceiptHandle"])

    def _opened(self, body: str) -> Send | None:
        try:
            return self.queue.open(body)
        except (msgspec.DecodeError, self.queue.s3().exceptions.NoSuchKey):
            return None


def received(sqs: SQSClient, url: str) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yields every message of a dead-letter queue, BATCH at a time, hidden for HIDDEN_SECONDS."""
    while True:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=1,  # long polling reads all of SQS's servers
            MessageAttributeNames=["reason"],
        )
        if not (messages := answer.get("Messages", [])):
            return
        yield messages


def delete(sqs: SQSClient, url: str, handles: Sequence[str]) -> None:
    """A letter that SQS does not delete is shown again, and redriven again: its message is then in the queue already."""
    for entries in _entries(handles):
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def show(sqs: SQSClient, url: str, handles: Sequence[str]) -> None:
    """Shows hidden messages to all readers."""
    for entries in _entries(handles, VisibilityTimeout=0):
        sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)


def _entries(handles: Sequence[str], **more: int) -> Iterator[Any]:
    for start in range(0, len(handles), BATCH):
        batch = handles[start : start + BATCH]
        yield [{"Id": str(number), "ReceiptHandle": handle, **more} for number, handle in enumerate(batch)]


def peek(sqs: SQSClient, url: str, most: int) -> list[Mapping[str, Any]]:
    """Returns up to `most` messages and hides none. SQS answers with any of them, so it ends when an answer has no new one."""
    messages: dict[str, Mapping[str, Any]] = {}
    while len(messages) < most:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=0,
            WaitTimeSeconds=1,
            MessageAttributeNames=["reason"],
        )
        received = {message["MessageId"]: message for message in answer.get("Messages", [])}
        if not received.keys() - messages.keys():
            break
        messages |= received
    return list(messages.values())[:most]
