"""SQS: makes the cost per message independent of the queue's depth, and halves it.

moto counts a queue's messages three times for every message sent or received, through a slow clock of its own: at
1,000 messages a receive of ten took 2 s, and takes 3 ms now. For every message sent it also spells the names of all attributes of the queue
again, letter by letter, and for every message received it draws each of the 185 characters of the handle by a call.
"""

import functools
from collections.abc import Callable, Iterator

from moto.core.utils import camelcase_to_underscores
from moto.moto_api._internal import mock_random
from moto.sqs import models
from moto.sqs.models import Message, SQSBackend, sqs_backends

_HANDLE_LENGTH = 185  # moto's


def install(clock: Callable[[], float]) -> None:
    def now_ms() -> float:
        return clock() * 1000

    def is_retained(self: SQSBackend, queue_name: str, message: Message) -> bool:
        retained_s: float = self.get_queue(queue_name).message_retention_period
        return retained_s + float(message.sent_timestamp) / 1000 > clock()

    models.unix_time_millis = now_ms
    models.camelcase_to_underscores = functools.cache(camelcase_to_underscores)
    models.generate_receipt_handle = _receipt_handle
    SQSBackend.is_message_valid_based_on_retention_period = is_retained


def _receipt_handle() -> str:
    handle: str = mock_random.get_random_string(_HANDLE_LENGTH, include_digits=False, lower_case=True)
    return handle


def received_later(account_id: str, region: str) -> Iterator[float]:
    """Yields when each message that is delayed or in flight can be received, in seconds."""
    for queue in sqs_backends[account_id][region].queues.values():
        for message in queue._messages:  # noqa: SLF001  moto has no other way to a message that is not visible
            if message.delayed or not message.visible:
                yield max(message.delayed_until, message.visible_at) / 1000
