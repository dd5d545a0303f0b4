from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from functions import wiring
from functions.adapters.account.dead_letters import SqsDeadLetters
from functions.adapters.sending.send_queue import INLINE_MAX, REASON_MAX, SqsSendQueue, backoff_seconds
from functions.core.addresses import Address
from functions.core.sending.send import Send
from functions.ports.account import DeadLetter
from functions.wiring import Container
from tests.support.aws.cloud import SETTINGS
from tests.support.examples import A_LOGO, A_PDF, a_send, recipients


def received(aws: Container, url: str) -> tuple[str, str]:
    """The next message's body and reason, taken off the queue."""
    answer = aws.get(wiring.clients.sqs).receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=1
    )
    (message,) = answer["Messages"]
    aws.get(wiring.clients.sqs).delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    attributes = message.get("MessageAttributes")
    return message["Body"], attributes["reason"]["StringValue"] if attributes else ""


@pytest.fixture
def queue(aws: Container) -> SqsSendQueue:
    return aws.get(wiring.adapters.sending.send_queue)


SMALL = a_send(
    recipients=recipients(cc=("Zoë <zoe@example.net>",)),
    sender=Address("shop@example.com", "Acme"),
    reply_to=(Address("help@example.com"),),
    custom={"order": 42, "lines": [{"name": "é", "price": 1.5}], "none": None},
    attachments=(A_PDF, A_LOGO),
    headers=(("X-Order", "42"),),
    tags={"campaign": "spring"},
    attempts=3,
)


@pytest.mark.parametrize(
    "send", [SMALL, a_send(custom={"big": "x" * INLINE_MAX}), a_send(custom={"big": "é" * 2_000_000})]
)
def test_a_send_of_any_size_arrives_whole(aws: Container, queue: SqsSendQueue, send: Send) -> None:
    queue.enqueue(send)
    body, _ = received(aws, queue.queue_url)
    assert len(body.encode()) <= INLINE_MAX
    assert queue.open(body) == replace(send, stored=send is not SMALL)


def test_a_dead_letter_contains_the_send_and_its_reason(aws: Container, queue: SqsSendQueue) -> None:
    queue.dead_letter(SMALL, "given up:\r\n\x00 " + "x" * 5000)
    body, reason = received(aws, queue.dead_letter_queue_url)
    assert queue.open(body) == SMALL
    assert reason.startswith("given up:    xxx")
    assert len(reason) == REASON_MAX


def test_a_dead_letter_needs_no_reason(aws: Container, queue: SqsSendQueue) -> None:
    queue.dead_letter(SMALL, "")
    assert received(aws, queue.dead_letter_queue_url)[1] == "no reason was given"


@pytest.mark.parametrize("body", ["", "x", "{}", "[]", '{"payload": 1}', '{"payload":1}', '{"id": "x"}', '{"payload":'])
def test_a_foreign_queue_message_is_an_error(queue: SqsSendQueue, body: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        queue.open(body)


def test_backoff_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [backoff_seconds(receives) for receives in (1, 2, 3, 10, 10_000)] == [2, 4, 8, 900, 900]


def test_a_queue_is_empty_once_nothing_waits_or_is_processed(queue: SqsSendQueue, aws: Container) -> None:
    assert queue.is_empty()
    queue.enqueue(SMALL, delay_seconds=900)
    assert not queue.is_empty()
    aws.get(wiring.clients.sqs).purge_queue(QueueUrl=queue.queue_url)
    queue.enqueue(SMALL)
    answer = aws.get(wiring.clients.sqs).receive_message(QueueUrl=queue.queue_url)
    assert not queue.is_empty(), "a worker has it"
    aws.get(wiring.clients.sqs).delete_message(
        QueueUrl=queue.queue_url, ReceiptHandle=answer["Messages"][0]["ReceiptHandle"]
    )
    assert queue.is_empty()


def _all(letters: SqsDeadLetters) -> list[DeadLetter]:
    return [letter for batch in letters.batches() for letter in batch]


@pytest.fixture
def letters(aws: Container, queue: SqsSendQueue) -> SqsDeadLetters:
    """A queue without messages at first."""
    letters = SqsDeadLetters(aws.get(wiring.clients.sqs), queue, queue.dead_letter_queue_url)
    letters.remove(*_all(letters))
    return letters


def test_dead_letters_are_read_with_their_reason_and_removed(letters: SqsDeadLetters, queue: SqsSendQueue) -> None:
    large = a_send(custom={"note": "x" * INLINE_MAX})
    for send in (SMALL, large):
        queue.dead_letter(send, "SES was down")
    read = _all(letters)
    expected = [SMALL, replace(large, stored=True)]
    assert sorted((letter.send for letter in read if letter.send), key=str) == sorted(expected, key=str)
    assert {letter.reason for letter in read} == {"SES was down"}
    assert _all(letters) == [], "they are ours for now"
    letters.put_back(*read)
    again = _all(letters)
    assert len(again) == 2
    letters.remove(*again)


@pytest.mark.parametrize("body", ["not a send", '{"payload":"sends/gone"}'])
def test_an_unreadable_dead_letter_is_returned_without_a_send(
    letters: SqsDeadLetters, aws: Container, body: str
) -> None:
    aws.get(wiring.clients.sqs).send_message(QueueUrl=letters.url, MessageBody=body)
    assert [(letter.send, letter.reason) for letter in _all(letters)] == [(None, "")]


def test_a_stored_send_is_queued_later(queue: SqsSendQueue, aws: Container) -> None:
    queue.save_scheduled(SMALL)
    assert queue.is_empty()
    queue.enqueue_saved(SMALL.id)
    body, _ = received(aws, queue.queue_url)
    assert queue.open(body) == replace(SMALL, stored=True)


def test_what_is_kept_apart_of_a_send_goes(aws: Container) -> None:
    aws.get(wiring.clients.s3).put_object(Bucket=SETTINGS.payload_bucket, Key="sends/s-9", Body=b"{}")
    for _ in range(2):
        aws.get(wiring.adapters.sending.send_queue).delete("s-9")
    assert "Contents" not in aws.get(wiring.clients.s3).list_objects_v2(
        Bucket=SETTINGS.payload_bucket, Prefix="sends/s-9"
    )
