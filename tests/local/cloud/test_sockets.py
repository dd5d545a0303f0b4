"""The account's sockets: connections stay open between calls, and end with the server."""

from __future__ import annotations

import http.client
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


def test_a_stopped_server_ends_its_idle_connections() -> None:
    server = LoopbackServer(app, 0)
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    client.request("POST", "/", "x")
    client.getresponse().read()
    server.close()
    assert client.sock.recv(1) == b""
