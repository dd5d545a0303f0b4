from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import msgspec
import pytest

from functions import deliver, wiring
from functions.adapters.aws import waiting
from functions.core.outcomes import SendResult
from functions.core.sending.send import MessageKey, State
from functions.steps.sending.deliver import DeliverSend
from functions.wiring import Container
from tests.support.aws.lambdas import call, queued
from tests.support.events import sqs
from tests.support.examples import a_document, a_revision, a_send, an_email, messages_of


def test_only_the_bad_messages_of_a_batch_are_retried(aws: Container) -> None:
    sendable, lost = a_send(), a_send(id="s-2", revision=99)
    for send in (sendable, lost):
        aws.get(wiring.adapters.sending.sends).create(messages_of(send))
        aws.get(wiring.adapters.sending.send_queue).enqueue(send)
    bodies = [message["Body"] for message in queued(aws)]
    bodies.sort(key=lambda body: json.loads(body)["id"])
    answer = call(deliver.handler, sqs(bodies[0], "not a send", bodies[1]))
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["m-1", "m-2"]
    sent, waiting = (
        aws.get(wiring.adapters.sending.sends).get(MessageKey("s-1", 0)),
        aws.get(wiring.adapters.sending.sends).get(MessageKey("s-2", 0)),
    )
    assert sent
    assert waiting
    assert (sent.state, waiting.state) == (State.SENT, State.QUEUED)


def test_a_worker_that_has_just_begun_makes_each_client_once(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client has its own connections, and makes its own TLS context."""
    clients: list[str] = []
    real = boto3.client

    def new_client(name: Any, *args: Any, **options: Any) -> Any:
        clients.append(name)
        return real(name, *args, **options)

    monkeypatch.setattr(boto3, "client", new_client)
    monkeypatch.setattr(deliver, "LANES", 10)
    call(deliver.handler, sqs(*["not a send"] * 20))
    assert sorted(clients) == sorted(set(clients))


def test_every_log_line_of_a_delivery_names_its_send(
    aws: Container, log_lines: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line has its own send, also with many lanes at once."""
    monkeypatch.setattr(deliver, "LANES", 10)

    def fail(*_: Any) -> None:
        waiting.sleep(0.001)  # the next lane begins
        raise ConnectionError

    monkeypatch.setattr(DeliverSend, "__call__", fail)
    bodies = [msgspec.json.encode(a_send(id=f"s-{number}")).decode() for number in range(20)]
    call(deliver.handler, sqs("not a send", *bodies))
    lines = log_lines()
    failed = [line["send_id"] for line in lines if line.get("message") == "delivery failed"]
    assert sorted(failed) == sorted(f"s-{number}" for number in range(20))
    (unreadable,) = (line for line in lines if line.get("message", "").startswith("this queue message is not a send"))
    assert "send_id" not in unreadable


def test_a_slow_mail_stops_no_other_of_its_batch(aws: Container) -> None:
    slow = "{% for i in range(99999) %}{% if 'x' in custom.numbers %}{% endif %}{% endfor %}"
    revision = a_revision(email_id=8, subject="Slow", text="", html=slow)
    aws.get(wiring.adapters.emails.emails).publish(an_email(id=8), revision, a_document())
    sends = [a_send(), a_send(id="s-2", email_id=8, custom={"numbers": list(range(5000))}), a_send(id="s-3")]
    for send in sends:
        aws.get(wiring.adapters.sending.sends).create(messages_of(send))
        aws.get(wiring.adapters.sending.send_queue).enqueue(send)
    answer = call(deliver.handler, sqs(*(message["Body"] for message in queued(aws))))
    assert answer["batchItemFailures"] == []
    first, refused, third = (aws.get(wiring.adapters.sending.sends).get(MessageKey(send.id, 0)) for send in sends)
    assert first
    assert refused
    assert third
    assert (first.state, refused.state, third.state) == (State.SENT, State.REFUSED, State.SENT)
    assert refused.result is SendResult.TEMPLATE_RENDER_EXCEPTION
    assert "takes longer than 1 s" in refused.reason


@pytest.mark.parametrize("failing", ["begin", "end"])
def test_a_batch_is_delivered_without_what_it_shares(
    aws: Container, log_lines: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """A failure to read contacts or to store contents together stops no mail."""

    def fail(*_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(DeliverSend, failing, fail)
    send = a_send()
    aws.get(wiring.adapters.sending.sends).create(messages_of(send))
    answer = call(deliver.handler, sqs(msgspec.json.encode(send).decode()))
    sent = aws.get(wiring.adapters.sending.sends).get(MessageKey("s-1", 0))
    assert sent
    assert (answer["batchItemFailures"], sent.state) == ([], State.SENT)
    stored = aws.get(wiring.adapters.sending.sent_contents).of_send("s-1", 0)
    assert bool(stored) is (failing == "begin")
    assert any("batch at once" in line["message"] or "is not stored" in line["message"] for line in log_lines())
