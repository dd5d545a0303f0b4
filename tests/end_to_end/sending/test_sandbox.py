"""An account in SES's sandbox: mail reaches verified recipients only, over the API and over SMTP, and each refusal names the sandbox."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

import pytest

from tests.end_to_end import smtp
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import SEND, request
from tests.end_to_end.support.smtp_tokens import make, reconcile

STATUS = "/staffetta/v1/sending"


@pytest.fixture
def sandbox(service: Service) -> Iterator[Service]:
    account = service.stack.ses.account
    account.production_access = False
    service.sweep()
    yield service
    account.production_access = True
    service.sweep()
    reconcile(service)


def send(service: Service, to: str) -> dict[str, object]:
    answer = service.http.post(SEND, json=request(service, to)).json()
    service.settle()
    status = service.status(answer["statusId"])
    (message,) = service.http.get(f"/staffetta/v1/messages/{answer['statusId']}").json()["recipients"]
    return {"result": status["sendResult"], "reason": message.get("reason", "")}


def verify(service: Service, name: str) -> None:
    service.stack.cloud.client("sesv2").create_email_identity(EmailIdentity=name)


def test_a_send_reaches_verified_recipients_only(sandbox: Service) -> None:
    verify(sandbox, "you@verified.example.net")
    assert send(sandbox, "you@verified.example.net")["result"] == "SENT"
    assert len(sandbox.mails("to:you@verified.example.net")) == 1
    refused = send(sandbox, "stranger@verified.example.net")
    assert refused["result"] == "UNDELIVERABLE"
    assert "sandbox" in str(refused["reason"])
    assert send(sandbox, "me@example.com")["result"] == "SENT", "the stage's own domain is verified"
    assert send(sandbox, "success@simulator.amazonses.com")["result"] == "SENT"


def test_an_smtp_token_reaches_verified_recipients_only(sandbox: Service) -> None:
    verify(sandbox, "smtp-verified.example.net")
    token = make(sandbox, "sandboxed")
    with smtp.signed_in(sandbox.ready, token.id, token.password) as client:
        client.send_message(smtp.letter("you@smtp-verified.example.net"))
        with pytest.raises(smtplib.SMTPDataError, match="not verified"):
            client.send_message(smtp.letter("stranger@smtp-sandbox.example.net"))
        with pytest.raises(smtplib.SMTPDataError, match="denied"):
            client.send_message(smtp.letter("you@smtp-verified.example.net", sender="x@smtp-verified.example.net"))
    sandbox.settle()


def test_an_older_token_follows_the_sandbox(sandbox: Service) -> None:
    verify(sandbox, "followed.example.net")
    with smtp.starttls(sandbox.ready) as client:
        with pytest.raises(smtplib.SMTPDataError, match="denied"):
            client.send_message(smtp.letter("you@followed.example.net"))
        reconcile(sandbox)
        client.send_message(smtp.letter("you@followed.example.net"))
    sandbox.settle()


def test_the_sending_status_names_the_sandbox(sandbox: Service) -> None:
    assert sandbox.http.get(STATUS).json()["ses"]["sandbox"] is True
    sandbox.stack.ses.account.production_access = True
    sandbox.sweep()
    assert sandbox.http.get(STATUS).json()["ses"]["sandbox"] is False
