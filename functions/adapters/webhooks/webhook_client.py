"""ports.WebhookClient over HTTP: only to public addresses (core.webhooks.public_addresses), and only for seconds.

Each request resolves the name once, checks each of its addresses, and connects to one of these: a name that changes a moment later has no
effect (DNS rebinding). TLS still checks the certificate against the name. Only the status of an answer is read, so an endpoint's owner
learns nothing about the host.
"""

from __future__ import annotations

import functools
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from msgspec import Struct

from functions.core.webhooks.public_addresses import LOCALHOSTS, UrlTarget, public, target
from functions.ports.webhooks import HttpResult

SECONDS = 10.0
ADDRESSES_TRIED = 3
Resolve = Callable[[str, int], list[str]]  # → addresses


class BlockedAddress(Exception):
    """Nothing was sent. The message is the reason."""


def resolved(host: str, port: int) -> list[str]:
    """Raises OSError if the host has no address."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@functools.cache
def _default_tls() -> ssl.SSLContext:
    """Cached: to create it reads all root certificates of the machine."""
    return ssl.create_default_context()


class HttpWebhookClient(Struct, frozen=True):
    localhost: bool = False  # allows this machine, as the local stack does
    resolve: Resolve = resolved
    seconds: float = SECONDS
    tls: Callable[[], ssl.SSLContext] = _default_tls

    def validate(self, url: str) -> str:
        try:
            self._addresses(target(url, localhost=self.localhost))
        except (ValueError, BlockedAddress) as error:
            return str(error)
        return ""

    def post(self, url: str, headers: Mapping[str, str], body: str) -> HttpResult:
        began = time.monotonic()
        try:
            status, error = self._post(target(url, localhost=self.localhost), headers, body), ""
        except (OSError, http.client.HTTPException) as failed:  # first: some errors of TLS are a ValueError too
            status, error = 0, _describe(failed)
        except (ValueError, BlockedAddress) as refused:
            status, error = 0, str(refused)
        took = time.monotonic() - began
        if not status and took >= self.seconds:
            error = f"no answer within {self.seconds:g} s"
        return HttpResult(status, int(took * 1000), error)

    def _post(self, to: UrlTarget, headers: Mapping[str, str], body: str) -> int:
        sock = self._connected(to)
        # A socket's timeout is per read: one byte every few seconds would block us for ever.
        watch = threading.Timer(self.seconds, _abort, [sock])
        watch.start()
        try:
            with sock:
                if isinstance(sock, ssl.SSLSocket):
                    sock.do_handshake()
                connection = http.client.HTTPConnection(to.host, to.port)
                connection.sock = sock
                connection.request(
                    "POST", to.path, body.encode(), {**headers, "host": _host(to), "connection": "close"}
                )
                return connection.getresponse().status
        finally:
            watch.cancel()

    def _connected(self, to: UrlTarget) -> socket.socket:
        """Connects to the first address that accepts, out of the first few: each attempt takes time."""
        *others, last = self._addresses(to)[:ADDRESSES_TRIED]
        for address in others:
            with suppress(OSError):
                return self._to_address(address, to, self.seconds / 4)
        return self._to_address(last, to, self.seconds)

    def _to_address(self, address: str, to: UrlTarget, seconds: float) -> socket.socket:
        raw = socket.create_connection((address, to.port), timeout=seconds)
        raw.settimeout(self.seconds)
        if not to.tls:
            return raw
        return self.tls().wrap_socket(raw, server_hostname=to.host, do_handshake_on_connect=False)

    def _addresses(self, to: UrlTarget) -> list[str]:
        """Raises BlockedAddress if any of them is blocked: a host with one blocked address is suspicious."""
        try:
            addresses = self.resolve(to.host, to.port)
        except OSError as error:
            raise BlockedAddress(f"names a host that cannot be found: {to.host}") from error
        if not addresses:
            raise BlockedAddress(f"names a host without an address: {to.host}")
        if not (self.localhost and to.host in LOCALHOSTS and not to.tls) and not all(map(public, addresses)):
            raise BlockedAddress(f"names a host that is not on the public Internet: {to.host}")
        return addresses


def _host(to: UrlTarget) -> str:
    return to.host if to.port == (443 if to.tls else 80) else f"{to.host}:{to.port}"


def _abort(sock: socket.socket) -> None:
    """Ends the connection for the thread that waits on it. TLS's own shutdown may not be called by another thread."""
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _describe(failed: Exception) -> str:
    match failed:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not accepted: {failed.verify_message}"
        case TimeoutError():
            return "no answer in time"
        case _:
            return f"the connection failed: {type(failed).__name__}"
