"""Kept-alive HTTP/1.1 connections to one host, for any number of threads: a call takes one and puts it back.

If the other side has closed an idle connection, the outcome of a call on it is unknown. So a connection is not used again if it was idle
for long (a frozen Lambda does not notice the close) or if there is something to read on it.
"""

from __future__ import annotations

import functools
import select
import socket
import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from functions.adapters.aws.errors import ConnectError, ReadTimeout
from functions.adapters.aws.http_response import BrokenResponseError, Response, read_response

CONNECT_SECONDS = 5
IDLE_SECONDS = 10
_PIECE = 65536  # bytes taken off a socket at once


class ConnectionPool:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc
        self._secure = parts.scheme == "https"
        self._name, self._port = parts.hostname or "", parts.port or (443 if self._secure else 80)
        self._idle: list[tuple[socket.socket, float]] = []

    def request(self, method: str, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Response:
        """`seconds` is how long to wait for each part of the answer. Raises ConnectError or ReadTimeout."""
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        request = f"{method} {path} HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n".encode() + body
        connection = self._checkout() or self._connect(min(seconds, CONNECT_SECONDS))
        try:
            connection.settimeout(seconds)
            connection.sendall(request)
            answer = read_response(functools.partial(connection.recv, _PIECE))
        except (OSError, BrokenResponseError) as error:
            connection.close()
            raise ReadTimeout(f"{self.host}: {type(error).__name__}: {error}") from error
        if answer.closes:
            connection.close()
        else:
            self._idle.append((connection, time.time()))
        return answer

    def close(self) -> None:
        """Closes the idle connections. A connection in use returns to the pool after its answer."""
        while self._idle:
            connection, _ = self._idle.pop()
            connection.close()

    def _checkout(self) -> socket.socket | None:
        while self._idle:
            try:
                connection, since = self._idle.pop()
            except IndexError:  # another thread took the last one
                return None
            if time.time() - since < IDLE_SECONDS and not _readable(connection):
                return connection
            connection.close()
        return None

    def _connect(self, seconds: float) -> socket.socket:
        try:
            connection = socket.create_connection((self._name, self._port), seconds)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._secure:
                connection = _tls().wrap_socket(connection, server_hostname=self._name)
        except OSError as error:
            raise ConnectError(f"{self.host}: {type(error).__name__}: {error}") from error
        return connection


def _readable(connection: socket.socket) -> bool:
    """Between two calls there is nothing to read, except the end."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


@functools.cache
def _tls() -> ssl.SSLContext:
    """Cached: to create it takes longer than a call."""
    return ssl.create_default_context()
