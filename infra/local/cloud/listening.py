"""The account's sockets: loopback only, IPv4 and, where the machine has it, IPv6, since "localhost" may mean either."""

import socket
from contextlib import suppress
from threading import Thread
from typing import Any

from moto.server import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from infra.local.cloud.wsgi import WSGIApplication


class Listening:
    """Serving threads on localhost, from construction until close()."""

    def __init__(self, app: WSGIApplication, port: int) -> None:
        self._servers = [_server("127.0.0.1", _bound(socket.AF_INET, "127.0.0.1", port), app)]
        self.port: int = self._servers[0].port
        with suppress(OSError):  # no IPv6 here, or the port's twin is taken: IPv4 serves every client that we know
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


class _Handler(MotoRequestHandler):  # type: ignore[misc]  # moto has no stubs
    """moto's handler, without a line in the log per request."""

    disable_nagle_algorithm = True

    def log_request(self, *_: Any) -> None:
        """Stay silent: what went wrong is logged where it does."""


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
    """A server on a socket that is bound already, since werkzeug exits the process over a port that is taken."""
    with listener:
        return make_server(host, 0, app, threaded=True, request_handler=_Handler, fd=listener.fileno())
