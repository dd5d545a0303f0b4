"""HTTP/1.1 answers read from a connection: the part of RFC 9112 that a client of AWS needs, at a tenth of http.client's time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

HEAD_MAX = 65536  # bytes
_OK = 200
_BODILESS = frozenset({204, 304})
_STATUS = re.compile(rb"http/1\.1 ([2-5]\d\d)[ \r]")
_DIGITS_MAX = 18
_CONNECTION, _ENCODING = b"\nconnection:", b"\ntransfer-encoding:"  # they change how the body is read
_PERSISTENT = b"\r\nconnection: keep-alive\r\n"  # this one does not, and DynamoDB sends it with each answer
_LENGTH, _LENGTH_LINE = b"content-length:", b"\r\ncontent-length:"
_HEAD_END = b"\r\n\r\n"


class BrokenResponseError(Exception):
    """The bytes are not a complete HTTP answer."""


class Response(Struct, frozen=True):
    status: int
    head: bytes
    body: bytes
    closes: bool = False  # the connection cannot be used again

    @property
    def headers(self) -> Mapping[str, str]:
        """Returns the headers, with names in lower case. A success is read without them."""
        return _headers(self.head)


def read_response(receive: Callable[[], bytes]) -> Response:
    """`receive` returns the next bytes, b"" at the end. Raises BrokenResponseError, and the errors of `receive`. A usual answer comes
    with the first bytes.
    """
    first = receive()
    end = first.find(_HEAD_END)
    if end >= 0 and (usual := _usual(first[:end])) and usual[1] == len(first) - end - len(_HEAD_END):
        return Response(usual[0], first[:end], first[end + len(_HEAD_END) :])
    return _read_in_pieces(_Buffer(receive, first))


def _read_in_pieces(pending: _Buffer) -> Response:
    head = pending.read_until(_HEAD_END)
    usual = _usual(head)
    if usual is None:
        return _read_unusual(head, pending)
    status, length = usual
    body = pending.read_exactly(length)
    return Response(status, head, body, bool(pending.bytes))


def _usual(head: bytes) -> tuple[int, int] | None:
    """Returns the status and the body's length, without reading each header, or None for a head that needs that."""
    lower = head.lower().replace(_PERSISTENT, b"\r\n", 1)
    if lower.count(_LENGTH) != 1 or _CONNECTION in lower or _ENCODING in lower:
        return None
    status = _STATUS.match(lower)
    _, name, rest = lower.partition(_LENGTH_LINE)
    length = rest.partition(b"\r\n")[0].removeprefix(b" ")
    if status is None or not name or not length.isdigit() or len(length) > _DIGITS_MAX:
        return None
    number = int(status[1])
    return None if number in _BODILESS else (number, int(length))


def _read_unusual(head: bytes, pending: _Buffer) -> Response:
    status, headers, closes = _parsed(head)
    while status < _OK:  # "100 Continue" and the like announce the answer
        head = pending.read_until(_HEAD_END)
        status, headers, closes = _parsed(head)
    if status in _BODILESS:
        body = b""
    elif "chunked" in headers.get("transfer-encoding", "").lower():
        body = _chunks(pending)
    elif "content-length" in headers:
        body = pending.read_exactly(_number(headers["content-length"], 10))
    else:
        body, closes = pending.read_all(), True
    return Response(status, head, body, closes or bool(pending.bytes))


def _parsed(head: bytes) -> tuple[int, Mapping[str, str], bool]:
    """Returns the status, the headers, and whether the connection closes."""
    first = head.partition(b"\r\n")[0].decode("latin-1")
    version, _, rest = first.partition(" ")
    if not version.startswith("HTTP/1."):
        raise BrokenResponseError(f"{first[:80]!r} begins no HTTP/1 answer")
    headers = _headers(head)
    wishes = {wish.strip() for wish in headers.get("connection", "").lower().split(",")}
    closes = "close" in wishes or (version == "HTTP/1.0" and "keep-alive" not in wishes)
    return _number(rest[:3], 10), headers, closes


def _headers(head: bytes) -> dict[str, str]:
    """A repeated header is a list. Two lengths are then no number, because the end of the answer is uncertain."""
    headers: dict[str, str] = {}
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        before = headers.get(name.lower())
        headers[name.lower()] = value.strip() if before is None else f"{before}, {value.strip()}"
    return headers


def _chunks(pending: _Buffer) -> bytes:
    parts = []
    while size := _number(pending.read_until(b"\r\n").partition(b";")[0].decode("latin-1").strip(), 16):
        parts.append(pending.read_exactly(size))
        if pending.read_exactly(2) != b"\r\n":
            raise BrokenResponseError("a chunk is longer than its size")
    while pending.read_until(b"\r\n"):  # trailers
        pass
    return b"".join(parts)


def _number(text: str, base: int) -> int:
    if not text.isalnum():  # int() also takes signs, spaces and underscores
        raise BrokenResponseError(f"{text[:80]!r} is no number")
    try:
        return int(text, base)
    except ValueError as error:
        raise BrokenResponseError(f"{text[:80]!r} is no number") from error


class _Buffer:
    """The bytes that were received and not yet read."""

    __slots__ = ("_receive", "bytes")

    def __init__(self, receive: Callable[[], bytes], first: bytes) -> None:
        self._receive = receive
        self.bytes = first
        if not first:
            raise BrokenResponseError("the connection ended before the answer did")

    def read_until(self, end: bytes) -> bytes:
        """Returns the bytes before `end`, and skips `end`."""
        while (at := self.bytes.find(end)) < 0:
            if len(self.bytes) > HEAD_MAX:
                raise BrokenResponseError("the answer's head does not end")
            self.bytes += self._received()
        part, self.bytes = self.bytes[:at], self.bytes[at + len(end) :]
        return part

    def read_exactly(self, size: int) -> bytes:
        if len(self.bytes) < size:
            parts, missing = [self.bytes], size - len(self.bytes)
            while missing > 0:
                parts.append(self._received())
                missing -= len(parts[-1])
            self.bytes = b"".join(parts)
        part, self.bytes = self.bytes[:size], self.bytes[size:]
        return part

    def read_all(self) -> bytes:
        parts = [self.bytes]
        while received := self._receive():
            parts.append(received)
        self.bytes = b""
        return b"".join(parts)

    def _received(self) -> bytes:
        received = self._receive()
        if not received:
            raise BrokenResponseError("the connection ended before the answer did")
        return received
