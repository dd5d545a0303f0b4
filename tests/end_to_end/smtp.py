"""SMTP as a user's own program speaks it. It logs in with the token that the stack created at its start, or with another."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage

from infra.local.stack import Ready
from tests.support.patience import NO_ANSWER_SECONDS


def starttls(ready: Ready) -> smtplib.SMTP:
    return signed_in(ready, ready.smtp_user, ready.smtp_password)


def signed_in(ready: Ready, user: str, password: str) -> smtplib.SMTP:
    """A session of any token's. Raises smtplib.SMTPAuthenticationError."""
    with ExitStack() as unless_in:
        client = smtplib.SMTP(ready.smtp_host, ready.smtp_port, timeout=NO_ANSWER_SECONDS)
        unless_in.callback(client.close)
        client.starttls(context=trust(ready))
        client.login(user, password)
        unless_in.pop_all()
    return client


@contextmanager
def within_tls(ready: Ready) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP_SSL(ready.smtp_host, ready.smtps_port, timeout=NO_ANSWER_SECONDS, context=trust(ready)) as smtp:
        smtp.login(ready.smtp_user, ready.smtp_password)
        yield smtp


def trust(ready: Ready) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ready.smtp_certificate)


def letter(to: str, subject: str = "Toner is low", sender: str = "printer@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message.set_content("Please see to it.")
    return message
