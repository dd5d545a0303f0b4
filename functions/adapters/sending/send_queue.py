"""ports.SendQueue on SQS. A send travels in its queue message, or in S3 if it is too large for one (a claim check)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws import queue_depth
from functions.adapters.aws.sqs_text import sqs_text
from functions.core.sending.send import Send

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

INLINE_MAX = 192 * 1024  # bytes; SQS bills by 64 KiB, and its limit is 256 KiB with the attributes
REASON_MAX = 900  # characters of a dead letter's reason
BACKOFF_MAX_SECONDS = 900


class _ClaimCheck(msgspec.Struct):
    payload: str  # the S3 key


class SqsSendQueue(Struct, frozen=True):
    sqs: SQSClient
    s3: Callable[[], S3Client]  # few sends need it
    queue_url: str
    dead_letter_queue_url: str
    bucket: str

    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=self._body(send), DelaySeconds=delay_seconds)

    def save_scheduled(self, send: Send) -> None:
        self._store(send.id, msgspec.json.encode(send))

    def enqueue_saved(self, send_id: str, *, delay_seconds: int = 0) -> None:
        body = _claim_check(send_id)
        self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=body, DelaySeconds=delay_seconds)

    def delete(self, send_id: str) -> None:
        self.s3().delete_object(Bucket=self.bucket, Key=schema.payload_key(send_id))

    def is_empty(self) -> bool:
        return queue_depth.is_empty(self.sqs, self.queue_url)

    def dead_letter(self, send: Send, reason: str) -> None:
        attribute: Any = {"DataType": "String", "StringValue": printable(reason)}
        self.sqs.send_message(
            QueueUrl=self.dead_letter_queue_url,
            MessageBody=self._body(send),
            MessageAttributes={"reason": attribute},
        )

    def open(self, body: str) -> Send:
        """A queue message's body → the send. Raises msgspec.ValidationError for any other content."""
        raw = body.encode()
        if raw.startswith(b'{"payload":'):
            key = msgspec.json.decode(raw, type=_ClaimCheck).payload
            payload = self.s3().get_object(Bucket=self.bucket, Key=key)["Body"].read()
            return replace(_decoder().decode(payload), stored=True)
        return _decoder().decode(raw)

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Makes a received message visible again after `seconds`."""
        self.sqs.change_message_visibility(
            QueueUrl=self.queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )

    def _body(self, send: Send) -> str:
        encoded = msgspec.json.encode(send)
        if len(encoded) <= INLINE_MAX:
            return sqs_text(encoded.decode())
        self._store(send.id, encoded)
        return _claim_check(send.id)

    def _store(self, send_id: str, encoded: bytes) -> None:
        self.s3().put_object(Bucket=self.bucket, Key=schema.payload_key(send_id), Body=encoded)


@functools.cache
def _decoder() -> msgspec.json.Decoder[Send]:
    """Cached: to make it takes longer than to accept a send, which needs none."""
    return msgspec.json.Decoder(Send)


def _claim_check(send_id: str) -> str:
    return msgspec.json.encode(_ClaimCheck(schema.payload_key(send_id))).decode()


def printable(text: str) -> str:
    """SQS rejects an empty attribute and control characters."""
    return "".join(c if c.isprintable() else " " for c in text)[:REASON_MAX] or "no reason was given"


def backoff_seconds(receives: int) -> int:
    """2, 4, 8, ... seconds, at most a quarter of an hour."""
    return min(1 << receives, BACKOFF_MAX_SECONDS)
