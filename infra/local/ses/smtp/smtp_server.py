"""SES's SMTP endpoint: accepts mail as `email-smtp` does, calls the user's `submit`, and replies in SES's words.

It has two ports, as SES: one with STARTTLS (SES's 587 and 2587), and one within TLS from the start (465 and 2465).
It accepts no AUTH without TLS, and no mail without AUTH.
"""

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import Any

from infra.local.ses.smtp.smtp_session import Authenticate, SmtpSession

IDLE_SECONDS = 300.0
MAX_CONNECTIONS = 200  # SES's own number is not published
HANDSHAKE_SECONDS = 10
GOODBYE_SECONDS = 3


class SmtpServer:
    def __init__(
        self,
        authenticate: Authenticate,
        tls: ssl.SSLContext,
        *,
        idle_seconds: float = IDLE_SECONDS,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        self._authenticate = authenticate
        self._tls = tls
        self._idle_seconds = idle_seconds
        self._max_connections = max_connections
        self._open: set[SmtpSession] = set()
        self._servers: list[asyncio.Server] = []

    @property
    def port(self) -> int:
        """The port with STARTTLS."""
        return self._port(0)

    @property
    def tls_port(self) -> int:
        """The port within TLS from the start."""
        return self._port(1)

    async def start(self, bound: socket.socket, bound_tls: socket.socket) -> None:
        """Listens on two sockets: with STARTTLS, and within TLS from the start. Closes them at its end."""
        await self._listen(bound, starttls=self._tls)
        await self._listen(bound_tls, ssl=self._tls, ssl_handshake_timeout=HANDSHAKE_SECONDS)

    async def _listen(self, bound: socket.socket, *, starttls: ssl.SSLContext | None = None, **within_tls: Any) -> None:
        loop = asyncio.get_running_loop()
        self._servers.append(await loop.create_server(lambda: self._connection(starttls), sock=bound, **within_tls))

    async def stop(self) -> None:
        """Stops accepting. A message that is being accepted gets its reply first."""
        servers, self._servers = self._servers, []
        for server in servers:
            server.close()
        for session in tuple(self._open):
            session.end()
        closing = [session.closed.wait() for session in self._open]
        with suppress(TimeoutError):  # a client does not react
            await asyncio.wait_for(
                asyncio.gather(*closing, *(server.wait_closed() for server in servers)), GOODBYE_SECONDS
            )
        for session in tuple(self._open):
            session.abort()

    def _port(self, which: int) -> int:
        if not self._servers:
            raise RuntimeError("The SMTP server has no port before it is started.")
        return int(self._servers[which].sockets[0].getsockname()[1])

    def _connection(self, starttls: ssl.SSLContext | None) -> asyncio.Protocol:
        if len(self._open) >= self._max_connections:
            return _RefusedConnection()
        return SmtpSession(self._authenticate, starttls=starttls, idle_seconds=self._idle_seconds, sessions=self._open)


class _RefusedConnection(asyncio.Protocol):
    """Refuses a client over the connection limit."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.write(b"421 Too many concurrent SMTP connections\r\n")
            transport.close()
