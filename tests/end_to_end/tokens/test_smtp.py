"""The SMTP endpoint of the running service: what a token may and may not, and that mail through it is accounted for."""

from __future__ import annotations

import smtplib
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.steps.tokens.create_smtp_token import TokenRequest
from infra.local.stack import Ready
from tests.end_to_end import smtp
from tests.end_to_end.service import Service

CONNECTIONS, MESSAGES = 8, 100
OWNER = unrestricted("you@example.com")
RATE = 40  # per second: less than the connections send on most machines, so that SES throttles some
THROTTLES = 600  # of one message


def test_eight_busy_connections_lose_no_message(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each message is in the mailbox once, has its id, and is counted for its token. A throttled one is sent again, as mailers do."""
    service.settle()
    before = counted(service)
    monkeypatch.setattr(service.stack.ses.account.quota, "max_send_rate", RATE)
    with ThreadPoolExecutor(CONNECTIONS) as connections:
        batches = list(connections.map(lambda number: send_all(service.ready, number), range(CONNECTIONS)))
    assert len({reply for batch in batches for reply in batch}) == CONNECTIONS * MESSAGES
    service.settle()
    sent = [f"{n}-{m}@load.example.net" for n in range(CONNECTIONS) for m in range(MESSAGES)]
    assert Counter(mail["To"][0]["Address"] for mail in service.mails("to:load.example.net")) == Counter(sent)
    after = counted(service)
    assert {name: after[name] - before[name] for name in after} == dict.fromkeys(after, CONNECTIONS * MESSAGES)


def send_all(ready: Ready, connection: int) -> list[str]:
    """Returns SES's replies to the messages of one connection."""
    with smtp.starttls(ready) as client:
        return [send_one(client, f"{connection}-{number}@load.example.net") for number in range(MESSAGES)]


def send_one(client: smtplib.SMTP, to: str) -> str:
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
    """Returns the statistics of the stack's first token."""
    token = service.stack.container.get(wiring.adapters.tokens.smtp_tokens).by_key(service.ready.smtp_user)
    assert token
    counters = service.counters(emailIds=str(token.campaign_id))
    return {name: counters.get(name, 0) for name in ("sent", "delivered")}


def test_a_token_sends_only_from_our_domain_and_its_set(service: Service) -> None:
    """SES refuses another sender, configuration set or identity, also if a header names it."""
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
            messages = str(caught.value.smtp_error)
            assert "Access denied: User `arn:aws:iam::123456789012:user/staffetta/smtp/" in messages
            assert resource in messages
        client.send_message(smtp.letter("yes@policy.example.net"))
    service.settle()
    assert [mail["To"][0]["Address"] for mail in service.mails("to:policy.example.net")] == ["yes@policy.example.net"]


def test_old_passwords_and_deleted_tokens_are_refused_at_once(service: Service) -> None:
    """At the next sign-in, and in a session that is open."""
    container = service.stack.container
    created = container.get(wiring.tokens.create_smtp_token)(
        TokenRequest(name="till", create_contact=False, created_by="you@example.com"), OWNER
    )
    first = smtp.signed_in(service.ready, created.token.key_id, created.password)
    first.send_message(smtp.letter("first@ended.example.net"))
    reset = container.get(wiring.tokens.reset_smtp_password)(created.token.key_id, OWNER)
    second = smtp.signed_in(service.ready, reset.token.key_id, reset.password)
    refused(service.ready, created.token.key_id, created.password)
    refused_in_session(first)
    second.send_message(smtp.letter("second@ended.example.net"))
    container.get(wiring.tokens.delete_smtp_token)(created.token.campaign_id, OWNER)
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
