"""SMTP as a user's own program speaks it, with the token that the stack made at its start."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from infra.local.stack import Ready


@contextmanager
def starttls(ready: Ready) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(ready.smtp_host, ready.smtp_port, timeout=30) as smtp:
        smtp.starttls(context=trust(ready))
        smtp.login(ready.smtp_user, ready.smtp_password)
        yield smtp


@contextmanager
def within_tls(ready: Ready) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP_SSL(ready.smtp_host, ready.smtps_port, timeout=30, context=trust(ready)) as smtp:
        smtp.login(ready.smtp_user, ready.smtp_password)
        yield smtp


def trust(ready: Ready) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ready.smtp_certificate)


def letter(to: str, subject: str = "Toner is low", sender: str = "printer@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message.set_content("Please see to it.")
    return message
