"""The SMTP endpoint, through smtplib."""

from __future__ import annotations

import asyncio
import base64
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from infra.local import certificate
from infra.local.certificate import Certificate
from infra.local.ses import SmtpServer, Submission

T = TypeVar("T")
USER, PASSWORD = "AKIAUSER", "pässword"


@dataclass
class SmtpTestUser:
    name: str
    submit: Callable[[Submission], str]


@dataclass
class Endpoint:
    """A running SMTP server in front of the scenario's simulator, with one user."""

    ses_scenario: Any
    certificate: Certificate
    submit: Callable[[Submission], str]
    server: SmtpServer = field(init=False)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._serving = threading.Thread(target=self._loop.run_forever)
        self._serving.start()
        self.serve()

    def serve(self, **limits: Any) -> None:
        """Replaces the first server by one with these limits."""
        if hasattr(self, "server"):
            self.do(self.server.stop())
        self.server = SmtpServer(self._authenticate, self.certificate.server_context(), **limits)
        self.do(self.server.start(*(socket.create_server(("127.0.0.1", 0)) for _ in range(2))))

    def _authenticate(self, user: str, password: str) -> SmtpTestUser | None:
        return SmtpTestUser("staffetta-smtp-7", self._submit) if (user, password) == (USER, PASSWORD) else None

    def _submit(self, submission: Submission) -> str:
        """Submits with the current scenario, not that of the sign-in."""
        return self.submit(submission)

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.begin(work).result(10)

    def trust(self) -> ssl.SSLContext:
        """Returns the strict context of a client that trusts the certificate."""
        context = ssl.create_default_context(cafile=str(self.certificate.path))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def plain(self) -> smtplib.SMTP:
        """Connects and sends nothing."""
        return smtplib.SMTP("127.0.0.1", self.server.port, timeout=5)

    def secure(self) -> smtplib.SMTP:
        client = self.plain()
        client.starttls(context=self.trust())
        client.ehlo("test")
        return client

    def signed_in(self) -> smtplib.SMTP:
        client = self.secure()
        assert plain(client, USER, PASSWORD)[0] == 235
        return client

    def close(self) -> None:
        self.do(self.server.stop())
        self.do(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._serving.join()
        self._loop.close()


@pytest.fixture
def endpoint(ses_scenario: Any, tmp_path: Any) -> Iterator[Endpoint]:
    running = Endpoint(ses_scenario, certificate.load_or_create(tmp_path, datetime.now(UTC)), ses_scenario.ses.submit)
    yield running
    running.close()


@pytest.fixture
def smtp(endpoint: Endpoint) -> Iterator[smtplib.SMTP]:
    with endpoint.signed_in() as client:
        yield client


def plain(client: smtplib.SMTP, user: str, password: str) -> tuple[int, bytes]:
    return client.docmd("AUTH PLAIN", base64.b64encode(f"\0{user}\0{password}".encode()).decode())


def login(client: smtplib.SMTP, user: str, password: str) -> tuple[int, bytes]:
    assert client.docmd("AUTH LOGIN") == (334, base64.b64encode(b"Username:"))
    assert client.docmd(base64.b64encode(user.encode()).decode()) == (334, base64.b64encode(b"Password:"))
    return client.docmd(base64.b64encode(password.encode()).decode())


def data(smtp: smtplib.SMTP, raw: bytes, *to: str, sender: str = "orders@example.com") -> tuple[int, str]:
    """Returns the reply to a whole message."""
    smtp.mail(sender)
    for recipient in to or ("ada@customer.test",):
        smtp.rcpt(recipient)
    code, text = smtp.data(raw)
    return code, text.decode()


def headed(raw: bytes) -> bytes:
    return b"X-SES-CONFIGURATION-SET: transactional\r\n" + raw


def test_accepted_mail_is_answered_with_its_ses_id(ses_scenario: Any, smtp: smtplib.SMTP, make_mime: Any) -> None:
    """The events have the same id and name the IAM user: so SMTP mail finds its token."""
    code, text = data(smtp, headed(make_mime()))
    mail = ses_scenario.events()[0]["mail"]
    assert (code, text) == (250, f"Ok {mail['messageId']}")
    assert mail["tags"]["ses:caller-identity"] == ["staffetta-smtp-7"]
    assert mail["tags"]["ses:operation"] == ["SendSmtpEmail"]
    assert mail["tags"]["ses:source-ip"] == ["127.0.0.1"]
    assert mail["source"] == "orders@example.com"
    assert [mail.recipients for mail in ses_scenario.mails()] == [("ada@customer.test",)]


def test_each_recipient_of_a_message_has_events_of_its_own(
    ses_scenario: Any, smtp: smtplib.SMTP, make_mime: Any
) -> None:
    """There is one Send for all, then an outcome each. Every event names all recipients, also blind ones."""
    to = ["ada@customer.test", "bounce@simulator.amazonses.com", "complaint@simulator.amazonses.com"]
    assert data(smtp, headed(make_mime(to[0])), *to)[0] == 250
    events = ses_scenario.events()
    assert [event["eventType"] for event in events] == ["Send", "Bounce", "Delivery", "Complaint", "Delivery"]
    assert {tuple(event["mail"]["destination"]) for event in events} == {tuple(to)}
    _, second, first, fourth, third = events
    assert first["delivery"]["recipients"] == to[:1]
    assert [one["emailAddress"] for one in second["bounce"]["bouncedRecipients"]] == to[1:2]
    assert third["delivery"]["recipients"] == to[2:]
    assert [one["emailAddress"] for one in fourth["complaint"]["complainedRecipients"]] == to[2:]
    assert {*first["mail"]["tags"]} >= {"ses:from-domain", "ses:outgoing-ip", "ses:configuration-set"}
    assert {tuple(event["mail"]["tags"]["ses:source-tls-version"]) for event in events} == {("TLSv1.3",)}


@pytest.mark.parametrize("mechanism", [plain, login])
def test_both_mechanisms_sign_in(endpoint: Endpoint, mechanism: Any, make_mime: Any) -> None:
    with endpoint.secure() as client:
        assert mechanism(client, USER, PASSWORD) == (235, b"Authentication successful.")
        assert data(client, make_mime())[0] == 250


@pytest.mark.parametrize("mechanism", [plain, login])
def test_wrong_credentials_are_refused(endpoint: Endpoint, mechanism: Any) -> None:
    """The reply is in SES's words, and the session may only try again."""
    with endpoint.secure() as client:
        assert mechanism(client, USER, "wrong") == (535, b"Authentication Credentials Invalid")
        assert mechanism(client, "", "") == (535, b"Authentication Credentials Invalid")
        assert client.noop()[0] == 250
        assert client.mail("orders@example.com") == (530, b"Authentication required")
        assert client.docmd("DATA") == (530, b"Authentication required")


def test_nothing_goes_without_tls(endpoint: Endpoint) -> None:
    """AUTH is not offered before TLS, and input from before the handshake is dropped."""
    with endpoint.plain() as client:
        client.ehlo("test")
        assert client.has_extn("starttls")
        assert not client.has_extn("auth")
        assert client.esmtp_features["size"] == str(40 * 1024 * 1024)
        for command in ("MAIL FROM:<orders@example.com>", "AUTH PLAIN AGEAYg==", "RCPT TO:<a@b.test>", "DATA", "HELP"):
            assert client.docmd(command) == (530, b"Must issue a STARTTLS command first")
    with endpoint.plain() as client:
        client.ehlo("test")
        client.send("STARTTLS\r\nEHLO injected\r\n")
        assert client.getreply()[0] == 220
        assert client.sock
        client.sock = endpoint.trust().wrap_socket(client.sock, server_hostname="localhost")
        client.file = None
        assert client.noop() == (250, b"Ok"), "the reply to NOOP, and not to the EHLO before it"


def test_starttls_within_tls_is_refused(smtp: smtplib.SMTP) -> None:
    assert smtp.docmd("STARTTLS") == (503, b"TLS is active already")
    assert smtp.noop() == (250, b"Ok")


def test_one_port_is_within_tls_from_the_first_byte(ses_scenario: Any, endpoint: Endpoint, make_mime: Any) -> None:
    with smtplib.SMTP_SSL("localhost", endpoint.server.tls_port, timeout=5, context=endpoint.trust()) as client:
        client.ehlo("test")
        assert not client.has_extn("starttls")
        assert client.mail("orders@example.com") == (530, b"Authentication required")
        assert plain(client, USER, PASSWORD)[0] == 235
        assert data(client, make_mime())[0] == 250
    assert len(ses_scenario.mails()) == 1


def test_a_client_that_does_not_trust_us_ends_nothing(endpoint: Endpoint, make_mime: Any) -> None:
    """It aborts the handshake. Others are served, however often it connects."""
    endpoint.serve(max_connections=2)
    stranger = ssl.create_default_context()
    for _ in range(5):
        with pytest.raises(ssl.SSLCertVerificationError), endpoint.plain() as client:
            client.starttls(context=stranger)
        with pytest.raises(ssl.SSLCertVerificationError):
            smtplib.SMTP_SSL("localhost", endpoint.server.tls_port, timeout=5, context=stranger)
    with endpoint.signed_in() as client:
        assert data(client, make_mime())[0] == 250


def test_refusals_have_ses_reply_codes(ses_scenario: Any, smtp: smtplib.SMTP, make_mime: Any) -> None:
    """Permanent errors are 554, throttling is 454."""
    raw = make_mime()
    assert data(smtp, raw, sender="a@elsewhere.org") == (
        554,
        (
            "Message rejected: Email address is not verified. The following identities failed the check in region "
            "US-EAST-1: a@elsewhere.org"
        ),
    )
    assert data(smtp, b"Subject: x\r\n\r\nx") == (554, "Transaction failed: Missing required header 'From'.")
    assert data(smtp, b"DKIM-Signature: a\r\nDKIM-Signature: b\r\n" + raw) == (
        554,
        "Transaction failed: Duplicate header 'DKIM-Signature'.",
    )
    assert data(smtp, b"X-SES-CONFIGURATION-SET: nope\r\n" + raw) == (554, "Configuration set <nope> does not exist.")
    many = [f"r{number}@customer.test" for number in range(51)]
    assert data(smtp, raw, *many) == (554, "Transaction failed: Recipient count exceeds 50.")
    ses_scenario.ses.account.quota.max_24_hour_send = 0.0
    assert data(smtp, raw) == (454, "Throttling failure: Daily message quota exceeded.")
    assert ses_scenario.mails() == []


def test_fifty_recipients_are_one_message(ses_scenario: Any, smtp: smtplib.SMTP, make_mime: Any) -> None:
    people = [f"r{number}@customer.test" for number in range(50)]
    assert data(smtp, headed(make_mime()), *people)[0] == 250
    (mail,) = ses_scenario.mails()
    assert sorted(mail.recipients) == sorted(people)


SENDER_REFUSED = (501, b"Invalid MAIL FROM address provided")


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("MAIL FROM:<>", SENDER_REFUSED),
        ("MAIL FROM:<> SIZE=100", SENDER_REFUSED),
        ("MAIL FROM:<AKIAEXAMPLE>", SENDER_REFUSED),
        ("mail from: <orders@>", SENDER_REFUSED),
        ("MAIL FROM:orders@example.com", (553, b"<orders@example.com> Invalid email address")),
        ("MAIL FROM:<ü@example.com>", (553, b"Invalid email address")),
        ("RCPT TO:<>", (553, b"<> address unknown")),
        ("RCPT TO:<nobody>", (553, b"<nobody> address unknown")),
        ("RCPT TO:nobody", (553, b"<nobody> address unknown")),
        ("RCPT TO: ada@customer.test", (553, b"<ada@customer.test> address unknown")),
    ],
)
def test_a_path_without_an_address_is_refused(smtp: smtplib.SMTP, command: str, reply: tuple[int, bytes]) -> None:
    """SES refuses at once, not at the end of the message, and the session continues."""
    smtp.command_encoding = "utf-8"
    if command.startswith("RCPT"):
        smtp.mail("orders@example.com")
    assert smtp.docmd(command) == reply
    smtp.rset()
    assert data(smtp, b"From: orders@example.com\r\n\r\nx")[0] == 250


def test_special_characters_in_a_user_name_are_refused(smtp: smtplib.SMTP, make_mime: Any) -> None:
    to = '"re:ceiver"@customer.test'
    assert smtp.mail("orders@example.com")[0] == 250
    assert smtp.docmd(f"RCPT TO:<{to}>")[0] == 250
    refusal = f"Transaction failed: Address contains illegal characters in user name: '<{to}>'."
    assert smtp.data(make_mime()) == (554, refusal.encode())


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("length", [10, 1_000, 100_000])
def test_line_endings_and_lengths_do_not_matter(
    ses_scenario: Any, smtp: smtplib.SMTP, ending: bytes, length: int
) -> None:
    """SES takes long lines, and a bare LF or CR, in a short mail and in a long one."""
    body = b"x" * length + ending + b"second line" + b"\r\n"
    assert data(smtp, b"From: orders@example.com\r\nSubject: x\r\n\r\n" + body)[0] == 250
    assert ses_scenario.mails()[0].raw.endswith(b"\r\n\r\n" + body)


def test_a_bare_line_feed_does_not_end_a_message(ses_scenario: Any, smtp: smtplib.SMTP) -> None:
    """Otherwise a mail could smuggle a second one."""
    smuggled = b"From: orders@example.com\r\n\r\nx\n.\nMAIL FROM:<a@example.com>\r\n"
    assert data(smtp, smuggled)[0] == 250
    assert len(ses_scenario.mails()) == 1


def test_mail_beyond_40_mb_is_refused_by_its_length(smtp: smtplib.SMTP) -> None:
    """It may be one line or many."""
    for line in (b"x" * (40 * 1024 * 1024 + 1), b"x" * 99_998 + b"\r\n"):
        assert data(smtp, line * (1 if len(line) > 100_000 else 420)) == (552, "Message is too long.")
        smtp.rset()


def test_mail_beyond_40_mb_is_refused_by_its_announced_size(smtp: smtplib.SMTP) -> None:
    """It is refused before it is sent."""
    code, text = smtp.mail("orders@example.com", ["SIZE=41943041"])
    assert (code, text) == (552, b"Message is too long.")


def test_eight_bit_and_dotted_lines_arrive_as_sent(ses_scenario: Any, smtp: smtplib.SMTP) -> None:
    """Dot-stuffing is undone, and bytes do not change."""
    body = b".starts with a dot\r\n..two\r\n\xff\xfe\r\n"
    assert data(smtp, b"From: orders@example.com\r\nSubject: x\r\n\r\n" + body)[0] == 250
    assert ses_scenario.mails()[0].raw.endswith(b"\r\n\r\n" + body)


def test_a_reply_is_one_line_of_ascii(make_mime: Any, smtp: smtplib.SMTP) -> None:
    """The message's text in an error has no effect on that."""
    raw = b"X-SES-MESSAGE-TAGS: \xc3\xa9=1\r\n" + make_mime()
    code, text = data(smtp, raw)
    assert code == 554
    assert text.isascii()
    assert "\n" not in text


def test_an_idle_client_is_disconnected(endpoint: Endpoint) -> None:
    """A byte now and then is enough to stay, also within a message."""
    endpoint.serve(idle_seconds=0.3)
    with endpoint.signed_in() as client:
        client.mail("orders@example.com")
        client.rcpt("ada@customer.test")
        client.docmd("DATA")
        for line in (b"From: orders@example.com\r\n", b"\r\n", *[b"x\r\n"] * 5):
            wait_silently(client, 0.1)
            client.send(line)
        assert client.docmd(".")[0] == 250
        assert client.getreply() == (451, b"Timeout waiting for data from client.")
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()


def wait_silently(client: smtplib.SMTP, seconds: float) -> None:
    """Waits for a while in which the server must send nothing."""
    assert client.sock
    client.sock.settimeout(seconds)
    with pytest.raises(TimeoutError):
        client.sock.recv(1)
    client.sock.settimeout(5)


def test_one_connection_too_many_is_refused(endpoint: Endpoint) -> None:
    """A closed connection makes room again."""
    endpoint.serve(max_connections=1)
    with endpoint.secure():
        with pytest.raises(smtplib.SMTPConnectError) as caught:
            endpoint.plain()
        assert (caught.value.smtp_code, caught.value.smtp_error) == (421, b"Too many concurrent SMTP connections")
    deadline = time.monotonic() + 5
    while True:
        with suppress(smtplib.SMTPConnectError), endpoint.plain() as client:
            assert client.noop()[0] == 250
            break
        assert time.monotonic() < deadline


def test_a_stop_first_replies_to_a_message(endpoint: Endpoint, make_mime: Any) -> None:
    """Otherwise its client would send it again. An idle client is disconnected at once."""
    submitting, may_answer = threading.Event(), threading.Event()

    def slowly(submission: Submission) -> str:
        submitting.set()
        assert may_answer.wait(5)
        return str(endpoint.ses_scenario.ses.submit(submission))

    endpoint.submit = slowly
    with endpoint.signed_in() as idle, endpoint.signed_in() as busy:
        busy.mail("orders@example.com")
        busy.rcpt("ada@customer.test")
        busy.docmd("DATA")
        busy.send(make_mime() + b".\r\n")
        assert submitting.wait(5)
        stopping = endpoint.begin(endpoint.server.stop())
        assert idle.getreply()[0] == 421
        idle.close()
        may_answer.set()
        assert busy.getreply()[0] == 250
        assert busy.getreply()[0] == 421
        busy.close()
        stopping.result(5)


def test_an_internal_error_is_temporary(endpoint: Endpoint, smtp: smtplib.SMTP, make_mime: Any, caplog: Any) -> None:
    """The client retries the mail, the log has the error, and the session continues."""
    working = endpoint.submit
    endpoint.submit = lambda _: str(1 / 0)
    assert data(smtp, make_mime()) == (451, "Temporary service failure. Please try again later.")
    assert "ZeroDivisionError" in caplog.text
    endpoint.submit = working
    smtp.rset()
    assert data(smtp, make_mime())[0] == 250


def test_a_stopped_server_has_no_port(endpoint: Endpoint) -> None:
    """Reading the port too early is a programming error."""
    with pytest.raises(RuntimeError, match="before it is started"):
        _ = SmtpServer(lambda *_: None, endpoint.certificate.server_context()).port


def test_garbage_on_the_line_ends_nothing(endpoint: Endpoint, make_mime: Any) -> None:
    """Another client is served after it."""
    for port in (endpoint.server.port, endpoint.server.tls_port):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
            raw.sendall(b"\xff\x00\xfe\r\nDATA\r\nAUTH PLAIN =\r\n")
            raw.recv(200)
    with endpoint.secure() as client:
        client.docmd("AUTH PLAIN =")
        client.docmd("AUTH PLAIN " + base64.b64encode(b"\xff\0\xfe\0\xff").decode())
        assert plain(client, USER, PASSWORD)[0] == 235
        assert data(client, make_mime())[0] == 250
