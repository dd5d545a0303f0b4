"""SQS long polls as a series of short receives, so that a waiting receive holds no lock."""

import json
from collections.abc import Callable
from dataclasses import replace
from threading import Condition, Event
from time import monotonic
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from infra.local.cloud.request import ApiCall
from infra.local.cloud.wsgi import WsgiResponse

# No call announces the end of a visibility timeout or a delay, so a poll repeats its receive this often.
_LOOK_EVERY_S: Final = 0.25
_SENDING_SERVICES: Final = frozenset({"sqs", "sns", "events"})


class LongPolls:
    """Receives that wait for a message. Any call that may have sent a message makes them receive again."""

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        self._changed = Condition()
        self._changes = 0

    def receive(
        self, call: ApiCall, body: bytes, receive_now: Callable[[ApiCall, bytes], WsgiResponse]
    ) -> WsgiResponse:
        """Answers ReceiveMessage as soon as there is a message. The answer is empty after the wait time of the call or the queue."""
        deadline = monotonic() + _wait_s(call)
        short = replace(call, params={**call.params, "WaitTimeSeconds": 0})
        text = _without_wait(short, body)
        while True:
            changes = self._changes
            answer = receive_now(short, text)
            remaining = deadline - monotonic()
            if not _is_empty(answer) or remaining <= 0 or self._stopping.is_set():
                return answer
            with self._changed:
                self._changed.wait_for(lambda changes=changes: self._changes != changes, min(remaining, _LOOK_EVERY_S))  # type: ignore[misc]  # bound per turn

    def on_call(self, service: str, operation: str) -> None:
        """Notifies the waiting receives if this finished call may have sent a message."""
        if service in _SENDING_SERVICES and operation not in {"ReceiveMessage", "DeleteMessage", "DeleteMessageBatch"}:
            self.notify()

    def notify(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()


def _wait_s(call: ApiCall) -> float:
    if (wait := call.params.get("WaitTimeSeconds")) is not None:
        return float(wait)
    name = str(call.params.get("QueueUrl", "")).rpartition("/")[2]
    queues = (backend.queues for backend in sqs_backends[DEFAULT_ACCOUNT_ID].values())
    return max(
        (
            float(queues_by_name[name].receive_message_wait_time_seconds)
            for queues_by_name in queues
            if name in queues_by_name
        ),
        default=0.0,
    )


def _without_wait(call: ApiCall, body: bytes) -> bytes:
    if body.startswith(b"{"):
        return json.dumps(call.params).encode()
    form: dict[str, Any] = {**dict(parse_qsl(body.decode())), "WaitTimeSeconds": 0}
    return urlencode(form).encode()


def _is_empty(answer: WsgiResponse) -> bool:
    return answer.status == 200 and b'"Messages"' not in answer.body and b"<Message>" not in answer.body  # noqa: PLR2004 - HTTP's own number
