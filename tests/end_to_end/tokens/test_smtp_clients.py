"""The programs that people send with, each through the SMTP endpoint as it would go through SES: TLS that it verifies, then its password."""

from __future__ import annotations

import json
import shutil
import smtplib
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from infra import node
from tests.end_to_end import postfix, smtp
from tests.end_to_end.service import Service
from tests.support.patience import NO_ANSWER_SECONDS

NODEMAILER = Path(__file__).parent / "nodemailer"


def test_smtplib_by_starttls(service: Service) -> None:
    with smtp.starttls(service.ready) as client:
        client.send_message(smtp.letter("starttls@clients.example.net"))
    assert_arrived(service, "starttls@clients.example.net")


def test_smtplib_within_tls(service: Service) -> None:
    with smtp.within_tls(service.ready) as client:
        client.send_message(smtp.letter("within-tls@clients.example.net"))
    assert_arrived(service, "within-tls@clients.example.net")


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("tls", [("--tls",), ("--tls-on-connect",)])
def test_swaks(service: Service, mechanism: str, tls: tuple[str, ...]) -> None:
    if shutil.which("swaks") is None:
        pytest.skip("needs swaks")
    ready, to = service.ready, f"{mechanism}{tls[0]}@clients.example.net"
    port = ready.smtps_port if tls == ("--tls-on-connect",) else ready.smtp_port
    server = ("--server", "localhost", "--port", str(port), *tls, "--tls-verify", "--tls-ca-path")
    user = ("--auth", mechanism, "--auth-user", ready.smtp_user, "--auth-password", ready.smtp_password)
    mail = ("--from", "printer@example.com", "--to", to, "--header", "Subject: Toner is low")
    done = subprocess.run(
        ["swaks", *server, ready.smtp_certificate, *user, *mail], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "250 Ok 0100" in done.stdout
    assert_arrived(service, to)


@pytest.mark.parametrize("secure", [False, True])
def test_nodemailer(service: Service, secure: bool) -> None:
    try:
        node.packages(NODEMAILER)
    except node.NodeError as error:
        pytest.skip(f"nodemailer cannot be installed here: {error}")
    ready, to = service.ready, f"nodemailer-{secure}@clients.example.net".lower()
    options = {
        "host": "localhost",
        "port": ready.smtps_port if secure else ready.smtp_port,
        "secure": secure,
        "requireTLS": True,
        "tls": {"ca": Path(ready.smtp_certificate).read_text()},
        "auth": {"user": ready.smtp_user, "pass": ready.smtp_password},
    }
    message = {"from": "printer@example.com", "to": to, "subject": "Toner is low", "html": "<p>Please see to it.</p>"}
    messages = node.run(NODEMAILER / "send.mjs", json.dumps(options), json.dumps(message))
    assert messages.startswith("250 Ok 0100")
    assert_arrived(service, to)


def test_postfix_as_a_relay(service: Service) -> None:
    """What an office's own mail server does: it takes mail of its own network, and hands it on with the token's password."""
    people = [f"{name}@postfix.clients.example.net" for name in ("ada", "grace", "hedy")]
    with postfix.relaying(service.ready) as relay:
        with smtplib.SMTP("127.0.0.1", relay.port, timeout=NO_ANSWER_SECONDS) as client:
            client.send_message(smtp.letter(people[0]), to_addrs=people)
            client.send_message(smtp.letter("root@elsewhere.org", sender="root@relay.customer.test"))
        relay.wait_until("status=bounced")
        relay.wait_until("status=sent (250 Ok 0100")
        refusal = "said: 554 Access denied: User `arn:aws:iam::"
        assert refusal in relay.log(), relay.log()
    assert_arrived(service, *people)
    assert service.mails("to:elsewhere.org") == []


def assert_arrived(service: Service, *people: str) -> None:
    """Once at each address, and accounted for."""
    service.settle()
    arrived = Counter(recipient for mail in service.stack.mailbox.all() for recipient in mail.recipients)
    assert {person: arrived[person] for person in people} == dict.fromkeys(people, 1)
