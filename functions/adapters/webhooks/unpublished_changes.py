"""ports.UnpublishedChanges on the dead letter queue to which Lambda also sends the batches that it gives up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters.sending.send_queue import printable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from functions.core.sending.send import MessageKey


class SqsUnpublishedChanges(Struct, frozen=True):
    sqs: SQSClient
    queue_url: str

    def put(self, change: str, key: MessageKey, reason: str) -> None:
        letter = {"sequenceNumber": change, "statusId": key.send_id, "recipient": key.recipient}
        attribute: Any = {"DataType": "String", "StringValue": printable(reason)}
        self.sqs.send_message(
            QueueUrl=self.queue_url,
            MessageBody=msgspec.json.encode(letter).decode(),
            MessageAttributes={"reason": attribute},
        )
