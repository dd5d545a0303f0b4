"""What a message's item may take: a write is paid for by the KB."""

from __future__ import annotations

import time
from typing import Any

from functions import wiring
from functions.core import timestamps
from functions.core.events import message_history, ses_events
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import MessageKey
from functions.routes.sending.send_request import DIGEST_LENGTH
from functions.steps.events.record import record
from functions.steps.sending.deliver import BATCH_ID_LENGTH
from functions.wiring import Container
from tests.bench.stub import _size
from tests.support.examples import a_message

KB = 1024
KEY = MessageKey("6f1c2f0e-7a55-4a0e-9f3e-0d6c5f3f1a11", 0)


def test_the_longest_subject_adds_no_write_unit(aws: Container) -> None:
    """Every write from the acceptance to the delivery is one unit: the item never has more than 1 KB."""
    now, sends = timestamps.iso(time.time()), aws.get(wiring.adapters.sending.sends)
    message = a_message(
        key=KEY,
        address="firstname.lastname@example.net",
        accepted_at=now,
        digest="d" * DIGEST_LENGTH,
        accepted_by="k" * 64,
    )
    mail = {
        "messageId": "0100018c8f3e5d2a-9d6f8a2e-2c5d-4e1b-9f07-6b1f5a3c8d9e-000000",
        "timestamp": now,
        "commonHeaders": {"subject": "é" * 500, "from": ["Acme Receipts <receipts@mail.acme.com>"]},
        "tags": {"staffetta_send": [KEY.send_id], "staffetta_recipient": ["0"]},
    }
    reply = "250 2.0.0 OK  1732362000 a640c23a62f3a-aa509abcdefsi123456789a12.345 - gsmtp"
    delivered = {"eventType": "Delivery", "mail": mail, "delivery": {"timestamp": now, "smtpResponse": reply}}
    sends.create([message])
    assert size(aws) <= KB
    sends.claim(KEY, now=time.time(), lease_seconds=60, grace_seconds=None, content_batch="b" * BATCH_ID_LENGTH)
    assert size(aws) <= KB
    sends.settle(KEY, Transition.SEND, now=time.time(), result=SendResult.SENT, ses_message_id=str(mail["messageId"]))
    record(*map(ses_events.parse, ({"eventType": "Send", "mail": mail, "send": {}}, delivered)), sends=sends)
    assert size(aws) <= KB
    stored = sends.get(KEY)
    assert stored
    assert message_history.subject(stored) == "é" * 75


def test_what_no_step_reads_any_more_is_removed(aws: Container) -> None:
    """Each byte is stored for 90 days."""
    sends, message = aws.get(wiring.adapters.sending.sends), a_message(key=MessageKey("a-short-life", 0))
    sends.create([message])
    assert "created_as" in item(aws, message.key)
    sends.claim(message.key, now=time.time(), lease_seconds=60, grace_seconds=None)
    assert {"created_as", "role"}.isdisjoint(item(aws, message.key))
    sends.settle(message.key, Transition.RELEASE, now=time.time(), reason="slow down")
    sends.claim(message.key, now=time.time(), lease_seconds=60, grace_seconds=None)
    sends.settle(message.key, Transition.SEND, now=time.time(), result=SendResult.SENT, ses_message_id="ses")
    assert {"claimed_as", "reason"}.isdisjoint(item(aws, message.key))


def item(aws: Container, at: MessageKey) -> dict[str, Any]:
    key = {"send_id": {"S": at.send_id}, "recipient": {"N": str(at.recipient)}}
    return aws.get(wiring.clients.dynamodb).get_item(TableName=aws.settings.sends_table, Key=key)["Item"]


def size(aws: Container) -> int:
    return _size(item(aws, KEY))
