"""ports.Receivers over HTTP: to the addresses of the public Internet only (core.webhooks.public_addresses), and for seconds only.

The name is resolved once for each request, each of its addresses is judged, and the connection goes to one of these: a name that leads
elsewhere a moment later leads nobody. TLS's certificate is still held against the name. What a receiver says beyond its status is not
read: whoever registers an endpoint learns nothing of what stands there.
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
    """The message says why nothing was sent."""


def resolved(host: str, port: int) -> list[str]:
    """Raises OSError where there is no such host."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@functools.cache
def _trusting_what_the_machine_trusts() -> ssl.SSLContext:
    """Made once: it reads all of the machine's root certificates."""
    return ssl.create_default_context()


class HttpWebhookClient(Struct, frozen=True):
    localhost: bool = False  # this machine may be meant: on the local stack
    resolve: Resolve = resolved
    seconds: float = SECONDS
    tls: Callable[[], ssl.SSLContext] = _trusting_what_the_machine_trusts

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
        except (OSError, http.client.HTTPException) as failed:  # first: some of TLS's are a ValueError, too
            status, error = 0, _describe(failed)
        except (ValueError, BlockedAddress) as refused:
            status, error = 0, str(refused)
        took = time.monotonic() - began
        if not status and took >= self.seconds:
            error = f"no answer within {self.seconds:g} s"
        return HttpResult(status, int(took * 1000), error)

    def _post(self, to: UrlTarget, headers: Mapping[str, str], body: str) -> int:
        connected = self._connected(to)
        # A socket's timeout is of each read: one octet every few seconds would hold us for ever.
        watch = threading.Timer(self.seconds, _abort, [connected])
        watch.start()
        try:
            with connected:
                if isinstance(connected, ssl.SSLSocket):
                    connected.do_handshake()
                connection = http.client.HTTPConnection(to.host, to.port)
                connection.sock = connected
                connection.request(
                    "POST", to.path, body.encode(), {**headers, "host": _host(to), "connection": "close"}
                )
                return connection.getresponse().status
        finally:
            watch.cancel()

    def _connected(self, to: UrlTarget) -> socket.socket:
        """To the first of its addresses that takes us: of a few, for each takes its time."""
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
        """Raises Unaddressable where any of them is not to be reached: a host with one such is up to no good."""
        try:
            found = self.resolve(to.host, to.port)
        except OSError as error:
            raise BlockedAddress(f"names a host that cannot be found: {to.host}") from error
        if not found:
            raise BlockedAddress(f"names a host without an address: {to.host}")
        if not (self.localhost and to.host in LOCALHOSTS and not to.tls) and not all(map(public, found)):
            raise BlockedAddress(f"names a host that is not on the public Internet: {to.host}")
        return found


def _host(to: UrlTarget) -> str:
    return to.host if to.port == (443 if to.tls else 80) else f"{to.host}:{to.port}"


def _abort(connected: socket.socket) -> None:
    """Whoever waits on it is told that it ended. Not by TLS's own shutdown, which is not for another thread."""
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _describe(failed: Exception) -> str:
    match failed:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not accepted: {failed.verify_message}"
        case TimeoutError():
            return "no answer in time"
        case _:
            return f"the connection failed: {type(failed).__name__}"
