"""The account's sockets: loopback only, on IPv4 and, if the machine has it, IPv6, since "localhost" may mean either."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from typing import IO, Any

from moto.server import MotoRequestHandler
from multidict import CIMultiDict
from werkzeug.serving import make_server

from infra.local.cloud.wsgi import WSGIApplication

IDLE_SECONDS = 15  # after which a connection without a request is closed; our functions use none that long
REQUEST_WORDS = 3  # method, target and version
_OURS = frozenset({"content-length", "connection", "transfer-encoding"})
_BODILESS = frozenset({204, 304})


class LoopbackServer:
    """Serves a WSGI application on localhost, in threads of its own, from construction until close()."""

    def __init__(self, app: WSGIApplication, port: int) -> None:
        self._servers = [_server("127.0.0.1", _bound(socket.AF_INET, "127.0.0.1", port), app)]
        self.port: int = self._servers[0].port
        with suppress(OSError):  # no IPv6 here, or its port is in use: every client of ours can use IPv4
            self._servers.append(_server("::1", _bound(socket.AF_INET6, "::1", self.port), app))
        self._threads = [
            Thread(target=server.serve_forever, args=(0.05,), name="local-cloud", daemon=True)
            for server in self._servers
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Answers in progress are still sent."""
        for server in self._servers:
            server.shutdown()
        for thread in self._threads:
            thread.join()
        for server in self._servers:
            for connection in tuple(server.connections):
                with suppress(OSError):  # the other side was first
                    connection.shutdown(socket.SHUT_RD)


class _Handler(MotoRequestHandler):  # type: ignore[misc]  # moto has no stubs
    """moto's handler without its log line per request, and with connections that stay open. werkzeug closes each one after its answer,
    since an application may leave a part of the request unread. The account reads all of it.
    """

    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def log_request(self, *_: Any) -> None:
        """Logs nothing: failures are logged where they occur."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Logs no end of an idle connection."""
        if not format.startswith("Request timed out"):
            super().log_error(format, *args)

    def parse_request(self) -> bool:
        """Reads a request's head. The standard library reads its fields with the parser of mails, which takes as long as a short call."""
        words = self.raw_requestline.split()
        if len(words) != REQUEST_WORDS or words[-1] != b"HTTP/1.1":
            return bool(super().parse_request())
        self.requestline = self.raw_requestline.decode("latin-1").rstrip("\r\n")
        self.command, self.path, self.request_version = self.requestline.split()
        self.headers = CIMultiDict(_fields(self.rfile))
        self.close_connection = self.headers.get("Connection", "").lower() == "close"
        return True

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        content = b"".join(
            self.server.app(self.make_environ(), lambda status, headers: begun.append((status, headers)))
        )
        ((status, headers),) = begun
        if "Transfer-Encoding" in self.headers:  # how much of it was read is not certain
            self.close_connection = True
        self.wfile.write(self._head(status, headers, content) + (b"" if self.command == "HEAD" else content))

    def _head(self, status: str, headers: list[tuple[str, str]], content: bytes) -> bytes:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers if name.lower() not in _OURS)]
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        if int(status.partition(" ")[0]) not in _BODILESS:  # of a HEAD, the account's own: it has no content here
            lines.append(f"Content-Length: {lengths[0] if self.command == 'HEAD' and lengths else len(content)}")
        lines.append(f"Connection: {'close' if self.close_connection else 'keep-alive'}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _fields(head: IO[bytes]) -> Iterator[tuple[str, str]]:
    while line := head.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        yield name.strip(), value.strip()


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _server(host: str, listener: socket.socket, app: WSGIApplication) -> Any:
    """Returns a server on a bound socket, with its open connections: werkzeug would exit the process if the port were in use."""
    with listener:
        server: Any = make_server(host, 0, app, threaded=True, request_handler=_Handler, fd=listener.fileno())
    server.connections = set()
    return server
