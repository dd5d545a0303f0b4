"""The SMTP endpoint of the running service: what a token may and may not, and that mail through it is accounted for."""

from __future__ import annotations

import smtplib
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions import wiring
from functions.steps.tokens.create_smtp_token import TokenRequest
from infra.local.stack import Ready
from tests.end_to_end import smtp
from tests.end_to_end.service import Service

CONNECTIONS, MESSAGES = 8, 100
THROTTLES = 600  # of one message


def test_eight_connections_of_a_hundred_messages_lose_none(service: Service) -> None:
    """Each message is in the mailbox once, has its id, and is counted for its token; what SES throttles is sent again, as mailers do."""
    service.settle()
    before = counted(service)
    with ThreadPoolExecutor(CONNECTIONS) as connections:
        told = [
            reply
            for replies in connections.map(lambda number: hundred(service.ready, number), range(CONNECTIONS))
            for reply in replies
        ]
    assert len(set(told)) == CONNECTIONS * MESSAGES
    service.settle()
    sent = [f"{n}-{m}@load.example.net" for n in range(CONNECTIONS) for m in range(MESSAGES)]
    assert Counter(mail["To"][0]["Address"] for mail in service.mails("to:load.example.net")) == Counter(sent)
    after = counted(service)
    assert {name: after[name] - before[name] for name in after} == dict.fromkeys(after, CONNECTIONS * MESSAGES)


def hundred(ready: Ready, connection: int) -> list[str]:
    """SES's replies to the messages of one connection."""
    with smtp.starttls(ready) as client:
        return [one(client, f"{connection}-{number}@load.example.net") for number in range(MESSAGES)]


def one(client: smtplib.SMTP, to: str) -> str:
    for _ in range(THROTTLES):
        client.mail("printer@example.com")
        client.rcpt(to)
        code, text = client.data(smtp.letter(to).as_bytes())
        if code == 250:
            return text.decode()
        assert code == 454, text
        time.sleep(0.1)
    raise AssertionError(f"SES throttled {to} {THROTTLES} times")


def counted(service: Service) -> dict[str, int]:
    """What the statistics say of the stack's first token."""
    token = service.stack.container.get(wiring.adapters.smtp_tokens).by_key(service.ready.smtp_user)
    assert token
    counters = service.counters(emailIds=str(token.campaign_id))
    return {name: counters.get(name, 0) for name in ("sent", "delivered")}


def test_a_token_sends_as_our_domain_through_its_own_set_only(service: Service) -> None:
    """Whatever the headers say."""
    with smtp.starttls(service.ready) as client:
        for sender, header, resource in (
            ("ceo@elsewhere.org", {}, "identity/ceo@elsewhere.org"),
            ("ceo@example.com", {"X-SES-CONFIGURATION-SET": "staffetta-local-marketing"}, "configuration-set/"),
            ("ceo@example.com", {"X-SES-FROM-ARN": "arn:aws:ses:us-east-1:9:identity/bank.test"}, "identity/bank.test"),
        ):
            message = smtp.letter("no@policy.example.net", sender=sender)
            for name, value in header.items():
                message[name] = value
            with pytest.raises(smtplib.SMTPDataError) as caught:
                client.send_message(message)
            assert caught.value.smtp_code == 554
            said = str(caught.value.smtp_error)
            assert "Access denied: User `arn:aws:iam::123456789012:user/staffetta/smtp/" in said
            assert resource in said
        client.send_message(smtp.letter("yes@policy.example.net"))
    service.settle()
    assert [mail["To"][0]["Address"] for mail in service.mails("to:policy.example.net")] == ["yes@policy.example.net"]


def test_a_password_that_was_reset_and_a_token_that_ended_are_refused_at_once(service: Service) -> None:
    """At the next sign-in, and in a session that is open."""
    container = service.stack.container
    made = container.get(wiring.tokens.create_smtp_token)(
        TokenRequest(name="till", create_contact=False, created_by="you@example.com")
    )
    first = smtp.signed_in(service.ready, made.token.key_id, made.password)
    first.send_message(smtp.letter("first@ended.example.net"))
    reset = container.get(wiring.tokens.reset_smtp_password)(made.token.key_id)
    second = smtp.signed_in(service.ready, reset.token.key_id, reset.password)
    refused(service.ready, made.token.key_id, made.password)
    refused_in_session(first)
    second.send_message(smtp.letter("second@ended.example.net"))
    container.get(wiring.tokens.delete_smtp_token)(made.token.campaign_id)
    refused(service.ready, reset.token.key_id, reset.password)
    refused_in_session(second)
    service.settle()
    assert len(service.mails("to:ended.example.net")) == 2


def refused(ready: Ready, user: str, password: str) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
        smtp.signed_in(ready, user, password)
    assert (caught.value.smtp_code, caught.value.smtp_error) == (535, b"Authentication Credentials Invalid")


def refused_in_session(client: smtplib.SMTP) -> None:
    with client, pytest.raises(smtplib.SMTPDataError, match="Access denied"):
        client.send_message(smtp.letter("never@ended.example.net"))
