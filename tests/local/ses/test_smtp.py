"""The SMTP door, spoken to by smtplib."""

import asyncio
import base64
import smtplib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.ses import SmtpServer

USERS = {("AKIAUSER", "pässword"): "staffetta-smtp-receipts"}


@pytest.fixture
def port(world: Any) -> Iterator[int]:
    """A running SMTP server before the world's simulator."""
    loop = asyncio.new_event_loop()
    serving = threading.Thread(target=loop.run_forever)
    serving.start()
    server = SmtpServer(world.ses.submit, lambda user, password: USERS.get((user, password)))
    asyncio.run_coroutine_threadsafe(server.start("127.0.0.1", 0), loop).result(5)
    yield server.port
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result(5)
    asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    serving.join()
    loop.close()


@pytest.fixture
def smtp(port: int) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.ehlo("test")
        yield client


def data(smtp: smtplib.SMTP, raw: bytes, *to: str, sender: str = "orders@example.com") -> tuple[int, str]:
    """The reply to a whole message."""
    smtp.mail(sender)
    for recipient in to or ("ada@customer.test",):
        smtp.rcpt(recipient)
    code, text = smtp.data(raw)
    return code, text.decode()


def headed(raw: bytes) -> bytes:
    return b"X-SES-CONFIGURATION-SET: transactional\r\n" + raw


def test_accepted_mail_is_answered_with_its_ses_id(world: Any, smtp: smtplib.SMTP, make_mime: Any) -> None:
    """The same id as in the events; without AUTH the sender is the root user."""
    code, text = data(smtp, headed(make_mime()))
    mail = world.events()[0]["mail"]
    assert (code, text) == (250, f"Ok {mail['messageId']}")
    assert mail["tags"]["ses:caller-identity"] == ["root"]
    assert mail["tags"]["ses:operation"] == ["SendSmtpEmail"]
    assert mail["source"] == "orders@example.com"
    assert [mail.recipient for mail in world.mails()] == ["ada@customer.test"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_events_name_the_iam_user(world: Any, smtp: smtplib.SMTP, make_mime: Any, mechanism: str) -> None:
    """That is how SMTP mail finds its token."""
    if mechanism == "PLAIN":
        assert smtp.docmd("AUTH PLAIN", base64.b64encode("\0AKIAUSER\0pässword".encode()).decode())[0] == 235
    else:
        assert smtp.docmd("AUTH LOGIN", base64.b64encode(b"AKIAUSER").decode())[0] == 334
        assert smtp.docmd(base64.b64encode("pässword".encode()).decode())[0] == 235
    assert data(smtp, headed(make_mime()))[0] == 250
    assert world.events()[0]["mail"]["tags"]["ses:caller-identity"] == ["staffetta-smtp-receipts"]


def test_wrong_credentials_are_refused(smtp: smtplib.SMTP) -> None:
    """In SES's words, and the session may go on."""
    with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
        smtp.login("AKIAUSER", "wrong")
    assert (caught.value.smtp_code, caught.value.smtp_error) == (535, b"Authentication Credentials Invalid")
    assert smtp.noop()[0] == 250


def test_refusals_speak_as_ses_does(world: Any, smtp: smtplib.SMTP, make_mime: Any) -> None:
    """Permanent faults are 554, throttling is 454."""
    raw = make_mime()
    assert data(smtp, raw, sender="a@elsewhere.org") == (
        554,
        (
            "Message rejected: Email address is not verified. The following identities failed the check in region "
            "US-EAST-1: a@elsewhere.org"
        ),
    )
    assert data(smtp, b"Subject: x\r\n\r\nx") == (554, "Transaction failed: Missing required header 'From'.")
    assert data(smtp, b"X-SES-CONFIGURATION-SET: nope\r\n" + raw) == (554, "Configuration set <nope> does not exist.")
    many = [f"r{number}@customer.test" for number in range(51)]
    assert data(smtp, raw, *many) == (554, "Transaction failed: Recipient count exceeds 50.")
    world.ses.account.quota.max_24_hour_send = 0.0
    assert data(smtp, raw) == (454, "Throttling failure: Daily message quota exceeded.")
    assert world.mails() == []


def test_a_bounce_message_with_the_null_sender_passes(world: Any, smtp: smtplib.SMTP, make_mime: Any) -> None:
    """`MAIL FROM:<>`: the header's From is what counts then."""
    assert data(smtp, headed(make_mime()), sender="")[0] == 250
    assert world.events()[0]["mail"]["source"] == "Da Nino <orders@example.com>"


def test_mail_beyond_40_mb_is_refused_by_its_announced_size(smtp: smtplib.SMTP) -> None:
    """Before a byte of it is sent."""
    code, text = smtp.mail("orders@example.com", ["SIZE=41943041"])
    assert (code, text) == (552, b"Message is too long.")


def test_eight_bit_and_dotted_lines_arrive_as_sent(world: Any, smtp: smtplib.SMTP) -> None:
    """Dot-stuffing is undone, bytes are left alone."""
    body = b".starts with a dot\r\n..two\r\n\xff\xfe\r\n"
    assert data(smtp, b"From: orders@example.com\r\nSubject: x\r\n\r\n" + body)[0] == 250
    assert world.mails()[0].raw.endswith(b"\r\n\r\n" + body)


def test_a_reply_is_one_line_of_ascii(port: int, make_mime: Any, world: Any, smtp: smtplib.SMTP) -> None:
    """Whatever the message put into the error."""
    raw = b"X-SES-MESSAGE-TAGS: \xc3\xa9=1\r\n" + make_mime()
    code, text = data(smtp, raw)
    assert code == 554
    assert text.isascii()
    assert "\n" not in text


def test_a_busy_port_raises(port: int) -> None:
    """So that the command can say which one."""

    async def start() -> None:
        await SmtpServer(lambda _: "", lambda *_: None).start("127.0.0.1", port)

    with pytest.raises(OSError, match=str(port)):
        asyncio.run(start())


def test_a_stopped_server_has_no_port() -> None:
    """Asking too early is a mistake in the program."""
    with pytest.raises(RuntimeError, match="before it is started"):
        _ = SmtpServer(lambda _: "", lambda *_: None).port


def test_garbage_on_the_line_ends_nothing(port: int, world: Any, make_mime: Any) -> None:
    """Another client is served after it."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.recv(200)
        raw.sendall(b"\xff\x00\xfe\r\nDATA\r\nAUTH PLAIN =\r\n")
        assert raw.recv(200).startswith(b"5")
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.ehlo("test")
        assert data(client, make_mime())[0] == 250
