"""Kept-alive HTTP/1.1 connections to one host, for any number of threads and lanes: a call takes one and puts it back.

If the other side has closed an idle connection, the outcome of a call on it is unknown. So a connection is not used again if it was idle
for long (a frozen Lambda does not notice the close) or if there is something to read on it.
"""

from __future__ import annotations

import functools
import select
import socket
import ssl
import time
from urllib.parse import urlsplit

from msgspec.structs import replace

from functions.adapters.aws import waiting
from functions.adapters.aws.errors import ConnectError, ReadTimeout
from functions.adapters.aws.http_response import BrokenResponseError, Response, read_response

CONNECT_SECONDS = 5
IDLE_SECONDS = 10
REFUSAL_SECONDS = 1  # for the rest of a refusal that came early
_REFUSED = 400
_PIECE = 65536  # bytes taken off a socket at once
_TLS_WAITS = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class ConnectionPool:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc
        self._secure = parts.scheme == "https"
        self._name, self._port = parts.hostname or "", parts.port or (443 if self._secure else 80)
        self._idle: list[_Connection] = []

    def request(self, request: bytes, seconds: float) -> Response:
        """Sends a whole request. Raises ConnectError, or ReadTimeout if the whole answer does not come within `seconds`."""
        connection = self._checkout() or self._connect(min(seconds, CONNECT_SECONDS))
        try:
            answer = connection.exchange(request, time.monotonic() + seconds)
        except (OSError, BrokenResponseError) as error:
            connection.close()
            raise ReadTimeout(f"{self.host}: {type(error).__name__}: {error}") from error
        if answer.closes:
            connection.close()
        else:
            connection.idle_since = time.time()
            self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Closes the idle connections. A connection in use returns to the pool after its answer."""
        while self._idle:
            self._idle.pop().close()

    def _checkout(self) -> _Connection | None:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took the last one
                return None
            if time.time() - connection.idle_since < IDLE_SECONDS and not connection.is_readable():
                return connection
            connection.close()
        return None

    def _connect(self, seconds: float) -> _Connection:
        try:
            # As octets: Python would import a codec of international names for a text, which takes longer than a call.
            connection = socket.create_connection((self._name.encode(), self._port), seconds)  # type: ignore[arg-type]  # octets, see above
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._secure:
                connection = _tls().wrap_socket(connection, server_hostname=self._name)
        except OSError as error:
            raise ConnectError(f"{self.host}: {type(error).__name__}: {error}") from error
        return _Connection(connection)


class _Connection:
    """A socket that never blocks, and what waits for it: a call with a timeout costs a system call more for each step."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._descriptor = connected.fileno()
        self._readable = _poll(connected, select.POLLIN)
        self.idle_since = 0.0

    def close(self) -> None:
        self._socket.close()

    def is_readable(self) -> bool:
        """Between two calls there is nothing to read, except the end."""
        return bool(self._readable.poll(0))

    def exchange(self, request: bytes, until: float) -> Response:
        """Sends the request and reads the answer. AWS may refuse a large request before all of it was sent, and close."""
        is_sent = False
        try:
            self._send(request, until)
            is_sent = True
        except OSError:
            if not self.is_readable():
                raise
        answer = read_response(
            functools.partial(self._receive, until if is_sent else time.monotonic() + REFUSAL_SECONDS)
        )
        if is_sent:
            return answer
        if answer.status < _REFUSED:
            raise BrokenResponseError(f"status {answer.status} answers half a request")
        return replace(answer, closes=True)

    def _send(self, octets: bytes, until: float) -> None:
        """A piece that TLS has not taken yet must be given to it again, and no other one."""
        left = memoryview(octets)
        while True:
            try:
                sent = self._socket.send(left)
            except ssl.SSLWantReadError:
                _wait(self._readable, self._descriptor, select.POLLIN, until)
            except _TLS_WAITS:
                _wait(_poll(self._socket, select.POLLOUT), self._descriptor, select.POLLOUT, until)
            else:
                left = left[sent:]
                if not left:
                    return

    def _receive(self, until: float) -> bytes:
        while True:
            if not (isinstance(self._socket, ssl.SSLSocket) and self._socket.pending()):
                _wait(self._readable, self._descriptor, select.POLLIN, until)
            try:
                return self._socket.recv(_PIECE)
            except _TLS_WAITS:  # a part of a record
                continue


def _poll(connected: socket.socket, event: int) -> select.poll:
    poll = select.poll()
    poll.register(connected, event)
    return poll


def _wait(poll: select.poll, descriptor: int, event: int, until: float) -> None:
    """Raises TimeoutError if the time is over."""
    if not waiting.is_ready(poll, descriptor, event, until):
        raise TimeoutError("the answer did not come in time")


@functools.cache
def _tls() -> ssl.SSLContext:
    """Cached: to create it takes longer than a call."""
    return ssl.create_default_context()
