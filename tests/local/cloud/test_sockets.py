"""The account's sockets: connections stay open between calls, and end with the server."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.cloud.sockets import LoopbackServer


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["PATH_INFO"] == "/empty":
        start_response("204 -", [])
        return []
    content = environ["REQUEST_METHOD"].encode() + b" " + body
    start_response("200 OK", [("X-Length", str(len(body))), ("Content-Length", str(len(content)))])
    return [content]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    server = LoopbackServer(app, 0)
    yield server
    server.close()


def test_one_connection_serves_many_calls(server: LoopbackServer) -> None:
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    client.connect()
    connected = client.sock
    for method, path, content in (("POST", "/", b"POST ab"), ("HEAD", "/", b""), ("POST", "/empty", b"")):
        client.request(method, path, None if method == "HEAD" else "ab")
        answer = client.getresponse()
        assert answer.read() == content
        assert client.sock is connected
    client.request("POST", "/", "again")
    assert client.getresponse().read() == b"POST again"
    client.close()


def test_a_caller_may_close_after_its_answer(server: LoopbackServer) -> None:
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    client.request("POST", "/", "x", {"Connection": "close"})
    answer = client.getresponse()
    assert (answer.getheader("connection"), answer.read()) == ("close", b"POST x")


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_fields_keep_their_repeats_and_colons(version: str) -> None:
    """The head of HTTP/1.1 has a reader of its own."""
    environs: list[dict[str, Any]] = []

    def noting(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environs.append(environ)
        return app(environ, start_response)

    server = LoopbackServer(noting, 0)
    with socket.create_connection(("127.0.0.1", server.port), 60) as caller:
        head = (
            f"POST /a%20b?c=d HTTP/{version}\r\nHost: x:1\r\nx-twice: a:b\r\nX-TWICE:  c\r\nContent-Length: 2\r\n\r\nok"
        )
        caller.sendall(head.encode())
        assert caller.recv(1000).startswith(b"HTTP/1.1 200 ")
    server.close()
    (environ,) = environs
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/a b", "c=d")
    assert (environ["HTTP_HOST"], environ["HTTP_X_TWICE"]) == ("x:1", "a:b,c")


def test_a_request_without_sense_is_refused(server: LoopbackServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 60) as caller:
        caller.sendall(b"NONSENSE\r\n\r\n")
        assert b"400" in caller.recv(1000)


def test_a_stopped_server_ends_its_idle_connections() -> None:
    server = LoopbackServer(app, 0)
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    client.request("POST", "/", "x")
    client.getresponse().read()
    server.close()
    assert client.sock.recv(1) == b""
