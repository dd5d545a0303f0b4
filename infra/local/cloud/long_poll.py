"""SQS long polls: a wait made of short receives, so that the waiting holds no lock."""

import json
from collections.abc import Callable
from threading import Condition, Event
from time import monotonic
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from infra.local.cloud.asked import Asked
from infra.local.cloud.wsgi import Answer

# Messages that come back or become due by time alone (visibility timeout, delay) are found by looking this often.
_LOOK_EVERY_S: Final = 0.25
_FEEDERS: Final = frozenset({"sqs", "sns", "events"})


class LongPolls:
    """Everyone who waits for a message; any call that may have sent one wakes them to look."""

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        self._changed = Condition()
        self._changes = 0

    def receive(self, asked: Asked, body: bytes, receive_now: Callable[[bytes], Answer]) -> Answer:
        """ReceiveMessage: answered as soon as there is a message, empty after the wait that the caller or queue asks."""
        deadline = monotonic() + _wait_s(asked)
        short = _without_wait(asked, body)
        while True:
            seen = self._changes
            answer = receive_now(short)
            left = deadline - monotonic()
            if not _is_empty(answer) or left <= 0 or self._stopping.is_set():
                return answer
            with self._changed:
                self._changed.wait_for(lambda seen=seen: self._changes != seen, min(left, _LOOK_EVERY_S))  # type: ignore[misc]  # bound per turn

    def hear(self, service: str, operation: str) -> None:
        """Take note of a finished call."""
        if service in _FEEDERS and operation not in {"ReceiveMessage", "DeleteMessage", "DeleteMessageBatch"}:
            self.wake()

    def wake(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()


def _wait_s(asked: Asked) -> float:
    if (wait := asked.params.get("WaitTimeSeconds")) is not None:
        return float(wait)
    name = str(asked.params.get("QueueUrl", "")).rpartition("/")[2]
    queues = (backend.queues for backend in sqs_backends[DEFAULT_ACCOUNT_ID].values())
    return max((float(found[name].receive_message_wait_time_seconds) for found in queues if name in found), default=0.0)


def _without_wait(asked: Asked, body: bytes) -> bytes:
    if body.startswith(b"{"):
        return json.dumps({**asked.params, "WaitTimeSeconds": 0}).encode()
    form: dict[str, Any] = {**dict(parse_qsl(body.decode())), "WaitTimeSeconds": 0}
    return urlencode(form).encode()


def _is_empty(answer: Answer) -> bool:
    return answer.status == 200 and b'"Messages"' not in answer.body and b"<Message>" not in answer.body  # noqa: PLR2004
