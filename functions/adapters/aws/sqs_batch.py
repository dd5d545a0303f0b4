"""Puts messages on a queue of SQS in calls of at most ten, which have a limit of their octets together, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from functions.adapters.aws.content_errors import content_refused
from functions.adapters.aws.sqs_text import sqs_text
from functions.core.errors import ContentRefused, Retry

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ENTRIES_MAX = 10
# A call has a limit. A larger message has a call of its own, for a queue with SQS's later limit of 1 MiB.
OCTETS_MAX = 256 * 1024

Entry = tuple[str, int]  # a body, and by how many seconds it is delayed


def put_batches(sqs: SQSClient, queue_url: str, entries: Iterable[Entry], noun: str) -> None:
    """`noun`: what the messages are. Raises ContentRefused or Retry if SQS does not take one of them."""
    for batch in _batches((sqs_text(body), delay_seconds) for body, delay_seconds in entries):
        messages: list[Any] = [
            {"Id": str(number), "MessageBody": body, "DelaySeconds": delay_seconds}
            for number, (body, delay_seconds) in enumerate(batch)
        ]
        with content_refused():
            answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=messages)
        failed = answer.get("Failed", [])
        for entry in sorted(failed, key=lambda entry: not entry["SenderFault"]):
            error = ContentRefused if entry["SenderFault"] else Retry
            raise error(f"{len(failed)} {noun} could not be queued: {entry.get('Message') or entry['Code']}")


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    octets = 0
    for entry in entries:
        size = len(entry[0].encode())
        if batch and (len(batch) == ENTRIES_MAX or octets + size > OCTETS_MAX):
            yield batch
            batch, octets = [], 0
        batch.append(entry)
        octets += size
    if batch:
        yield batch
