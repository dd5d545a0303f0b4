"""ports.DeadLetters on the send queue's dead-letter queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters.sending.send_queue import SqsSendQueue
from functions.core.sending.send import Send
from functions.ports.account import DeadLetter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

HIDDEN_SECONDS = 900  # from other readers, while this one reads all of them


class SqsDeadLetters(Struct, frozen=True):
    sqs: SQSClient
    queue: SqsSendQueue  # it wrote the letters, and can read them
    url: str

    def all(self) -> list[DeadLetter]:
        return [self._letter(message) for message in receive_all(self.sqs, self.url)]

    def peek(self, most: int) -> list[DeadLetter]:
        return [self._letter(message) for message in peek(self.sqs, self.url, most)]

    def remove(self, letter: DeadLetter) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=letter.handle)

    def put_back(self, letter: DeadLetter) -> None:
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=letter.handle, VisibilityTimeout=0)

    def _letter(self, message: Mapping[str, Any]) -> DeadLetter:
        reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
        return DeadLetter(self._opened(message["Body"]), reason, message["ReceiptHandle"])

    def _opened(self, body: str) -> Send | None:
        try:
            return self.queue.open(body)
        except (msgspec.DecodeError, self.queue.s3().exceptions.NoSuchKey):
            return None


def receive_all(sqs: SQSClient, url: str) -> list[Mapping[str, Any]]:
    """Returns every message of a dead-letter queue, hidden for HIDDEN_SECONDS."""
    messages: list[Mapping[str, Any]] = []
    while True:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=1,  # long polling reads all of SQS's servers
            MessageAttributeNames=["reason"],
        )
        received = answer.get("Messages", [])
        if not received:
            return messages
        messages += received


def peek(sqs: SQSClient, url: str, most: int) -> list[Mapping[str, Any]]:
    """Returns up to `most` messages and hides none. SQS answers with any of them, so it ends when an answer has no new one."""
    messages: dict[str, Mapping[str, Any]] = {}
    while len(messages) < most:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            WaitTimeSeconds=1,
            MessageAttributeNames=["reason"],
        )
        received = {message["MessageId"]: message for message in answer.get("Messages", [])}
        if not received.keys() - messages.keys():
            break
        messages |= received
    return list(messages.values())[:most]
