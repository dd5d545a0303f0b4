"""The content of queues and streams, read from moto's state. Hold the account's lock to use it.

Event source mappings look many times for each mail. A call for each look would cost more than the functions that they invoke.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import Queue, sqs_backends


@dataclass(frozen=True)
class QueueState:
    receivable: bool
    """Whether a message can be received now."""
    empty: bool
    """Whether it has no message, delayed ones and those in flight included."""


def queue_state(account_id: str, region: str, name: str) -> QueueState:
    """Raises KeyError if the queue does not exist."""
    queue = sqs_backends[account_id][region].queues[name]
    return QueueState(receivable=any(_receivable(queue)), empty=not queue._messages)  # noqa: SLF001  moto's `messages` makes a list


def _receivable(queue: Queue) -> Iterator[bool]:
    return (message.visible and not message.delayed for message in queue._messages)  # noqa: SLF001  as above


def stream_shard(account_id: str, region: str, table: str) -> Any:
    """Returns the one shard of a table's stream: its `id`, and its `items` in order. Raises KeyError if the table does not exist, or has no stream."""
    shard = dynamodb_backends[account_id][region].tables[table].stream_shard
    if shard is None:
        raise KeyError(f"{table} has no stream")
    return shard
