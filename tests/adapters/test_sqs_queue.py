from __future__ import annotations

import msgspec
import pytest

from functions.adapters.sqs_queue import INLINE_MAX, REASON_MAX, SqsSendQueue, backoff_seconds
from functions.core.addresses import Address
from functions.core.send import Send
from functions.wiring import Wiring
from tests.examples import a_send, recipients


def received(aws: Wiring, url: str) -> tuple[str, str]:
    """The next message's body and reason, taken off the queue."""
    answer = aws.clients.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=1)
    (message,) = answer["Messages"]
    aws.clients.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    attributes = message.get("MessageAttributes")
    return message["Body"], attributes["reason"]["StringValue"] if attributes else ""


@pytest.fixture
def queue(aws: Wiring) -> SqsSendQueue:
    return aws.send_queue


SMALL = a_send(
    recipients=recipients(cc=("Zoë <zoe@example.net>",)),
    sender=Address("shop@example.com", "Acme"),
    reply_to=(Address("help@example.com"),),
    custom={"order": 42, "lines": [{"name": "é", "price": 1.5}], "none": None},
    tries=3,
)


@pytest.mark.parametrize(
    "send", [SMALL, a_send(custom={"big": "x" * INLINE_MAX}), a_send(custom={"big": "é" * 2_000_000})]
)
def test_a_send_of_any_size_arrives_whole(aws: Wiring, queue: SqsSendQueue, send: Send) -> None:
    queue.put(send)
    body, _ = received(aws, queue.queue_url)
    assert len(body.encode()) <= INLINE_MAX
    assert queue.opened(body) == send


def test_a_buried_send_lies_whole_among_the_dead_letters_with_its_reason(aws: Wiring, queue: SqsSendQueue) -> None:
    queue.bury(SMALL, "given up:\r\n\x00 " + "x" * 5000)
    body, reason = received(aws, queue.dead_letter_queue_url)
    assert queue.opened(body) == SMALL
    assert reason.startswith("given up:    xxx")
    assert len(reason) == REASON_MAX


def test_a_send_without_a_reason_can_be_buried(aws: Wiring, queue: SqsSendQueue) -> None:
    queue.bury(SMALL, "")
    assert received(aws, queue.dead_letter_queue_url)[1] == "no reason was given"


@pytest.mark.parametrize("body", ["", "x", "{}", "[]", '{"payload": 1}', '{"payload":1}', '{"id": "x"}', '{"payload":'])
def test_what_we_did_not_put_there_is_told(queue: SqsSendQueue, body: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        queue.opened(body)


def test_backoff_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [backoff_seconds(receives) for receives in (1, 2, 3, 10, 10_000)] == [2, 4, 8, 900, 900]
