"""HTTP/1.1 answers read from a connection: the part of RFC 9112 that a client of AWS needs, at a third of http.client's time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

HEAD_MAX = 65536  # bytes
_OK = 200
_BODILESS = frozenset({204, 304})


class BrokenResponseError(Exception):
    """The bytes are not a complete HTTP answer."""


class Response(Struct, frozen=True):
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    closes: bool = False  # the connection cannot be used again


def read_response(receive: Callable[[], bytes]) -> Response:
    """`receive` returns the next bytes, b"" at the end. Raises BrokenResponseError, and the errors of `receive`."""
    pending = _Buffer(receive)
    status, headers, closes = _head(pending)
    while status < _OK:  # "100 Continue" and the like announce the answer
        status, headers, closes = _head(pending)
    if status in _BODILESS:
        body = b""
    elif "chunked" in headers.get("transfer-encoding", "").lower():
        body = _chunks(pending)
    elif "content-length" in headers:
        body = pending.read_exactly(_number(headers["content-length"], 10))
    else:
        body, closes = pending.read_all(), True
    return Response(status, headers, body, closes or bool(pending.bytes))


def _head(pending: _Buffer) -> tuple[int, dict[str, str], bool]:
    first, *lines = pending.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if not version.startswith("HTTP/1."):
        raise BrokenResponseError(f"{first[:80]!r} begins no HTTP/1 answer")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    wish = headers.get("connection", "").lower()
    return _number(rest[:3], 10), headers, wish == "close" or (version == "HTTP/1.0" and wish != "keep-alive")


def _chunks(pending: _Buffer) -> bytes:
    parts = []
    while size := _number(pending.read_until(b"\r\n").partition(b";")[0].decode("latin-1").strip(), 16):
        parts.append(pending.read_exactly(size))
        pending.read_exactly(2)
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

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self.bytes = b""

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
