"""The Lambda files, and what their tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from functions import wiring
from functions.adapters.sending.message_items import message_item, message_key
from functions.core.events.listings import of_messages
from functions.core.sending.send import Message
from functions.wiring import Container
from tests.support.aws.cloud import SETTINGS
from tests.support.events import CONTEXT
from tests.support.examples import a_message

ROOT = Path(__file__).parents[3]
LAMBDAS = tuple(
    sorted(path.stem for path in (ROOT / "functions").glob("*.py") if "\ndef handler(" in path.read_text("utf-8"))
)


def call(handler: Any, event: dict[str, Any]) -> Any:
    return handler(event, CONTEXT)


def store(aws: Container, *messages: Message) -> None:
    """Stores messages as accept does, and lists them as measure does."""
    for message in messages:
        assert aws.get(wiring.adapters.sending.sends).create([message])
    aws.get(wiring.adapters.sending.listings).add(of_messages(messages))


def queued(aws: Container, url: str = SETTINGS.send_queue_url) -> list[dict[str, Any]]:
    answer = aws.get(wiring.clients.sqs).receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return [dict(message) for message in answer.get("Messages", [])]


def stream(*changes: tuple[Message | None, Message | None], first: int = 1) -> dict[str, Any]:
    """A batch of the sends table's stream, as Lambda sends it for a tumbling window."""
    records = []
    for number, (before, after) in enumerate(changes, first):
        change: dict[str, Any] = {
            "SequenceNumber": f"4421584500000000017450439{number:03}",
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
        change["Keys"] = message_key((after or before or a_message()).key)
        for name, image in (("OldImage", before), ("NewImage", after)):
            if image:
                change[name] = message_item(image, 90)
        records.append({"eventID": str(number), "eventName": "MODIFY", "dynamodb": change})
    return {
        "Records": records,
        "shardId": "shardId-00000001",
        "window": {"start": "2026-11-23T12:00:00Z", "end": "2026-11-23T12:01:00Z"},
        "state": {},
        "isFinalInvokeForWindow": False,
    }
