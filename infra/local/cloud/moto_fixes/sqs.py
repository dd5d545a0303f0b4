"""SQS: makes the cost per message independent of the queue's depth.

moto counts a queue's messages three times for every message sent or received, through a slow clock of its own: at
1,000 messages a receive of ten took 2 s, and takes 3 ms now.
"""

import time

from moto.sqs import models
from moto.sqs.models import Message, SQSBackend


def install() -> None:
    models.unix_time_millis = _now_ms
    SQSBackend.is_message_valid_based_on_retention_period = is_retained


def _now_ms() -> float:
    return time.time() * 1000


def is_retained(self: SQSBackend, queue_name: str, message: Message) -> bool:
    retained_s: float = self.get_queue(queue_name).message_retention_period
    return retained_s + float(message.sent_timestamp) / 1000 > time.time()
