"""How many messages a queue has. SQS's counts are approximate, and correct within a minute of the last change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_DEPTHS: Any = [f"ApproximateNumberOfMessages{which}" for which in ("", "NotVisible", "Delayed")]


def is_empty(sqs: SQSClient, queue_url: str) -> bool:
    """Returns whether no message waits or is being processed."""
    return number(sqs, queue_url) == 0


def number(sqs: SQSClient, queue_url: str) -> int:
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=_DEPTHS)
    return sum(int(count) for count in answer["Attributes"].values())
