"""The account's sockets: loopback only, on IPv4 and, if the machine has it, IPv6, since "localhost" may mean either."""

import socket
from contextlib import suppress
from threading import Thread
from typing import Any

from moto.server import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from infra.local.cloud.wsgi import WSGIApplication


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
        for server in self._servers:
            server.shutdown()
        for thread in self._threads:
            thread.join()


class _QuietHandler(MotoRequestHandler):  # type: ignore[misc]  # moto has no stubs
    """moto's handler without its log line per request."""

    disable_nagle_algorithm = True

    def log_request(self, *_: Any) -> None:
        """Logs nothing: failures are logged where they occur."""


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


def _server(host: str, listener: socket.socket, app: WSGIApplication) -> BaseWSGIServer:
    """Returns a server on a bound socket: werkzeug would exit the process if the port were in use."""
    with listener:
        return make_server(host, 0, app, threaded=True, request_handler=_QuietHandler, fd=listener.fileno())
