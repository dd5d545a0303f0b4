"""SQS: a message contains the characters that XML 1.0 allows. SQS refuses all others; moto accepts them.

The service model of SendMessage lists the allowed characters. A message attribute's text has the same restriction.
"""

import re
from typing import Any, Final

from moto.sqs.exceptions import SQSException
from moto.sqs.models import Message, SQSBackend

FORBIDDEN: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

_send_message = SQSBackend.send_message
_send_message_batch = SQSBackend.send_message_batch


class InvalidMessageContents(SQSException):  # type: ignore[misc]  # moto has no stubs
    def __init__(self) -> None:
        super().__init__("InvalidMessageContents", "The message contains characters outside the allowed set.")


def install() -> None:
    SQSBackend.send_message = send_message
    SQSBackend.send_message_batch = send_message_batch


def send_message(
    self: SQSBackend,
    queue_name: str,
    message_body: str,
    message_attributes: dict[str, Any] | None = None,
    **settings: Any,
) -> Message:
    if _is_forbidden(message_body, message_attributes):
        raise InvalidMessageContents
    return _send_message(self, queue_name, message_body, message_attributes, **settings)


def send_message_batch(
    self: SQSBackend, queue_name: str, entries: dict[str, dict[str, Any]]
) -> tuple[list[Message], list[dict[str, Any]]]:
    """Sends the allowed entries and reports each forbidden one as failed."""
    forbidden = {
        name: entry
        for name, entry in entries.items()
        if _is_forbidden(entry["MessageBody"], entry.get("MessageAttributes"))
    }
    error = InvalidMessageContents()
    failed = [
        {"Id": entry["Id"], "SenderFault": True, "Code": error.code, "Message": error.message}
        for entry in forbidden.values()
    ]
    allowed = {name: entry for name, entry in entries.items() if name not in forbidden}
    messages, others = _send_message_batch(self, queue_name, allowed)
    return messages, others + failed


def _is_forbidden(body: str, attributes: dict[str, Any] | None) -> bool:
    texts = (value.get("StringValue") or "" for value in (attributes or {}).values())
    return any(FORBIDDEN.search(text) for text in (body, *texts))
