"""The addresses that webhooks are sent to: every connection goes to an address that was checked."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from functions.adapters.webhooks import webhook_client
from functions.adapters.webhooks.webhook_client import HttpWebhookClient
from tests.support.webhooks import receiving

PUBLIC, OURS = "93.184.216.34", "169.254.169.254"
HEADERS = {"content-type": "application/json", "webhook-id": "evt_1"}
NAME = "hooks.acme.com"


def receivers(*addresses: str, **more: object) -> HttpWebhookClient:
    return HttpWebhookClient(resolve=lambda _host, _port: list(addresses), **more)  # type: ignore[arg-type]  # the test gives some


def request_of(connection: socket.socket) -> bytes:
    """Reads all of it: a server that closes before has not read it."""
    received = b""
    while not received.endswith(b"{}") and (more := connection.recv(65536)):
        received += more
    return received


@contextmanager
def listening(answer: bytes | None, *, drip: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """A host that answers with these bytes, at once or one at a time. Yields its port, and the bytes it received."""
    server, received, over = socket.create_server(("127.0.0.1", 0)), list[bytes](), threading.Event()

    def serve() -> None:
        with server:
            connection, _ = server.accept()
            with connection:
                received.append(request_of(connection))
                for octet in (answer or b"").split(b"|") if drip else [answer or b""]:
                    try:
                        connection.sendall(octet)
                    except OSError:
                        return
                    if drip or answer is None:
                        over.wait(0.1 if drip else 5)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1], received
    finally:
        over.set()
        thread.join()


def test_what_is_posted_arrives_as_it_is() -> None:
    with receiving(202) as receiver:
        posted = HttpWebhookClient(localhost=True).post(receiver.url, HEADERS, '{"a":"é"}')
        ((headers, body),) = receiver.requests
    assert (posted.status, posted.error) == (202, "")
    assert (headers["webhook-id"], headers["content-type"], body) == ("evt_1", "application/json", '{"a":"é"}')
    assert headers["host"] == receiver.url.split("/")[2]


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with receiving(302) as receiver:
        assert HttpWebhookClient(localhost=True).post(receiver.url, HEADERS, "{}").status == 302
        assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "addresses", [[OURS], ["127.0.0.1"], ["10.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], [PUBLIC, OURS]]
)
def test_a_name_that_leads_to_one_of_ours_is_refused(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """At registration and at every connection: none is made."""

    def connected(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "create_connection", connected)
    requests = receivers(*addresses)
    assert requests.validate(f"https://{NAME}/") == f"names a host that is not on the public Internet: {NAME}"
    posted = requests.post(f"https://{NAME}/", HEADERS, "{}")
    assert (posted.status, posted.error) == (0, f"names a host that is not on the public Internet: {NAME}")


def test_a_name_that_is_nowhere_is_refused() -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    assert "cannot be found" in HttpWebhookClient(resolve=nowhere).validate(f"https://{NAME}/")
    assert "without an address" in receivers().validate(f"https://{NAME}/")
    assert receivers(PUBLIC).validate("http://hooks.acme.com/") == "must begin with https://"
    assert receivers(PUBLIC).validate(f"https://{NAME}/") == ""


def test_only_the_local_stack_may_reach_this_machine() -> None:
    url = "http://127.0.0.1:9/"
    assert HttpWebhookClient(localhost=True).validate(url) == ""
    assert HttpWebhookClient().validate(url)
    assert HttpWebhookClient().post(url, HEADERS, "{}").error == "must begin with https://"


@contextmanager
def a_tls_host(folder: Path, name: str) -> Iterator[tuple[int, ssl.SSLContext, list[str | None], list[bytes]]]:
    """A host with a certificate for a name. Yields its port, a context that trusts it, and the names and bytes it received."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "host.pem").write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "host.pem")
    names, received = list[str | None](), list[bytes]()
    context.sni_callback = lambda _socket, requests, _context: names.append(requests)
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        raw, _ = server.accept()
        try:
            with context.wrap_socket(raw, server_side=True) as connection:
                received.append(request_of(connection))
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        except OSError:
            pass  # the client did not accept the certificate

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1], ssl.create_default_context(cadata=pem.decode()), names, received
    thread.join()
    server.close()


def leading_to(port: int, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """As if the Internet led to a port of this machine; which addresses were connected to."""
    requests: list[tuple[str, int]] = []
    connect = socket.create_connection

    def connected(address: tuple[str, int], timeout: float) -> socket.socket:
        requests.append(address)
        return connect(("127.0.0.1", port), timeout)

    monkeypatch.setattr(socket, "create_connection", connected)
    return requests


def test_a_checked_address_is_connected_to_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes after the check (DNS rebinding) has no effect: it is resolved once."""
    answers = [[PUBLIC], [OURS]]
    with a_tls_host(tmp_path, NAME) as (port, trusting, names, received):
        requests = leading_to(port, monkeypatch)
        rebinding = HttpWebhookClient(resolve=lambda _host, _port: answers.pop(0), tls=lambda: trusting)
        assert rebinding.post(f"https://{NAME}/in?a=1", HEADERS, "{}").status == 200
    assert requests == [(PUBLIC, 443)]
    assert names == [NAME]
    assert received[0].startswith(b"POST /in?a=1 HTTP/1.1\r\n")
    assert f"host: {NAME}\r\n".encode() in received[0]


def test_another_hosts_certificate_is_not_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_tls_host(tmp_path, "evil.example") as (port, trusting, _, received):
        leading_to(port, monkeypatch)
        posted = receivers(PUBLIC, tls=lambda: trusting).post(f"https://{NAME}/", HEADERS, "{}")
    assert posted.status == 0
    assert "certificate is not accepted" in posted.error
    assert received == []


def test_where_one_address_does_not_answer_the_next_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For example an IPv6 address without a route."""
    v6 = "2606:2800:220:1:248:1893:25c8:1946"
    with a_tls_host(tmp_path, NAME) as (port, trusting, _, _):
        requests = leading_to(port, monkeypatch)
        real_create = socket.create_connection

        def unreachable(address: tuple[str, int], timeout: float) -> socket.socket:
            if address[0] == v6:
                raise OSError("no route")
            return real_create(address, timeout)

        monkeypatch.setattr(socket, "create_connection", unreachable)
        posted = receivers(v6, PUBLIC, tls=lambda: trusting).post(f"https://{NAME}/", HEADERS, "{}")
    assert (posted.status, requests) == (200, [(PUBLIC, 443)])


@pytest.mark.parametrize("answer", [None, b"H|T|T|P|/|1|.|1| |2|0|0| |O|K|,| |s|a|i|d| |s|l|o|w|l|y"])
def test_a_receiver_that_holds_on_is_cut_off(answer: bytes | None) -> None:
    """The host sends nothing, or a byte at a time for ever."""
    with listening(answer, drip=answer is not None) as (port, _):
        began = time.monotonic()
        posted = HttpWebhookClient(localhost=True, seconds=0.5).post(f"http://127.0.0.1:{port}/", HEADERS, "{}")
        assert time.monotonic() - began < 1.5
    assert posted.status == 0
    assert posted.error == "no answer within 0.5 s"
    assert posted.milliseconds >= 450


@pytest.mark.parametrize("answer", [b"", b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x16"])
def test_what_is_no_answer_is_a_failure(answer: bytes) -> None:
    with listening(answer) as (port, received):
        posted = HttpWebhookClient(localhost=True).post(f"http://127.0.0.1:{port}/", HEADERS, "{}")
    assert posted.status == 0
    assert posted.error.startswith("the connection failed")
    assert received


def test_a_refused_connection_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert HttpWebhookClient(localhost=True).post(f"http://127.0.0.1:{port}/", HEADERS, "{}").error


def test_the_system_resolves_a_hosts_addresses() -> None:
    assert "127.0.0.1" in webhook_client.resolved("localhost", 443)
