"""Answers read off a connection, held against http.client, which reads the same bytes."""

from __future__ import annotations

import contextlib
import http.client
import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.aws.http_response import HEAD_MAX, BrokenResponseError, read_response

NAMES = st.text("abcXYZ-", min_size=1).filter(lambda name: name.lower() not in {"connection", "content-length"})
HEADERS = st.dictionaries(NAMES, st.text("abc :;=/é", max_size=20).map(str.strip), max_size=4)


def in_pieces(octets: bytes, size: int) -> Callable[[], bytes]:
    stream = io.BytesIO(octets)
    return lambda: stream.read(size)


def chunked(parts: list[bytes]) -> bytes:
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nX-Sum: 1\r\n\r\n"


class Socket:
    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def makefile(self, *_: Any) -> io.BytesIO:
        return io.BytesIO(self._octets)


@given(
    version=st.sampled_from([b"HTTP/1.1", b"HTTP/1.0"]),
    status=st.sampled_from([200, 204, 400, 503]),
    headers=HEADERS,
    connection=st.sampled_from(["", "Connection: close\r\n", "connection: Keep-Alive\r\n"]),
    parts=st.lists(st.binary(min_size=1), max_size=3),
    framing=st.sampled_from(["length", "chunks", "end"]),
    announced=st.booleans(),
    size=st.integers(1, 100),
)
def test_any_answer_in_any_pieces_reads_as_through_http_client(
    version: bytes,
    status: int,
    headers: dict[str, str],
    connection: str,
    parts: list[bytes],
    framing: str,
    announced: bool,
    size: int,
) -> None:
    body = b"" if status == 204 else b"".join(parts)
    framed, header = {
        "length": (body, f"Content-Length: {len(body)}\r\n"),
        "chunks": (chunked(parts), "Transfer-Encoding: chunked\r\n"),
        "end": (body, ""),
    }["length" if status == 204 else framing]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    octets = version + f" {status} Some Reason\r\n{lines}{connection}{header}\r\n".encode("latin-1") + framed
    answer = read_response(in_pieces((b"HTTP/1.1 100 Continue\r\n\r\n" if announced else b"") + octets, size))
    theirs = http.client.HTTPResponse(Socket(octets))  # type: ignore[arg-type]  # all that it uses of a socket
    theirs.begin()
    assert (answer.status, answer.body) == (theirs.status, theirs.read())
    assert answer.closes is theirs.will_close
    for name in headers:
        assert answer.headers[name.lower()] in (theirs.headers.get_all(name) or [])


@given(st.binary(), st.integers(1, 50))
def test_whatever_comes_is_an_answer_or_broken(octets: bytes, size: int) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"):
        with contextlib.suppress(BrokenResponseError):
            read_response(in_pieces(start + octets, size))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfour",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1_0\r\n\r\n0123456789",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfour",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfives\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nfives",
        b"HTTP/2 200\r\n\r\n",
        b"SSH-2.0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x" * 2 * HEAD_MAX,
    ],
)
def test_an_incomplete_answer_is_an_error(octets: bytes) -> None:
    with pytest.raises(BrokenResponseError):
        read_response(in_pieces(octets, 1000))


@pytest.mark.parametrize(
    ("version", "connection", "closes"),
    [
        (b"1.1", b"connection: close, TE\r\n", True),
        (b"1.1", b"connection: keep-alive, Close\r\n", True),
        (b"1.1", b"connection: close\r\nconnection: keep-alive\r\n", True),
        (b"1.1", b"connection: keep-alive\r\nconnection: close\r\n", True),
        (b"1.1", b"connection: keep-alive\r\nconnection: TE\r\n", False),
        (b"1.0", b"connection: TE, keep-alive\r\n", False),
    ],
)
def test_the_wish_to_close_may_be_one_of_several(version: bytes, connection: bytes, closes: bool) -> None:
    octets = b"HTTP/" + version + b" 200 OK\r\n" + connection + b"content-length: 2\r\n\r\nok"
    assert read_response(in_pieces(octets, 1000)).closes is closes


def test_what_follows_the_answer_spoils_the_connection() -> None:
    assert read_response(in_pieces(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n12", 1000)).closes
